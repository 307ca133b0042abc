package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// idleHeap is memory that is never touched, so that it takes none: the collector
// waits until as much as all of the heap was allocated, and without it a server
// that holds little collects every few milliseconds. It costs a busy server that
// much garbage at most, whatever else it holds.
const idleHeap = 12 << 20

// When the server gives back what it does not need: it looks this often, has to
// have allocated so much since it did so last, and hardly anything since it
// looked last.
const (
	restEvery  = time.Second
	restAfter  = 4 << 20 // bytes
	restAtMost = 1 << 20 // bytes
)

// rest collects garbage and returns its memory to the system as soon as the
// server has nothing to do. Otherwise it would hold what it needed when it was
// busy until some minutes later.
func rest(ctx context.Context) {
	ticker := time.NewTicker(restEvery)
	defer ticker.Stop()
	rested, last := uint64(0), allocated()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := allocated()
		if now-last <= restAtMost && now-rested > restAfter {
			debug.FreeOSMemory()
			now = allocated()
			rested = now
		}
		last = now
	}
}

// allocated is how many bytes this process has allocated, ever.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
