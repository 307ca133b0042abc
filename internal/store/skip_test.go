package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// A page is the same wherever it lies, also behind what is stepped over job by
// job: jobs of several days, some of which have expired and were not swept,
// are listed one by one from both ends.
func TestDeepPagesAreThoseOfTheWholeList(t *testing.T) {
	s := testkit.Store(t)
	write := func(o store.Op) {
		if err := s.Write(t.Context(), o); err != nil {
			t.Fatalf("%T: %v", o, err)
		}
	}
	hour := testkit.Start().Truncate(time.Hour)
	now := hour.Add(100 * time.Hour)
	var model []job.Job
	for n := range 90 {
		id, err := job.NewID()
		if err != nil {
			t.Fatal(err)
		}
		// Three days, with hours that have none; three jobs in a slot of five
		// minutes, the first at its edge.
		at := hour.Add(time.Duration(n/12*7)*time.Hour + time.Duration(n%12)*100*time.Second)
		operation := job.Parse
		if n%3 == 0 {
			operation = job.Classify
		}
		j, e := job.Spec{Account: "ann", Operation: operation}.New(id, nil, at)
		write(&store.Submit{Job: j, Events: []job.Event{e}})
		if n%4 == 0 {
			o := &store.Cancel{ID: id, Now: now, Retention: time.Duration(n%8) * time.Hour}
			write(o)
			j.Status, j.ExpiresAt = o.Job.Status, o.Job.ExpiresAt
		}
		model = append(model, j)
		if n%30 == 29 && n < 80 { // the last are not folded
			write(&store.FoldCounts{})
		}
	}
	for name, f := range map[string]job.Filter{
		"all":                {},
		"now":                {Now: now},
		"later":              {Now: now.Add(24 * time.Hour)},
		"parse":              {Operations: []job.Operation{job.Parse}, Now: now},
		"cancelled classify": {Operations: []job.Operation{job.Classify}, Statuses: []job.Status{job.Cancelled}, Now: now},
		"after":              {After: hour.Add(90 * time.Minute), Now: now},
		"before":             {Before: hour.Add(9*time.Hour + time.Minute), Now: now},
		"between":            {After: hour.Add(time.Minute), Before: hour.Add(35*time.Hour + 8*time.Minute), Now: now},
		"in a slot":          {After: hour.Add(time.Minute), Before: hour.Add(4 * time.Minute), Now: now},
		"many kinds":         {Operations: []job.Operation{job.Classify, job.Parse}, Statuses: []job.Status{job.Cancelled, job.Processing, job.Queued}, Now: now},
		"kinds between":      {Statuses: []job.Status{job.Cancelled, job.Queued}, After: hour.Add(time.Minute), Before: hour.Add(35*time.Hour + 8*time.Minute)},
	} {
		for _, oldest := range []bool{false, true} {
			f.Account, f.Oldest = "ann", oldest
			whole := picked(model, f)
			if oldest {
				slices.Reverse(whole)
			}
			for f.Offset = range len(whole) + 2 {
				f.Limit = 1 + f.Offset%2
				var want, got []job.ID
				for _, j := range whole[min(f.Offset, len(whole)):min(f.Offset+f.Limit, len(whole))] {
					want = append(want, j.ID)
				}
				jobs, total, err := s.List(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, j := range jobs {
					got = append(got, j.ID)
				}
				if diff := cmp.Diff(want, got); diff != "" || total != int64(len(whole)) {
					t.Fatalf("%s, oldest %v, offset %d: total %d of %d, %s", name, oldest, f.Offset, total, len(whole), diff)
				}
			}
		}
	}
}
