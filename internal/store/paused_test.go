package store_test

import (
	"fmt"
	"testing"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// queue stores a waiting job of an operation.
func queue(t *testing.T, s *store.Store, of string, o job.Operation, at time.Time) job.ID {
	t.Helper()
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	j, e := job.Spec{Account: of, Operation: o, Spelling: job.TypeID}.New(id, nil, at)
	if err := s.Write(t.Context(), &store.Submit{Job: j, Events: []job.Event{e}}); err != nil {
		t.Fatal(err)
	}
	return id
}

// What is paused waits, in its place; what is not goes on, fair as ever.
func TestClaimPassesOverPausedOperations(t *testing.T) {
	s, now := testkit.Store(t), testkit.Start()
	at := func(n int) time.Time { return now.Add(time.Duration(n) * time.Second) }
	a1 := queue(t, s, "a", job.Parse, at(1))
	a2 := queue(t, s, "a", job.Extract, at(2))
	b1 := queue(t, s, "b", job.Classify, at(3))
	b2 := queue(t, s, "b", job.Parse, at(4))
	a3 := queue(t, s, "a", job.Classify, at(5))
	set := func(what string, paused bool) {
		t.Helper()
		if err := s.Write(t.Context(), &store.SetPaused{What: what, Paused: paused, Now: now, Act: account.Act{ID: fmt.Sprintf("act_%s_%t", what, paused), At: now, Action: account.ServerPaused}}); err != nil {
			t.Fatal(err)
		}
	}
	claim := func(want ...job.ID) {
		t.Helper()
		o := &store.Claim{Owner: "w", Now: at(10), Lease: time.Minute, Max: 9}
		if err := s.Write(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		var got []job.ID
		for _, j := range o.Jobs {
			got = append(got, j.ID)
		}
		if len(got) != len(want) {
			t.Fatalf("claimed %v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("claimed %v, want %v", got, want)
			}
		}
	}
	set("parse", true)
	set("parse", true) // twice is as good as once
	set("intake", true)
	claim(a2, b1, a3)
	if all, err := s.Paused(t.Context()); err != nil || len(all) != 2 || all[0].What != "intake" || all[1].What != "parse" || !all[1].Since.Equal(now) {
		t.Errorf("paused: %v, %v", all, err)
	}
	if acts, n, err := s.Acts(t.Context(), account.ActFilter{Limit: 10}); err != nil || n != 2 {
		t.Errorf("acts: %v, %v", acts, err)
	}
	l, err := s.Load(t.Context())
	if err != nil || l.Jobs[store.JobKind{Status: job.Queued, Operation: job.Parse}] != 2 || l.Jobs[store.JobKind{Status: job.Processing, Operation: job.Classify}] != 2 ||
		len(l.Oldest) != 1 || !l.Oldest[job.Parse].Equal(at(1)) || l.Deliveries != 0 {
		t.Errorf("load: %+v, %v", l, err)
	}
	set("parse", false)
	claim(b2, a1) // b has fewer running
}

// However the jobs of an account are mixed, their places are those of one line.
func TestAheadCountsAllOperations(t *testing.T) {
	s, now := testkit.Store(t), testkit.Start()
	operations := []job.Operation{job.Parse, job.Extract, job.Parse, job.Classify, job.Extract, job.Parse}
	var ids []job.ID
	for i, o := range operations {
		ids = append(ids, queue(t, s, "a", o, now.Add(time.Duration(i/2)*time.Second)))
		queue(t, s, "b", o, now)
	}
	for i, id := range ids {
		j, err := s.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for limit, want := range map[int]int{100: i, 2: min(i, 2)} {
			if n, err := s.Ahead(t.Context(), j, limit); err != nil || n != want {
				t.Errorf("%d jobs are ahead of job %d, %v", n, i, err)
			}
		}
	}
}
