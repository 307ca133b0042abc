package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

const lease = 15 * time.Second

func claim(t *testing.T, s *store.Store, owner string, at time.Time, most int) []job.Job {
	t.Helper()
	o := &store.Claim{Owner: owner, Now: at, Lease: lease, Max: most}
	if err := s.Write(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o.Jobs
}

func read(t *testing.T, s *store.Store, id job.ID) job.Job {
	t.Helper()
	j, err := s.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func held(j job.Job) store.Held { return store.Held{ID: j.ID, Attempt: j.Attempt} }

func finish(t *testing.T, s *store.Store, j job.Job, to job.Status, at time.Time) error {
	t.Helper()
	final, e, err := j.Move(to, at)
	if err != nil {
		t.Fatal(err)
	}
	final.ExpiresAt = at.Add(time.Hour)
	return s.Write(t.Context(), &store.Finish{Held: held(j), Job: final, Event: e})
}

func TestJobComesBackAsItWasStored(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	j := testkit.Submit(t, s, "local", at)
	got := read(t, s, j.ID)
	if !got.Waiting() || !got.RunAt.Equal(at) {
		t.Error("a queued job waits")
	}
	got.RunAt = time.Time{}
	if diff := cmp.Diff(j, got); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Job(t.Context(), job.ID{1}); job.CodeOf(err) != job.NotFound {
		t.Errorf("an unknown id: %v", err)
	}
}

func TestClaimGivesEachJobOnceInOrder(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	var want, got []job.ID
	for i := range 20 {
		want = append(want, testkit.Submit(t, s, "local", at.Add(time.Duration(i)*time.Millisecond)).ID)
	}
	for range 7 {
		for _, j := range claim(t, s, "a", at.Add(time.Second), 3) {
			if j.Status != job.Processing || j.Attempt != 1 || j.Waiting() || j.Version != 2 {
				t.Errorf("claimed %+v", j)
			}
			got = append(got, j.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if more := claim(t, s, "a", at.Add(time.Second), 1); len(more) != 0 {
		t.Errorf("claimed %v again", more)
	}
}

func TestClaimIsFairBetweenAccounts(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	for range 100 {
		testkit.Submit(t, s, "many", at)
	}
	busy := claim(t, s, "a", at, 2)
	testkit.Submit(t, s, "zoe", at.Add(time.Minute))
	testkit.Submit(t, s, "ann", at.Add(2*time.Minute))
	var got []string
	for _, j := range append(busy, claim(t, s, "a", at.Add(3*time.Minute), 4)...) {
		got = append(got, j.Account)
	}
	// zoe and ann run nothing: they come first, the one that waits longer before the other.
	want := []string{"many", "many", "zoe", "ann", "many", "many"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestClaimPassesOverWhatIsNotDue(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	first, second := testkit.Submit(t, s, "local", at), testkit.Submit(t, s, "local", at)
	j := claim(t, s, "a", at, 1)[0]
	if err := s.Write(t.Context(), &store.Release{Held: held(j), Now: at, RunAt: at.Add(time.Minute), Tries: 1}); err != nil {
		t.Fatal(err)
	}
	if got := claim(t, s, "a", at.Add(time.Second), 5); len(got) != 1 || got[0].ID != second.ID {
		t.Errorf("claimed %v", got)
	}
	got := claim(t, s, "a", at.Add(time.Minute), 5)
	if len(got) != 1 || got[0].ID != first.ID || got[0].Attempt != 2 || got[0].Tries != 1 || got[0].Status != job.Processing {
		t.Errorf("claimed %+v", got)
	}
}

// A worker that lost its job must not be able to write to it. // design 4: fence
func TestOldAttemptIsFenced(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	testkit.Submit(t, s, "local", at)
	old := claim(t, s, "a", at, 1)[0]
	later := at.Add(lease + time.Second)
	if err := s.Write(t.Context(), &store.Reap{Now: later, Budget: 10}); err != nil {
		t.Fatal(err)
	}
	current := claim(t, s, "b", later, 1)[0]
	for name, write := range map[string]store.Op{
		"progress":   &store.Progress{Held: held(old), Now: later},
		"checkpoint": &store.Checkpoint{Held: held(old)},
		"release":    &store.Release{Held: held(old), Now: later},
	} {
		if err := s.Write(t.Context(), write); !errors.Is(err, store.ErrFenced) {
			t.Errorf("%s of the old attempt: %v", name, err)
		}
	}
	if err := finish(t, s, old, job.Failed, later); !errors.Is(err, store.ErrFenced) {
		t.Errorf("finish of the old attempt: %v", err)
	}
	if err := finish(t, s, current, job.Completed, later); err != nil {
		t.Errorf("finish of the current attempt: %v", err)
	}
	if err := finish(t, s, current, job.Failed, later); !errors.Is(err, store.ErrFenced) {
		t.Errorf("a second finish: %v", err)
	}
	if got := read(t, s, old.ID); got.Status != job.Completed || got.Attempt != 2 || got.Progress.Percentage != 100 {
		t.Errorf("ended as %+v", got)
	}
}

func TestLostLeaseCountsOnlyWithoutACheckpoint(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	id := testkit.Submit(t, s, "local", at).ID
	lose := func(save bool) (store.Reap, job.Job) {
		t.Helper()
		j := claim(t, s, "a", at, 1)[0]
		if save {
			if err := s.Write(t.Context(), &store.Checkpoint{Held: held(j), Checkpoint: job.Checkpoint{Version: 1}}); err != nil {
				t.Fatal(err)
			}
		}
		at = at.Add(lease + time.Second)
		o := &store.Reap{Now: at, Budget: 3}
		if err := s.Write(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		return *o, read(t, s, id)
	}
	for i, step := range []struct {
		save bool
		lost int
	}{{false, 1}, {false, 2}, {true, 0}, {false, 1}, {false, 2}} {
		if o, j := lose(step.save); j.Lost != step.lost || len(o.Waiting) != 1 || !j.Waiting() || j.Status != job.Processing {
			t.Fatalf("step %d: lost %d, want %d; %+v", i, j.Lost, step.lost, j)
		}
	}
	if o, _ := lose(false); len(o.Spent) != 1 || len(o.Waiting) != 0 {
		t.Errorf("the budget is spent: %+v", o)
	}
}

// A cancel must not hang on a worker that is gone. // contract J22
func TestCancelOutlivesItsWorker(t *testing.T) {
	for name, lose := range map[string]func(j job.Job, at time.Time) (store.Op, func() store.Ended){
		"reaped": func(_ job.Job, at time.Time) (store.Op, func() store.Ended) {
			o := &store.Reap{Now: at, All: true, Budget: 1, Retention: time.Hour}
			return o, func() store.Ended { return o.Cancelled[0] }
		},
		"given back": func(j job.Job, at time.Time) (store.Op, func() store.Ended) {
			o := &store.Release{Held: held(j), Now: at, Retention: time.Hour}
			return o, func() store.Ended { return *o.Cancelled }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, at := testkit.Store(t), testkit.Start()
			testkit.Submit(t, s, "local", at)
			j := claim(t, s, "a", at, 1)[0]
			asked := &store.Cancel{ID: j.ID, Now: at}
			if err := s.Write(t.Context(), asked); err != nil || asked.Job.Status != job.Processing || asked.Event.Kind != job.EventCancelRequested {
				t.Fatalf("asked: %+v, %v", asked, err)
			}
			o, ended := lose(j, at)
			if err := s.Write(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			got := read(t, s, j.ID)
			if got.Status != job.Cancelled || got.Waiting() || !got.ExpiresAt.Equal(at.Add(time.Hour)) || got.Version != ended().Event.Version {
				t.Errorf("ended as %+v, told %+v", got, ended())
			}
			if got := claim(t, s, "b", at.Add(time.Minute), 1); len(got) != 0 {
				t.Errorf("claimed %v", got)
			}
			if total := total(t, s, job.Cancelled); total != 1 {
				t.Errorf("%d cancelled jobs are counted", total)
			}
		})
	}
}

// total is how many jobs of the local account are counted in a state.
func total(t *testing.T, s *store.Store, in job.Status) int64 {
	t.Helper()
	_, n, err := s.List(t.Context(), job.Filter{Account: "local", Statuses: []job.Status{in}, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRenewKeepsOnlyWhatIsHeld(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	testkit.Submit(t, s, "local", at)
	testkit.Submit(t, s, "local", at)
	jobs := claim(t, s, "a", at, 2)
	kept, dropped := held(jobs[0]), held(jobs[1])
	o := &store.Renew{Owner: "a", Now: at, Lease: time.Hour, Held: []store.Held{kept, {ID: kept.ID, Attempt: 9}}}
	if err := s.Write(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[store.Held]bool{kept: false}, o.Leased); diff != "" {
		t.Error(diff)
	}
	reap := &store.Reap{Now: at.Add(time.Minute), Budget: 10}
	if err := s.Write(t.Context(), reap); err != nil {
		t.Fatal(err)
	}
	if len(reap.Waiting) != 1 || reap.Waiting[0].ID != dropped.ID {
		t.Errorf("reaped %v", reap.Waiting)
	}
}

// A write that fails must cost its caller alone, though it shares its commit
// with others. // design 6: group commit
func TestBadWriteCostsItsCallerAlone(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	taken := testkit.Submit(t, s, "local", at)
	var wg sync.WaitGroup
	errs := make([]error, 200)
	for i := range errs {
		wg.Go(func() {
			id, err := job.NewID()
			if err != nil {
				errs[i] = err
				return
			}
			if i%10 == 3 {
				id = taken.ID
			}
			j, e := job.Spec{Account: fmt.Sprint("account", i%3), Operation: job.Parse}.New(id, nil, at)
			errs[i] = s.Write(t.Context(), &store.Submit{Job: j, Events: []job.Event{e}})
		})
	}
	wg.Wait()
	for i, err := range errs {
		if bad := i%10 == 3; bad != (err != nil) {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if got := len(claim(t, s, "a", at, 1000)); got != 181 {
		t.Errorf("%d jobs are there, want 181", got)
	}
}

func TestFolderHasOneOwner(t *testing.T) {
	folder := t.TempDir()
	first, err := store.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), folder); err == nil || !strings.Contains(err.Error(), "is in use by another process (pid ") {
		t.Errorf("a second owner: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Write(t.Context(), &store.Claim{}); job.CodeOf(err) != job.Unavailable {
		t.Errorf("a write after the end: %v", err)
	}
	second, err := store.Open(t.Context(), folder)
	if err != nil {
		t.Fatalf("after the first has gone: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSettingIsMadeOnce(t *testing.T) {
	s := testkit.Store(t)
	for _, made := range []string{"first", "second"} {
		if got, err := s.Setting(t.Context(), "secret", func() string { return made }); err != nil || got != "first" {
			t.Errorf("got %q, %v", got, err)
		}
	}
}
