package store_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// One account's thousand jobs do not keep another's single one waiting.
// contract J32
func TestSingleJobStartsNext(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	for i := range 1000 {
		testkit.Submit(t, s, "many", at.Add(time.Duration(i)))
	}
	running := claim(t, s, "a", at.Add(time.Second), 2)
	single := testkit.Submit(t, s, "single", at.Add(time.Hour))
	if err := finish(t, s, running[0], job.Completed, at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	got := claim(t, s, "a", at.Add(time.Hour), 2)
	if len(got) != 2 || got[0].ID != single.ID || got[1].Account != "many" {
		t.Errorf("claimed %v of %s and %v of %s", got[0].ID, got[0].Account, got[1].ID, got[1].Account)
	}
}

// Of accounts that run as many jobs, the one whose first job is the oldest
// comes first, whatever their names and whoever submitted last. // contract J32
func TestTiesGoToTheOldestHead(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "b", "c", "d", "e", "f"}
	random.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
	var want, got []string
	for round := range 3 { // each has its next job after all the others'
		for i, name := range names {
			testkit.Submit(t, s, name, at.Add(time.Duration(round*len(names)+i)*time.Second))
			want = append(want, name)
		}
	}
	for range 3 * len(names) {
		got = append(got, claim(t, s, "a", at.Add(time.Hour), 1)[0].Account)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A job that was lost or given back has its old place; one that is made again
// has the last. // contract J32
func TestFirstInFirstOutAfterLostLeases(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	var jobs []job.Job
	for i := range 6 {
		jobs = append(jobs, testkit.Submit(t, s, "local", at.Add(time.Duration(i)*time.Second)))
	}
	now := at.Add(time.Minute)
	first := claim(t, s, "a", now, 3)
	if err := s.Write(t.Context(), &store.Release{Held: held(first[2]), Now: now}); err != nil {
		t.Fatal(err)
	}
	if err := finish(t, s, first[1], job.Failed, now); err != nil {
		t.Fatal(err)
	}
	rerun := testkit.Submit(t, s, "local", now) // of the failed one
	now = now.Add(lease + time.Second)
	if err := s.Write(t.Context(), &store.Reap{Now: now, Budget: 10}); err != nil {
		t.Fatal(err)
	}
	var got []job.ID
	for _, j := range claim(t, s, "b", now, 10) {
		got = append(got, j.ID)
	}
	want := []job.ID{jobs[0].ID, jobs[2].ID, jobs[3].ID, jobs[4].ID, jobs[5].ID, rerun.ID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ahead, err := s.Ahead(t.Context(), rerun, 100); err != nil || ahead != 0 {
		t.Errorf("%d jobs are ahead of one that nobody is ahead of, %v", ahead, err)
	}
}
