//go:build unix && !linux

package sandbox

import (
	"errors"
	"syscall"
)

// childAttr puts a child into its own group. There is no death signal here: a
// child ends when its standard input does.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// await waits for the end of the child and reaps it.
func (p *process) await() {
	// Its status is in ProcessState, whatever Wait calls it.
	_ = p.cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reaped = true
}

// killGroup kills the process and all of its group; both may be gone.
func killGroup(pid int) {
	_ = syscall.Kill(-pid, syscall.SIGKILL)
}

func residentBytes(int) (int64, error) {
	return 0, errors.New("resident size cannot be read on this system")
}

func totalMemory() int64 { return 0 }
