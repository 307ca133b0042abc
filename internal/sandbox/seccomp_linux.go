package sandbox

import (
	"errors"
	"fmt"
	"os"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// prSetVMA is how the Go runtime names its memory.
const prSetVMA = 0x53564d41

// filterSyscalls lets all threads make only the calls that a Go program with
// a loaded engine and open pipes needs. All others fail with EPERM: sockets,
// new programs and processes, every opening of a file, tracing, signals to
// others, raised limits, and whatever a later kernel brings.
func filterSyscalls() error {
	machine, err := arch.GetInfo("")
	if err != nil {
		return fmt.Errorf("find architecture: %w", err)
	}
	known := func(names []string) []string {
		var out []string
		for _, name := range names {
			if _, ok := machine.SyscallNames[name]; ok {
				out = append(out, name)
			}
		}
		return out
	}
	// A C library takes this error as the word to fall back to clone, whose
	// flags a filter can see.
	absent := seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)
	policy := seccomp.Policy{
		DefaultAction: seccomp.ActionErrno,
		Syscalls: []seccomp.SyscallGroup{
			{Action: seccomp.ActionAllow, Names: known(plainCalls())},
			{Action: seccomp.ActionAllow, NamesWithCondtions: boundCalls(os.Getpid())},
			{Action: absent, Names: known([]string{"clone3"})},
		},
	}
	filter := seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: policy}
	if err := seccomp.LoadFilter(filter); err != nil {
		return err
	}
	// A thread that cannot be brought along makes the kernel install nothing
	// and report no error number.
	if f, err := os.Open("/dev/null"); err == nil {
		return errors.Join(errors.New("filter is not in force"), f.Close())
	}
	return nil
}

// plainCalls are allowed with any arguments. The frequent ones come first.
func plainCalls() []string {
	return []string{
		"futex", "read", "write", "nanosleep", "clock_nanosleep", "sched_yield", "madvise", "mmap", "munmap", "mprotect",
		"epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl", "epoll_create1", "eventfd2", "poll", "ppoll",
		"readv", "writev", "pread64", "lseek", "fstat", "fcntl", "close", "pipe2",
		"brk", "mremap", "mincore", "membarrier", "getrandom",
		"clock_gettime", "clock_getres", "gettimeofday", "time",
		"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
		"setitimer", "timer_create", "timer_settime", "timer_delete",
		"gettid", "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrusage", "getrlimit", "uname", "sysinfo",
		"sched_getaffinity", "set_robust_list", "set_tid_address", "rseq", "arch_prctl",
		"exit", "exit_group",
	}
}

// boundCalls are allowed with the arguments given: new threads but not
// processes, signals to itself, and its own processor time.
func boundCalls(pid int) []seccomp.NameWithConditions {
	is := func(argument uint32, value uint64) seccomp.Condition {
		return seccomp.Condition{Argument: argument, Operation: seccomp.Equal, Value: value}
	}
	thread := seccomp.Condition{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD}
	self := uint64(pid)
	return []seccomp.NameWithConditions{
		{Name: "clone", Conditions: seccomp.ArgumentConditions{thread}},
		{Name: "tgkill", Conditions: seccomp.ArgumentConditions{is(0, self)}},
		{Name: "kill", Conditions: seccomp.ArgumentConditions{is(0, self)}},
		{Name: "prlimit64", Conditions: seccomp.ArgumentConditions{is(0, 0), is(1, unix.RLIMIT_CPU)}},
		{Name: "prlimit64", Conditions: seccomp.ArgumentConditions{is(0, 0), is(2, 0)}},
		{Name: "prctl", Conditions: seccomp.ArgumentConditions{is(0, prSetVMA)}},
	}
}
