package harness

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which Linux tells processor time.
const tick = 10 * time.Millisecond

// CPU is the processor time of the program and of its children up to now.
func (p *Process) CPU() (time.Duration, error) { return ProcessorTime(p.PID()) }

// ProcessorTime is that of any process and its children up to now.
func ProcessorTime(pid int) (time.Duration, error) { return treeCPU(pid) }

func treeCPU(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("look at a process: %w", err)
	}
	_, rest, _ := bytes.Cut(stat, []byte(") ")) // after the name, which may hold anything
	fields := strings.Fields(string(rest))
	const first, last = 11, 15 // user and system time, its own and of children that have ended
	if len(fields) < last {
		return 0, fmt.Errorf("process %d: what the kernel says is short", pid)
	}
	ticks := 0
	for _, f := range fields[first:last] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, fmt.Errorf("process %d: %w", pid, err)
		}
		ticks += n
	}
	total := time.Duration(ticks) * tick
	for _, child := range children(pid) {
		if t, err := treeCPU(child); err == nil { // it may have ended meanwhile
			total += t
		}
	}
	return total, nil
}

func children(pid int) []int {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil
	}
	var all []int
	for _, task := range tasks {
		list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		if err != nil {
			continue
		}
		for _, word := range strings.Fields(string(list)) {
			if n, err := strconv.Atoi(word); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}
