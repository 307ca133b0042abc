//go:build unix && !linux

package sandbox

import (
	"runtime"
)

// restrict bounds the Go heap; the rest has no counterpart here.
func restrict(l Limits) []string {
	setHeap(l)
	return []string{"resource limits: not supported on " + runtime.GOOS}
}

func usedCPU() int64 { return 0 }

func limitCPU(int64) {}

func lock() []string {
	return []string{"seccomp: not supported on " + runtime.GOOS}
}
