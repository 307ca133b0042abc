package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// twoNodes are two stores of one database; where only one process may have it,
// they are the same.
func twoNodes(t *testing.T) [2]*store.Store {
	t.Helper()
	place := testkit.NewPlace(t)
	a := testkit.OpenStore(t, place)
	if !a.Shared() {
		return [2]*store.Store{a, a}
	}
	return [2]*store.Store{a, testkit.OpenStore(t, place)}
}

// Two nodes do everything to the same few jobs at the same time. No write
// fails but for being too late, every job is given out once an attempt, and in
// the end the counts are what counting finds. // design 6: rows in order of id
func TestTwoNodesOnTheSameRows(t *testing.T) {
	nodes, at := twoNodes(t), testkit.Start()
	jobs, rounds := 24, 40
	if testing.Short() {
		rounds = 10
	}
	var ids []job.ID
	for range jobs {
		ids = append(ids, testkit.Submit(t, nodes[0], "local", at).ID)
	}
	var taken sync.Map
	var wg sync.WaitGroup
	for n, s := range nodes {
		for w := range 4 {
			owner, random := fmt.Sprint(n, "/", w), rand.New(rand.NewPCG(uint64(n), uint64(w)))
			wg.Go(func() {
				for range rounds {
					hammer(t, s, owner, at, ids, random, &taken)
				}
			})
		}
	}
	wg.Wait()
	listed, n, err := nodes[1].List(t.Context(), job.Filter{Account: "local", Limit: 1000})
	if err != nil || n != int64(len(listed)) {
		t.Errorf("%d jobs are there, and %d are counted, %v", len(listed), n, err)
	}
	want, got := map[job.Status]int64{}, map[job.Status]int64{}
	for _, j := range listed {
		want[j.Status]++
	}
	for _, status := range []job.Status{job.Queued, job.Processing, job.Completed, job.Failed, job.Cancelled} {
		if n := total(t, nodes[0], status); n != 0 {
			got[status] = n
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counted: %s", diff)
	}
}

// hammer claims, and does something to each of the jobs in any order.
func hammer(t *testing.T, s *store.Store, owner string, at time.Time, ids []job.ID, random *rand.Rand, taken *sync.Map) {
	check := func(what string, err error) {
		if err != nil && !errors.Is(err, store.ErrFenced) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, j := range claim(t, s, owner, at, 3) {
		if other, twice := taken.LoadOrStore(held(j), owner); twice {
			t.Errorf("attempt %d of %s was given to %s and to %s", j.Attempt, j.ID, other, owner)
		}
		check("progress", s.Write(t.Context(), &store.Progress{Held: held(j), Now: at}))
		check("renew", s.Write(t.Context(), &store.Renew{Owner: owner, Now: at, Lease: lease, Held: []store.Held{held(j)}}))
		switch random.IntN(4) {
		case 0:
			check("release", s.Write(t.Context(), &store.Release{Held: held(j), Now: at}))
		case 1:
			check("finish", finish(t, s, j, job.Failed, at))
		}
	}
	var wg sync.WaitGroup
	for _, k := range random.Perm(len(ids))[:8] {
		act := random.IntN(20)
		wg.Go(func() {
			switch {
			case act == 0:
				check("delete", s.Write(t.Context(), &store.Delete{ID: ids[k], Now: at}))
			case act < 3:
				check("cancel", s.Write(t.Context(), &store.Cancel{ID: ids[k], Now: at, Retention: time.Hour}))
			case act == 3:
				check("reap", s.Write(t.Context(), &store.Reap{Now: at.Add(time.Hour), Budget: 1000, Retention: time.Hour}))
			case act == 4:
				check("fold", s.Write(t.Context(), &store.FoldCounts{}))
			default:
				check("progress", s.Write(t.Context(), &store.Progress{Held: store.Held{ID: ids[k], Attempt: 1}, Now: at}))
			}
		})
	}
	wg.Wait()
}

// Requests with one Idempotency-Key on two nodes make one job; the others find
// its answer. // contract J11
func TestOneKeyOnTwoNodes(t *testing.T) {
	nodes := twoNodes(t)
	for round := range 20 {
		var made, found atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			o := waits(t, "a", 1000)
			o.Once = &store.Kept{
				Account: "a", Key: fmt.Sprint("key", round), Request: []byte("r"), Made: testkit.Start(), Expires: testkit.Start().Add(time.Hour),
				Answer: store.Answer{Status: 202, Body: []byte(o.Job.ID.String())},
			}
			wg.Go(func() {
				if err := nodes[i%2].Write(t.Context(), o); err != nil {
					t.Error(err)
				} else if o.Before == nil {
					made.Add(1)
				} else {
					found.Add(1)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 || found.Load() != 7 {
			t.Fatalf("round %d: %d jobs were made, and %d answers found", round, made.Load(), found.Load())
		}
	}
	if _, n, err := nodes[0].List(t.Context(), job.Filter{Account: "a", Limit: 1}); err != nil || n != 20 {
		t.Errorf("%d jobs are there, %v", n, err)
	}
}

// Two nodes together let in as many jobs as there is room for. // contract J29
func TestWaitingJobsOfTwoNodes(t *testing.T) {
	const most = 50
	nodes := twoNodes(t)
	var in, out atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			for range 4 {
				switch err := nodes[i%2].Write(t.Context(), waits(t, "a", most)); {
				case err == nil:
					in.Add(1)
				case job.CodeOf(err) == job.QueueFull:
					out.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if in.Load() != most || out.Load() != 160-most {
		t.Errorf("%d were let in and %d refused, want %d let in", in.Load(), out.Load(), most)
	}
}

// A child is made once, however many nodes ask for it. // design 2: Submit(n)
func TestOneChildOnTwoNodes(t *testing.T) {
	nodes, at := twoNodes(t), testkit.Start()
	testkit.Submit(t, nodes[0], "local", at)
	parent := claim(t, nodes[0], "a", at, 1)[0]
	batch, err := job.NewBatchID()
	if err != nil {
		t.Fatal(err)
	}
	var made [16]job.ID
	var fresh atomic.Int64
	var wg sync.WaitGroup
	for i := range made {
		o := &store.SubmitChild{Submit: *waits(t, "local", 0), Parent: held(parent)}
		o.Job.Parent, o.Job.ChildN, o.Job.Batch = parent.ID, 7, batch
		wg.Go(func() {
			if err := nodes[i%2].Write(t.Context(), o); err != nil {
				t.Error(err)
			}
			made[i] = o.Made.ID
			if o.New {
				fresh.Add(1)
			}
		})
	}
	wg.Wait()
	for _, id := range made {
		if id != made[0] {
			t.Errorf("child 7 is %s and %s", made[0], id)
		}
	}
	if fresh.Load() != 1 {
		t.Errorf("%d were new", fresh.Load())
	}
}
