package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"docket/internal/document"
	"docket/internal/job"

	"github.com/elastic/go-seccomp-bpf"
	"golang.org/x/sys/unix"
)

// escapes tries to get out of the sandbox and reports what succeeded.
func escapes() []string {
	var out []string
	try := func(what string, err error) {
		if err == nil {
			out = append(out, what+" allowed")
			return
		}
		out = append(out, fmt.Sprintf("%s: %v", what, err))
	}
	ctx := context.Background()
	for _, network := range []string{"tcp", "udp"} {
		_, err := (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:9")
		try("dial "+network, err)
	}
	_, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	try("listen", err)
	_, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	try("socketpair", err)
	try("exec", exec.CommandContext(ctx, "/bin/true").Run())
	try("execve", syscall.Exec("/bin/true", []string{"true"}, nil))
	_, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	try("fork", errnoError(errno))
	try("ptrace", unix.PtraceAttach(os.Getppid()))
	try("kill parent", syscall.Kill(os.Getppid(), 0))
	try("write file", os.WriteFile("/tmp/docket-sandbox-escape", []byte("x"), 0o600))
	_, err = os.ReadFile("/proc/self/environ")
	try("read file", err)
	try("unlink", os.Remove("/tmp/docket-sandbox-none"))
	try("mkdir", os.Mkdir("/tmp/docket-sandbox-dir", 0o700))
	try("chmod", os.Chmod("/proc/self/exe", 0o777))
	_, err = unix.MemfdCreate("x", 0)
	try("memfd", err)
	try("raise NOFILE", unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 64, Max: 64}))
	_, _, errno = syscall.RawSyscall(unix.SYS_IO_URING_SETUP, 1, 0, 0)
	try("io_uring", errnoError(errno))
	return out
}

func errnoError(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

func TestNoWayOut(t *testing.T) {
	p, out := startPool(t, 1, "script", nil)
	if strings.Contains(out.String(), "seccomp") {
		checkUnfiltered(t, p, out)
		return
	}
	tr, err := readScript(t, p, "escape env ok")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(tr.recs[0]) {
		if !strings.Contains(line, "operation not permitted") {
			t.Errorf("%s", line)
		}
	}
	if tr.recs[1] != "" {
		t.Errorf("environment of the child: %q, want none", tr.recs[1])
	}
}

// Where the kernel has no filter, the start says so, and documents are read all
// the same.
func TestNoFilter(t *testing.T) {
	p, out := startPool(t, 1, "unfiltered", nil)
	checkUnfiltered(t, p, out)
}

func checkUnfiltered(t *testing.T, p *Pool, out *logs) {
	t.Helper()
	said := false
	for line := range strings.Lines(out.String()) {
		said = said || strings.Contains(line, "level=WARN") && strings.Contains(line, "seccomp: ")
	}
	if !said {
		t.Errorf("the start said %s", out)
	}
	tr, err := readScript(t, p, "env ok")
	if err != nil {
		t.Fatal(err)
	}
	if tr.recs[0] != "" {
		t.Errorf("environment of the child: %q, want none", tr.recs[0])
	}
}

// unfiltered is a child whose kernel refuses the filter.
func unfiltered() int {
	policy := seccomp.Policy{DefaultAction: seccomp.ActionAllow, Syscalls: []seccomp.SyscallGroup{{Action: seccomp.ActionErrno, Names: []string{"seccomp"}}}}
	if err := seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: policy}); err != nil {
		fmt.Fprintln(os.Stderr, "refuse filters:", err) // there are none anyway
	}
	return runChild(os.Stdin, os.Stdout, scriptWork())
}

// TestRestrictions looks at a child from outside.
func TestRestrictions(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	tr, err := readScript(t, p, "pid")
	if err != nil {
		t.Fatal(err)
	}
	proc := "/proc/" + tr.recs[0]
	read := func(name string) string {
		b, err := os.ReadFile(proc + "/" + name)
		if err != nil {
			t.Errorf("read %s: %v", name, err)
		}
		return string(b)
	}
	if got := strings.TrimSpace(read("oom_score_adj")); got != "1000" {
		t.Errorf("oom_score_adj = %s, want 1000", got)
	}
	limits := map[string][2]string{}
	for line := range strings.Lines(read("limits")) {
		if len(line) > 50 {
			f := strings.Fields(line[26:])
			limits[strings.TrimSpace(line[:26])] = [2]string{f[0], f[1]}
		}
	}
	for name, want := range map[string]string{"Max open files": "32", "Max core file size": "0", "Max file size": "0"} {
		if got := limits[name]; got != [2]string{want, want} {
			t.Errorf("%s = %v, want %s", name, got, want)
		}
	}
	if got := limits["Max cpu time"]; got[0] == "unlimited" || got[1] != "unlimited" {
		t.Errorf("cpu time = %v, want a soft limit alone", got)
	}
	if !strings.Contains(read("status"), "NoNewPrivs:\t1") {
		t.Error("child may gain privileges")
	}
}

// TestProcessorTime has a child use up its processor time while the parent's
// own clock stands still.
func TestProcessorTime(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) {
		l.Deadline, l.PerPage, l.CPUFactor = 100*time.Second, 0, 0.01
	})
	pid, err := unix.PidfdOpen(childPIDs(t)[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	defer closePidfd(t, pid)
	script := []byte("ok loop")
	err = p.Read(testContext(t), bytes.NewReader(script), ReadRequest{Size: int64(len(script))},
		func(document.Info) error { return nil },
		func(int, []byte) error {
			return awaitEnd(pid)
		})
	checkError(t, err, job.Errorf(job.Timeout, job.Facts{"seconds": 100, "page": 2, "limit": "processor_time"}, ""))
}

// awaitEnd waits until the process behind a descriptor has ended.
func awaitEnd(pidfd int) error {
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 60_000)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return err
		case n == 0:
			return errors.New("still running after a minute")
		default:
			return nil
		}
	}
}

// orphan is a parent whose child is in an endless loop. It prints the child's
// pid and waits to be killed.
func orphan() int {
	command := []string{"/proc/self/exe", Subcommand, "script"}
	limits := DefaultLimits(1)
	limits.AddressSpace = 0
	p := New(Options{Children: 1, Limits: limits, Command: command})
	ctx := context.Background()
	if err := p.Start(ctx); err != nil {
		return 1
	}
	script := "pid loop"
	err := p.Read(ctx, strings.NewReader(script), ReadRequest{Size: int64(len(script))},
		func(document.Info) error { return nil },
		func(_ int, record []byte) error {
			_, err := fmt.Fprintf(os.Stdout, "%s\n", record)
			return err
		})
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// TestParentDies kills a parent; its child, which reads nothing, must follow.
func TestParentDies(t *testing.T) {
	cmd := exec.CommandContext(testContext(t), "/proc/self/exe", Subcommand, "parent")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	_, scanErr := fmt.Fscanln(out, &pid)
	var child int
	if scanErr == nil {
		child, err = unix.PidfdOpen(pid, 0)
	}
	killErr := cmd.Process.Kill()
	// It was killed, so this is an error.
	_ = cmd.Wait()
	if err := errors.Join(scanErr, err, killErr); err != nil {
		t.Fatal(err)
	}
	defer closePidfd(t, child)
	if err := awaitEnd(child); err != nil {
		t.Errorf("child outlives its parent: %v", err)
	}
}

func closePidfd(t *testing.T, fd int) {
	t.Helper()
	if err := unix.Close(fd); err != nil {
		t.Error(err)
	}
}
