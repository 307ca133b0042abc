package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

func TestChangesAreInOrder(t *testing.T) {
	s, at := testkit.Store(t), testkit.Start()
	second := func(n int) time.Time { return at.Add(time.Duration(n) * time.Second) }
	var jobs []job.Job
	for n := range 5 {
		jobs = append(jobs, testkit.Submit(t, s, "ann", second(n)))
	}
	testkit.Submit(t, s, "bob", second(3))
	jobs = append(jobs, testkit.Submit(t, s, "ann", second(4))) // at the same time as another
	cancel := func(n int, j job.Job, expires time.Time) {
		t.Helper()
		if err := s.Write(t.Context(), &store.Cancel{ID: j.ID, Now: second(n), Retention: expires.Sub(second(n))}); err != nil {
			t.Fatal(err)
		}
	}
	cancel(10, jobs[1], second(1000))
	cancel(11, jobs[0], second(20))

	for _, test := range []struct {
		name  string
		after time.Time
		id    job.ID
		now   time.Time
		limit int
		want  []int
	}{
		{"all", time.Time{}, job.ID{}, second(15), 100, []int{2, 3, 4, 5, 1, 0}},
		{"since", second(3), job.ID{255}, second(15), 100, []int{4, 5, 1, 0}},
		{"in the middle of a moment", second(4), jobs[4].ID, second(15), 100, []int{5, 1, 0}},
		{"a page", time.Time{}, job.ID{}, second(15), 2, []int{2, 3}},
		{"expired", second(9), job.ID{}, second(20), 100, []int{1}},
		{"nothing", second(11), jobs[0].ID, second(15), 100, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := s.Changes(t.Context(), "ann", test.after, test.id, test.now, test.limit)
			if err != nil {
				t.Fatal(err)
			}
			var numbers []int
			for _, j := range got {
				for n := range jobs {
					if jobs[n].ID == j.ID {
						numbers = append(numbers, n)
					}
				}
			}
			if diff := cmp.Diff(test.want, numbers); diff != "" {
				t.Error(diff)
			}
		})
	}
}
