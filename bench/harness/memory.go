package harness

import (
	"fmt"
	"os"
	"strings"
)

// PeakMemory is the most that the program and its children had in memory, in
// KiB, each at its own time.
func (p *Process) PeakMemory() (int, error) { return treeMemory(p.PID(), "VmHWM:") }

// Own is what the program itself has in memory, in KiB.
func (p *Process) Own() (int, error) { return ResidentMemory(p.PID()) }

// Memory is what the program and its children have in memory, in KiB.
func (p *Process) Memory() (int, error) { return treeMemory(p.PID(), "VmRSS:") }

// ResidentMemory is what any process itself has in memory, in KiB.
func ResidentMemory(pid int) (int, error) { return ownMemory(pid, "VmRSS:") }

func treeMemory(pid int, what string) (int, error) {
	kib, err := ownMemory(pid, what)
	if err != nil {
		return 0, err
	}
	for _, child := range children(pid) {
		if n, err := treeMemory(child, what); err == nil { // it may have ended meanwhile
			kib += n
		}
	}
	return kib, nil
}

func ownMemory(pid int, what string) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("look at a process: %w", err)
	}
	_, rest, _ := strings.Cut(string(status), what)
	var kib int
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0, fmt.Errorf("read a process's memory: %w", err)
	}
	return kib, nil
}
