package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// Pages and totals are those of a model, whatever was submitted, claimed,
// ended, cancelled and deleted, at the edges of days, hours and slots too, and
// whether the counts have been folded or not.
func TestListAgreesWithAModel(t *testing.T) {
	place := testkit.Tries(t)
	rapid.Check(t, func(t *rapid.T) {
		s := testkit.OpenStore(t, place(t))
		midnight := testkit.Start().Truncate(24 * time.Hour)
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			edge := midnight
			for _, span := range []time.Duration{24 * time.Hour, time.Hour, 5 * time.Minute} {
				edge = edge.Add(time.Duration(rapid.IntRange(-1, 2).Draw(t, span.String())) * span)
			}
			return edge.Add(time.Duration(rapid.SampledFrom([]int{-1, 0, 1, 100_000_000}).Draw(t, "µs")) * time.Microsecond)
		})
		write := func(o store.Op) {
			if err := s.Write(t.Context(), o); err != nil {
				t.Fatalf("%T: %v", o, err)
			}
		}
		accounts, tags := []string{"ann", "bob"}, []string{"x", "y"}
		operations := []job.Operation{job.Parse, job.Classify}
		var model []job.Job
		for range rapid.IntRange(0, 30).Draw(t, "jobs") {
			id, err := job.NewID()
			if err != nil {
				t.Fatal(err)
			}
			spec := job.Spec{
				Account: rapid.SampledFrom(accounts).Draw(t, "account"), Operation: rapid.SampledFrom(operations).Draw(t, "operation"),
				Tags: rapid.SliceOfNDistinct(rapid.SampledFrom(tags), 0, 2, rapid.ID).Draw(t, "tags"),
			}
			var inputs []job.Input
			for range rapid.IntRange(0, 2).Draw(t, "inputs") {
				inputs = append(inputs, job.Input{Name: rapid.SampledFrom([]string{"Bill_1.pdf", "bill 2.PDF", "100%.txt"}).Draw(t, "name")})
			}
			j, e := spec.New(id, inputs, moment.Draw(t, "created"))
			write(&store.Submit{Job: j, Events: []job.Event{e}})
			model = append(model, j)
		}
		now := midnight.Add(4 * 24 * time.Hour)
		keep := rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 3).Draw(t, "hours")) * time.Hour
		})
		for range rapid.IntRange(0, 40).Draw(t, "changes") {
			if rapid.IntRange(0, 9).Draw(t, "fold") == 0 {
				write(&store.FoldCounts{})
			}
			if len(model) == 0 {
				break
			}
			i := rapid.IntRange(0, len(model)-1).Draw(t, "which")
			switch rapid.SampledFrom([]string{"claim", "cancel", "delete", "end", "sweep"}).Draw(t, "change") {
			case "claim":
				o := &store.Claim{Owner: "a", Now: now, Lease: time.Hour, Max: 1}
				write(o)
				for _, j := range o.Jobs {
					k := slices.IndexFunc(model, func(m job.Job) bool { return m.ID == j.ID })
					model[k].Status, model[k].Attempt = job.Processing, j.Attempt
				}
			case "cancel":
				o := &store.Cancel{ID: model[i].ID, Now: now, Retention: keep.Draw(t, "keep")}
				write(o)
				model[i].Status, model[i].ExpiresAt = o.Job.Status, o.Job.ExpiresAt
			case "delete":
				write(&store.Delete{ID: model[i].ID})
				model = slices.Delete(model, i, i+1)
			case "end":
				if model[i].Status != job.Processing {
					continue
				}
				final, e, err := model[i].Move(job.Failed, now)
				if err != nil {
					t.Fatal(err)
				}
				final.ExpiresAt = now.Add(keep.Draw(t, "keep"))
				if err := s.Write(t.Context(), &store.Finish{Held: store.Held{ID: final.ID, Attempt: final.Attempt}, Job: final, Event: e}); err == nil {
					model[i].Status, model[i].ExpiresAt = job.Failed, final.ExpiresAt
				}
			case "sweep":
				at := now.Add(keep.Draw(t, "passes"))
				o := &store.SweepJobs{Now: at, Max: 1}
				write(o)
				gone := func(j job.Job) bool { return slices.ContainsFunc(o.Jobs, func(g job.Job) bool { return g.ID == j.ID }) }
				for _, j := range o.Jobs {
					if !j.Expired(at) {
						t.Errorf("swept %+v at %v", j, at)
					}
				}
				if due := slices.ContainsFunc(model, func(j job.Job) bool { return j.Expired(at) }); due != (len(o.Jobs) == 1) {
					t.Errorf("swept %v at %v", o.Jobs, at)
				}
				model = slices.DeleteFunc(model, gone)
			}
		}
		for range 10 {
			f := job.Filter{Account: rapid.SampledFrom(accounts).Draw(t, "account"), Limit: rapid.IntRange(1, 8).Draw(t, "limit"), Offset: rapid.IntRange(0, 8).Draw(t, "offset")}
			f.Statuses = rapid.SliceOfNDistinct(rapid.SampledFrom([]job.Status{job.Queued, job.Processing, job.Failed, job.Cancelled}), 0, 2, rapid.ID).Draw(t, "statuses")
			f.Operations = rapid.SliceOfNDistinct(rapid.SampledFrom(operations), 0, 1, rapid.ID).Draw(t, "operations")
			f.Tags = rapid.SliceOfNDistinct(rapid.SampledFrom(tags), 0, 2, rapid.ID).Draw(t, "tags")
			if len(model) > 0 && rapid.Bool().Draw(t, "has ids") {
				for _, j := range rapid.SliceOfN(rapid.SampledFrom(model), 1, 4).Draw(t, "ids") {
					f.IDs = append(f.IDs, j.ID)
				}
			}
			if rapid.Bool().Draw(t, "has now") {
				f.Now = now.Add(keep.Draw(t, "passed"))
			}
			if rapid.Bool().Draw(t, "has after") {
				f.After = moment.Draw(t, "after")
			}
			if rapid.Bool().Draw(t, "has before") {
				f.Before = moment.Draw(t, "before")
			}
			compare(t, s, model, f)
			f.Words = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) job.Word {
				text := rapid.SampledFrom([]string{"bill", "L_1", "%", ".pdf", "bill 2", "none", "id"}).Draw(t, "text")
				if text == "id" && len(model) > 0 {
					id := rapid.SampledFrom(model).Draw(t, "of").ID.In(rapid.SampledFrom([]job.Spelling{job.UUID, job.TypeID}).Draw(t, "spelling"))
					text = id[:rapid.IntRange(12, len(id)).Draw(t, "length")]
				}
				return job.NewWord(text)
			}), 1, 2).Draw(t, "words")
			compareSearch(t, s, model, f)
		}
		for _, of := range []store.Whose{{Account: "ann"}, {Account: "bob"}, {All: true}} {
			compareStanding(t, s, model, of, now.Add(keep.Draw(t, "passed")))
		}
	})
}

// compareSearch looks at what a search finds, and at no page.
func compareSearch(t *rapid.T, s *store.Store, model []job.Job, f job.Filter) {
	var want []job.ID
	for _, j := range picked(model, f) {
		if !slices.ContainsFunc(f.Words, func(w job.Word) bool { return !has(j, w) }) {
			want = append(want, j.ID)
		}
	}
	found, part, err := s.Search(t.Context(), f)
	var got []job.ID
	for _, one := range found {
		got = append(got, one.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" || part || err != nil {
		t.Errorf("search %+v: %s, part %v, %v", f, diff, part, err)
	}
}

func has(j job.Job, w job.Word) bool {
	for _, spelling := range []job.Spelling{job.UUID, job.TypeID} {
		if !w.From.IsZero() && strings.HasPrefix(j.ID.In(spelling), w.Text) {
			return true
		}
	}
	return strings.Contains(job.SearchNames(j.Inputs), w.Text)
}

func compareStanding(t *rapid.T, s *store.Store, model []job.Job, of store.Whose, now time.Time) {
	counts, leased, waits := map[store.JobKind]int64{}, int64(0), map[job.Operation]time.Time{}
	for _, j := range model {
		if !of.All && j.Account != of.Account {
			continue
		}
		if !j.Expired(now) {
			counts[store.JobKind{Status: j.Status, Operation: j.Operation}]++
		}
		if j.Status == job.Processing {
			leased++
		}
		if oldest, ok := waits[j.Operation]; j.Status == job.Queued && (!ok || j.CreatedAt.Before(oldest)) {
			waits[j.Operation] = j.CreatedAt
		}
	}
	got, err := s.Standing(t.Context(), of, now)
	if err != nil {
		t.Fatal(err)
	}
	for k, n := range got.Jobs {
		if n == 0 {
			delete(got.Jobs, k)
		}
	}
	if diff := cmp.Diff(counts, got.Jobs) + cmp.Diff(waits, got.Oldest); diff != "" || got.Leased != leased {
		t.Errorf("of %+v: %s, %d leased, want %d", of, diff, got.Leased, leased)
	}
}

// picked are the jobs of the model that the filter picks, newest first, words
// and page apart.
func picked(model []job.Job, f job.Filter) []job.Job {
	var want []job.Job
	for _, j := range model {
		expired := !f.Now.IsZero() && j.Expired(f.Now)
		if !expired && j.Account == f.Account && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, j.Status)) && (len(f.Operations) == 0 || slices.Contains(f.Operations, j.Operation)) &&
			(f.After.IsZero() || j.CreatedAt.After(f.After)) && (f.Before.IsZero() || j.CreatedAt.Before(f.Before)) &&
			(len(f.IDs) == 0 || slices.Contains(f.IDs, j.ID)) && !slices.ContainsFunc(f.Tags, func(tag string) bool { return !slices.Contains(j.Tags, tag) }) {
			want = append(want, j)
		}
	}
	slices.SortFunc(want, func(a, b job.Job) int {
		if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
			return c
		}
		return slices.Compare(b.ID[:], a.ID[:])
	})
	return want
}

func compare(t *rapid.T, s *store.Store, model []job.Job, f job.Filter) {
	want := picked(model, f)
	whatever := f
	whatever.Statuses = nil
	counts := map[job.Status]int64{}
	for _, j := range picked(model, whatever) {
		counts[j.Status]++
	}
	counted, err := s.Counts(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for status, n := range counted {
		if counts[status] != n {
			t.Errorf("%+v: %d %s jobs are counted, want %d", f, n, status, counts[status])
		}
		delete(counts, status)
	}
	if len(counts) > 0 {
		t.Errorf("%+v: not counted are %v", f, counts)
	}
	got, total, err := s.List(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if total != int64(len(want)) {
		t.Errorf("%+v: total %d, want %d", f, total, len(want))
	}
	page := want[min(f.Offset, len(want)):min(f.Offset+f.Limit, len(want))]
	id := func(jobs []job.Job) (ids []job.ID) {
		for _, j := range jobs {
			ids = append(ids, j.ID)
		}
		return ids
	}
	if diff := cmp.Diff(id(page), id(got)); diff != "" {
		t.Errorf("%+v: %s", f, diff)
	}
}
