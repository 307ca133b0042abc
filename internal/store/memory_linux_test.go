package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// What the database takes are the page caches of its connections: little at
// all, and no more with more rows.
func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	const page, perBatch = 3000, 1000
	batches, reads, noise := 6, 6000, 12<<20
	if testing.Short() { // the race detector keeps as much again
		batches, reads, noise = 3, 800, 24<<20
	}
	s, rows := testkit.Store(t), 0
	more := func() {
		for range batches {
			writeBlobs(t, s, rows, perBatch, page)
			rows += perBatch
		}
		readBlobs(t, s, rows, reads)
	}
	before := resident(t)
	more()
	full := resident(t)
	if most := 16<<20 + max(4, 2*runtime.NumCPU())*4<<20; !testing.Short() && full-before > most {
		t.Errorf("the process grew by %d kB with %d rows, more than %d kB", (full-before)>>10, rows, most>>10)
	}
	more()
	if grown := resident(t) - full; grown > noise {
		t.Errorf("twice the rows made the process grow by another %d kB", grown>>10)
	}
}

func writeBlobs(t *testing.T, s *store.Store, from, n, size int) {
	t.Helper()
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	j, e := job.Spec{Account: "local", Operation: job.Parse}.New(id, []job.Input{{Name: "a.pdf"}}, testkit.Start())
	o := &store.Submit{Job: j, Events: []job.Event{e}}
	for i := range n {
		o.Blobs = append(o.Blobs, store.Blob{Name: fmt.Sprint(from + i), Data: make([]byte, size)})
	}
	if err := s.Write(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// readBlobs reads so that every connection has seen most of the pages.
func readBlobs(t *testing.T, s *store.Store, rows, reads int) {
	t.Helper()
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 1))
			for range reads {
				if _, err := s.InlineBlob(t.Context(), fmt.Sprint(random.IntN(rows))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// resident is what the process takes, without garbage, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
