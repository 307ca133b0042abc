package sandbox

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// restrict gives up what the child never needs, before the engine is loaded.
// It returns what could not be done.
func restrict(l Limits) []string {
	var missing []string
	try := func(what string, err error) {
		if err != nil {
			missing = append(missing, fmt.Sprintf("%s: %v", what, err))
		}
	}
	// When memory is short, the kernel shall end a child and not the server.
	try("oom_score_adj", os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0))
	if l.AddressSpace > 0 {
		try("RLIMIT_AS", limit(unix.RLIMIT_AS, uint64(l.AddressSpace)))
	}
	setHeap(l)
	try("RLIMIT_NOFILE", limit(unix.RLIMIT_NOFILE, 32))
	try("RLIMIT_CORE", limit(unix.RLIMIT_CORE, 0))
	try("RLIMIT_FSIZE", limit(unix.RLIMIT_FSIZE, 0))
	exitOnCPULimit()
	return missing
}

func limit(resource int, value uint64) error {
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: value, Max: value})
}

// exitOnCPULimit ends the process on SIGXCPU, which Go would ignore.
func exitOnCPULimit() {
	spent := make(chan os.Signal, 1)
	signal.Notify(spent, syscall.SIGXCPU)
	go func() {
		<-spent
		os.Exit(exitCPU)
	}()
}

// usedCPU is the processor time that the process has used, in seconds.
func usedCPU() int64 {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Utime.Sec + usage.Stime.Sec + 1
}

// limitCPU sets the soft limit alone: a hard one could not be raised for the
// next document. The deadline of the parent stands in if it cannot be set.
func limitCPU(seconds int64) {
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CPU, &now); err != nil {
		return
	}
	now.Cur = min(uint64(seconds), now.Max)
	_ = unix.Setrlimit(unix.RLIMIT_CPU, &now)
}

// lock closes the doors behind the loaded engine: no other process may look
// into this one, and the kernel refuses what decoding does not need.
func lock() []string {
	// The promise of no new privileges belongs to a thread until the filter
	// spreads it to all of them.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var missing []string
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		missing = append(missing, fmt.Sprintf("no_new_privs: %v", err))
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		missing = append(missing, fmt.Sprintf("dumpable: %v", err))
	}
	if err := filterSyscalls(); err != nil {
		missing = append(missing, fmt.Sprintf("seccomp: %v", err))
	}
	return missing
}
