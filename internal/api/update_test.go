package api

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/testkit"
)

// What one reader is told of a job when it looks at some of the job's
// versions, from some version on.
func TestFollower(t *testing.T) {
	at := testkit.Start()
	spec := job.Spec{Account: "a", Operation: job.Parse, Spelling: job.UUID}
	v1, created := spec.New(job.ID{6: 0x70, 8: 0x80}, []job.Input{{Name: "a.pdf"}}, at) // to be uploaded
	v2, queued, _ := v1.Move(job.Queued, at)
	v3, processing, _ := v2.Move(job.Processing, at)
	v4 := v3
	v4.Version, v4.Progress.Percentage = 4, 40
	v5 := v4
	v5.Version = 5 // nothing that can be seen
	v6, completed, _ := v5.Move(job.Completed, at)
	history := []job.Event{created, queued, processing, completed}

	for _, test := range []struct {
		name  string
		since int64
		seen  []job.Job
		want  []string
	}{
		{"all", 0, []job.Job{v1, v2, v3, v4, v5, v6}, []string{"→queued 1", "queued→processing 3", "→processing 4", "processing→completed 6"}},
		{"the same twice", 0, []job.Job{v3, v3, v4, v4}, []string{"→processing 3", "→processing 4"}},
		{"an old read after a new one", 0, []job.Job{v4, v3}, []string{"→processing 4"}},
		{"only the ends", 0, []job.Job{v1, v6}, []string{"→queued 1", "queued→processing 3", "processing→completed 6"}},
		{"progress after a change", 0, []job.Job{v1, v4}, []string{"→queued 1", "queued→processing 3", "→processing 4"}},
		{"only the end", 0, []job.Job{v6}, []string{"→completed 6"}},
		{"resumed", 1, []job.Job{v6}, []string{"queued→processing 3", "processing→completed 6"}},
		{"resumed where it is", 4, []job.Job{v4}, nil},
		{"resumed while it runs", 3, []job.Job{v4, v6}, []string{"→processing 4", "processing→completed 6"}},
		{"deleted", 0, []job.Job{v4, {}}, []string{"→processing 4", "processing→cancelled 5"}},
		{"deleted at once", 0, []job.Job{{}}, []string{"→cancelled 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := follow(v1)
			if test.since > 0 {
				f.resume(test.since, history)
			}
			var got []string
			for _, j := range test.seen {
				n := &reading{job: j, events: history}
				n.once.Do(func() {})
				if j.ID.IsZero() {
					n.err = job.Errorf(job.NotFound, nil, "deleted")
				}
				told, err := f.news(n)
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range told {
					got = append(got, u.PreviousStatus+"→"+u.Status+" "+string(rune('0'+u.Version)))
					if u.JobID != v1.ID.String() || u.Operation != "parse" || (u.Details != nil) != (u.Status == "cancelled") {
						t.Errorf("%+v", u)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A job that is kept for no time is told of like any other.
func TestFollowerOfAnExpiredJob(t *testing.T) {
	j := job.Job{ID: job.ID{1}, Spelling: job.TypeID, Status: job.Completed, Version: 3, UpdatedAt: time.Unix(1, 0)}
	f := follow(j)
	told, err := f.news(&reading{job: j, err: job.Errorf(job.NotFound, nil, "expired")})
	if err != nil || len(told) != 1 || told[0].Status != "completed" {
		t.Errorf("%v, %v", told, err)
	}
}
