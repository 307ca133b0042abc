package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// What happens to jobs is counted by quarters of an hour, folded or not, and
// forgotten when it is old.
func TestMovesAreCounted(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	for i := range 4 {
		testkit.Submit(t, s, []string{"a", "b"}[i%2], at)
	}
	begun := at.Add(job.StatsBucket)
	var failed, completed int
	for _, j := range claim(t, s, "w", begun, 4) {
		to := job.Completed
		if j.Account == "b" {
			to = job.Failed
			j.Failure = &job.Failure{Code: job.FileCorrupted}
			failed++
		} else {
			j.Result = &job.Result{}
			completed++
		}
		final, e, err := j.Move(to, begun.Add(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		final.ExpiresAt = begun.Add(time.Hour)
		if err := s.Write(t.Context(), &store.Finish{Held: held(j), Job: final, Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := at.Truncate(job.StatsBucket), begun.Truncate(job.StatsBucket)
	waited, ran := job.ClassOf(job.StatsBucket), job.ClassOf(10*time.Second)
	ofA := []store.Move{
		{At: first, Operation: job.Parse, To: job.Queued, Took: job.NoClass, N: 2},
		{At: second, Operation: job.Parse, To: job.Completed, Took: ran, N: 2},
		{At: second, Operation: job.Parse, To: job.Processing, Took: waited, N: 2},
	}
	all := []store.Move{
		{At: first, Operation: job.Parse, To: job.Queued, Took: job.NoClass, N: 4},
		{At: second, Operation: job.Parse, To: job.Completed, Took: ran, N: 2},
		{At: second, Operation: job.Parse, To: job.Failed, Code: job.FileCorrupted, Took: job.NoClass, N: 2},
		{At: second, Operation: job.Parse, To: job.Processing, Took: waited, N: 4},
	}
	look := func(of store.Whose, want []store.Move) {
		t.Helper()
		got, err := s.Moves(t.Context(), of, first, second.Add(job.StatsBucket))
		if err != nil {
			t.Fatal(err)
		}
		byKind := cmpopts.SortSlices(func(a, b store.Move) bool {
			return a.At.Before(b.At) || a.At.Equal(b.At) && a.To < b.To
		})
		if diff := cmp.Diff(want, got, byKind); diff != "" {
			t.Errorf("of %+v: %s", of, diff)
		}
	}
	for range 2 {
		look(store.Whose{Account: "a"}, ofA)
		look(store.Whose{All: true}, all)
		look(store.Whose{Account: "nobody"}, nil)
		if err := s.Write(t.Context(), &store.FoldMoves{Now: begun}); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{1, 0} { // folded, one kind a row, of two accounts and of all
		o := &store.SweepMoves{Before: begun}
		if err := s.Write(t.Context(), o); err != nil || o.Count != want*3 {
			t.Errorf("swept %d rows, want %d; %v", o.Count, want*3, err)
		}
	}
	look(store.Whose{All: true}, all[1:])
}

func TestNodesComeAndGo(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	node := func(id string, seen time.Duration) job.Node {
		return job.Node{ID: id, Host: "h", Role: "serve", Version: "v", Slots: 2, Started: at, Seen: at.Add(seen)}
	}
	look := func(o store.Op, want ...job.Node) {
		t.Helper()
		if err := s.Write(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		got, err := s.Nodes(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("after %+v: %s, %v", o, diff, err)
		}
	}
	a, b := node("a", 0), node("b", time.Minute)
	look(&store.Beat{Node: a}, a)
	look(&store.Beat{Node: b, Forget: at}, a, b)
	a = node("a", 2*time.Minute)
	look(&store.Beat{Node: a, Forget: at}, a, b)
	look(&store.Beat{Node: a, Forget: at.Add(2 * time.Minute)}, a)
	look(&store.Leave{ID: "a"})
}
