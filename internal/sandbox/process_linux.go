package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// childAttr puts a child into its own group and ends it with its parent.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// await waits for the end of the child and reaps it.
func (p *process) await() {
	pid := p.cmd.Process.Pid
	var err error = unix.EINTR
	for errors.Is(err, unix.EINTR) {
		err = unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// As long as it is not reaped its pid and group are certainly its own.
	killGroup(pid)
	// Its status is in ProcessState, whatever Wait calls it.
	_ = p.cmd.Wait()
	p.reaped = true
}

// killGroup kills the process and all of its group; both may be gone.
func killGroup(pid int) {
	_ = syscall.Kill(-pid, syscall.SIGKILL)
}

// residentBytes is the resident size of a process, in bytes.
func residentBytes(pid int) (int64, error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0, fmt.Errorf("read statm of %d: %q", pid, b)
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read statm of %d: %w", pid, err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// totalMemory is what this machine or its container may use, in bytes, or 0
// when that is unknown.
func totalMemory() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0
	}
	total := int64(info.Totalram) * int64(info.Unit)
	b, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return total
	}
	// Outside of a limit the file says "max", which does not parse.
	if most, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64); err == nil && most > 0 {
		return min(total, most)
	}
	return total
}
