package store_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// A listed job has what lists show of it, as it is in the job that is read
// alone.
func TestListedJobsAreShownAsTheyAre(t *testing.T) {
	s := testkit.Store(t)
	write := func(o store.Op) {
		if err := s.Write(t.Context(), o); err != nil {
			t.Fatalf("%T: %v", o, err)
		}
	}
	specs := []job.Spec{
		{Operation: job.Parse},
		{Operation: job.Extract, Tags: []string{"x", "ü, \"y\""}, Metadata: json.RawMessage(`{"customer":"A & B","n":[1,2]}`), Parameters: json.RawMessage(`{"schema":{}}`)},
		{Operation: job.Classify, Original: job.ID{1, 2, 3}},
	}
	inputs := [][]job.Input{
		{{Name: "a.pdf", SHA256: "ab", File: job.File{Name: "a.pdf", Blob: "b", Size: 3}}},
		{{Name: "\"b\" <é>.pdf", URL: "https://example.com/b"}, {Name: "c.pdf"}},
		nil,
	}
	var ids []job.ID
	for n, spec := range specs {
		id, err := job.NewID()
		if err != nil {
			t.Fatal(err)
		}
		spec.Account = "ann"
		j, e := spec.New(id, inputs[n], testkit.Start().Add(time.Duration(n)*time.Minute))
		write(&store.Submit{Job: j, Events: []job.Event{e}})
		ids = append(ids, id)
	}
	claim := &store.Claim{Owner: "a", Now: testkit.Start().Add(time.Hour), Lease: time.Hour, Max: 2}
	write(claim)
	for _, j := range claim.Jobs[:1] {
		j.Failure = &job.Failure{Code: job.Internal, Facts: job.Facts{"why": "<it>"}}
		final, e, err := j.Move(job.Failed, testkit.Start().Add(2*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		write(&store.Finish{Held: store.Held{ID: j.ID, Attempt: j.Attempt}, Job: final, Event: e})
	}
	write(&store.Progress{Held: store.Held{ID: claim.Jobs[1].ID, Attempt: claim.Jobs[1].Attempt}, Now: testkit.Start().Add(2 * time.Hour), Progress: job.Progress{Percentage: 40, PagesCompleted: 2, TotalPages: 5, Stage: "reading", Message: "page 2"}})
	for _, f := range []job.Filter{
		{Account: "ann", Oldest: true, Limit: 3},
		{Account: "ann", Oldest: true, Limit: 3, Offset: 1},
	} {
		listed, _, err := s.List(t.Context(), f)
		if err != nil || len(listed) != 3-f.Offset {
			t.Fatalf("%d jobs, %v", len(listed), err)
		}
		for n, got := range listed {
			want, err := s.Job(t.Context(), ids[n+f.Offset])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(shown(want), got); diff != "" {
				t.Errorf("job %d: %s", n+f.Offset, diff)
			}
		}
	}
}

// shown is the job without what lists do not show.
func shown(j job.Job) job.Job {
	only := job.Job{
		ID: j.ID, Account: j.Account, Operation: j.Operation, Status: j.Status, CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt, FinishedAt: j.FinishedAt,
		RunAt: j.RunAt, Original: j.Original, Metadata: j.Metadata, Tags: j.Tags, Progress: j.Progress, Failure: j.Failure, Inputs: []job.Input{},
	}
	for _, in := range j.Inputs {
		only.Inputs = append(only.Inputs, job.Input{Name: in.Name})
	}
	return only
}

// Many lists that SQLite is asked for the first time prepare their statements
// beside each other: none holds a connection while it waits for another one.
func TestManyNewListsAtOnce(t *testing.T) {
	s := testkit.Store(t)
	var all sync.WaitGroup
	for n := range 60 {
		all.Go(func() {
			if _, _, err := s.List(t.Context(), job.Filter{Account: "ann", Limit: n + 1}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
