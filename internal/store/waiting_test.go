package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// waits makes a submit of the account, refused when so many wait already.
func waits(t testing.TB, account string, most int) *store.Submit {
	t.Helper()
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	j, e := job.Spec{Account: account, Operation: job.Parse}.New(id, []job.Input{{Name: "a.pdf", URL: "http://a"}}, testkit.Start())
	return &store.Submit{Job: j, Events: []job.Event{e}, MaxWaiting: most}
}

// Many clients at once get exactly as many jobs in as there is room for, and
// nobody else's submit suffers. // contract J29
func TestWaitingJobsAreCountedExactly(t *testing.T) {
	const most, clients, each = 100, 64, 5
	s := testkit.Store(t)
	var in, out atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				switch err := s.Write(t.Context(), waits(t, "a", most)); {
				case err == nil:
					in.Add(1)
				case job.CodeOf(err) == job.QueueFull:
					out.Add(1)
				default:
					t.Error(err)
				}
				if err := s.Write(t.Context(), waits(t, "b", 1000)); err != nil {
					t.Errorf("another account: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if in.Load() != most || out.Load() != clients*each-most {
		t.Errorf("%d were taken and %d refused, want %d taken", in.Load(), out.Load(), most)
	}
	if err := s.Room("a", most); job.CodeOf(err) != job.QueueFull {
		t.Errorf("early: %v", err)
	}
	if err := s.Room("b", 1000); err != nil {
		t.Errorf("early, with room: %v", err)
	}
}

// A batch is taken as a whole or not at all, and a store that is opened anew
// knows what waits in it.
func TestWaitingBatchesAndReopening(t *testing.T) {
	place := testkit.NewPlace(t)
	s, err := place.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	batch := func(n, most int) *store.SubmitBatch {
		id, err := job.NewBatchID()
		if err != nil {
			t.Fatal(err)
		}
		o := &store.SubmitBatch{Batch: job.Batch{ID: id, Account: "a", CreatedAt: testkit.Start()}, MaxWaiting: most}
		for range n {
			o.Jobs = append(o.Jobs, waits(t, "a", 0))
		}
		return o
	}
	for _, step := range []struct {
		n    int
		full bool
	}{{7, false}, {4, true}, {3, false}, {1, true}} {
		if err := s.Write(t.Context(), batch(step.n, 10)); (job.CodeOf(err) == job.QueueFull) != step.full || (err != nil) != step.full {
			t.Errorf("a batch of %d: %v", step.n, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = place.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was closed well once
	if err := s.Write(t.Context(), waits(t, "a", 10)); job.CodeOf(err) != job.QueueFull {
		t.Errorf("after reopening: %v", err)
	}
	if err := s.Write(t.Context(), waits(t, "a", 11)); err != nil {
		t.Errorf("after reopening, with room: %v", err)
	}
}

// Whatever happens to jobs, the number that wait is what counting finds.
func TestWaitingIsAsCounted(t *testing.T) {
	place := testkit.Tries(t)
	rapid.Check(t, func(r *rapid.T) {
		s := testkit.OpenStore(r, place(r))
		model := map[job.ID]job.Status{}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			waiting, ids := 0, []job.ID{}
			for id, status := range model {
				if status == job.Queued {
					waiting++
				}
				ids = append(ids, id)
			}
			act := rapid.IntRange(0, 6).Draw(r, "act")
			if len(ids) == 0 {
				act = 0
			}
			switch act {
			case 0, 1:
				if err := s.Write(t.Context(), waits(t, "a", max(waiting, 1))); waiting > 0 && job.CodeOf(err) != job.QueueFull {
					r.Fatalf("%d wait, and one more was let in: %v", waiting, err)
				} else if waiting == 0 && err != nil {
					r.Fatal(err)
				} else if waiting == 0 {
					reread(t, s, model)
				}
				o := waits(t, "a", waiting+2)
				if err := s.Write(t.Context(), o); err != nil {
					r.Fatalf("%d wait, and there is room: %v", waiting, err)
				}
			case 2:
				claim(t, s, "w", testkit.Start().Add(time.Second), 2)
			case 3:
				_ = s.Write(t.Context(), &store.Cancel{ID: ids[0], Now: testkit.Start().Add(time.Second)})
			case 4:
				_ = s.Write(t.Context(), &store.Delete{ID: ids[0]})
			case 5:
				_ = s.Write(t.Context(), &store.FoldCounts{})
			case 6:
				_ = s.Write(t.Context(), &store.Reap{Now: testkit.Start().Add(time.Hour), Budget: 3})
			}
			reread(t, s, model)
		}
	})
}

// reread fills the model with the jobs there are.
func reread(t *testing.T, s *store.Store, model map[job.ID]job.Status) {
	t.Helper()
	jobs, _, err := s.List(t.Context(), job.Filter{Account: "a", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	clear(model)
	for _, j := range jobs {
		model[j.ID] = j.Status
	}
}

// The check must cost a submit next to nothing, however many jobs wait.
func BenchmarkSubmit(b *testing.B) {
	for _, most := range []int{0, 100_000_000} {
		b.Run(fmt.Sprintf("most=%d", most), func(b *testing.B) {
			s := testkit.Store(b)
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := s.Write(b.Context(), waits(b, "a", most)); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
