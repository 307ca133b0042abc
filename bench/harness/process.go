package harness

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// Core is where a process runs when the machine has two or more: clients and
// servers must not take the processor from each other, and a figure of one
// core is easier to compare.
type Core int

// Cores.
const (
	AnyCore    Core = iota
	ServerCore      // the first
	ClientCore      // the second
)

// Process is a server that was started.
type Process struct {
	Address string // host and port, from what it printed
	command *exec.Cmd
}

// StartProcess starts a program and waits until it prints a line that matches
// ready, whose first group is the address.
func StartProcess(ctx context.Context, core Core, ready *regexp.Regexp, program string, args ...string) (*Process, error) {
	return startCommand(commandOn(ctx, core, program, args...), ready)
}

func startCommand(c *exec.Cmd, ready *regexp.Regexp) (*Process, error) {
	p := &Process{command: c}
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = 10 * time.Second
	p.command.Stderr = os.Stderr
	out, err := p.command.StdoutPipe()
	if err == nil {
		err = p.command.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Path, err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := ready.FindStringSubmatch(lines.Text()); m != nil {
			p.Address = m[1]
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the program
			return p, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s has ended before it was ready", c.Path), p.Stop())
}

func commandOn(ctx context.Context, core Core, program string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil && core != AnyCore && runtime.NumCPU() > 1 {
		return exec.CommandContext(ctx, taskset, append([]string{"-c", strconv.Itoa(int(core) - 1), program}, args...)...)
	}
	return exec.CommandContext(ctx, program, args...)
}

// Stop ends the program and waits for that; how it ends is not what is measured.
func (p *Process) Stop() error {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	_ = p.command.Wait()
	return nil
}

// PID is the program's.
func (p *Process) PID() int { return p.command.Process.Pid }
