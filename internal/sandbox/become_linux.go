package sandbox

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// become restricts this process and turns it into the program of args: bytes
// of address space, seconds of processor time, a path, and its arguments. It
// returns only when that fails.
func become(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("%d arguments are too few", len(args))
	}
	space, err := strconv.ParseUint(args[0], 10, 63)
	if err != nil {
		return fmt.Errorf("address space: %w", err)
	}
	seconds, err := strconv.ParseUint(args[1], 10, 32)
	if err != nil {
		return fmt.Errorf("processor time: %w", err)
	}
	runtime.LockOSThread()
	// What this kernel does not grant is reported by the children that decode.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	_ = limit(unix.RLIMIT_NOFILE, 32)
	_ = limit(unix.RLIMIT_CORE, 0)
	_ = limit(unix.RLIMIT_FSIZE, 0)
	_ = limit(unix.RLIMIT_CPU, seconds)
	_ = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	_ = refuseNetwork()
	if space > 0 {
		_ = limit(unix.RLIMIT_AS, space)
	}
	return syscall.Exec(args[2], args[2:], os.Environ())
}

// refuseNetwork keeps the program, and all that it may start, from sockets and
// from other processes.
func refuseNetwork() error {
	machine, err := arch.GetInfo("")
	if err != nil {
		return fmt.Errorf("find architecture: %w", err)
	}
	var refused []string
	for _, name := range []string{
		"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "recvfrom", "recvmsg",
		"ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill", "fork", "vfork", "mount", "umount2", "io_uring_setup", "bpf",
	} {
		if _, ok := machine.SyscallNames[name]; ok {
			refused = append(refused, name)
		}
	}
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionAllow,
		Syscalls:      []seccomp.SyscallGroup{{Action: seccomp.ActionErrno, Names: refused}},
	}})
}
