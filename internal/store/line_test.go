package store_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	difference "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// lineModel is what a claim must give: the jobs one by one.
type lineModel struct {
	waiting []job.Job
	running []job.Job
	paused  map[job.Operation]bool
}

// claim takes the next job, or none.
func (m *lineModel) claim(now time.Time) (job.Job, bool) {
	busy, heads := map[string]int{}, map[string]job.Job{}
	for _, j := range m.running {
		busy[j.Account]++
	}
	older := func(a, b job.Job) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), bytes.Compare(a.ID[:], b.ID[:]))
	}
	for _, j := range m.waiting {
		if m.paused[j.Operation] || j.CreatedAt.After(now) {
			continue
		}
		if h, some := heads[j.Account]; !some || older(j, h) < 0 {
			heads[j.Account] = j
		}
	}
	var next job.Job
	for _, j := range heads {
		if next.ID.IsZero() || cmp.Or(cmp.Compare(busy[j.Account], busy[next.Account]), older(j, next)) < 0 {
			next = j
		}
	}
	m.waiting = slices.DeleteFunc(m.waiting, func(j job.Job) bool { return j.ID == next.ID })
	if !next.ID.IsZero() {
		m.running = append(m.running, next)
	}
	return next, !next.ID.IsZero()
}

// A claim of many jobs gives those that as many claims of one would give, in
// their order: across accounts and operations, with jobs made at the same time
// or not due yet, and operations that are paused. // contract J32
func TestManyAreClaimedAsOneByOne(t *testing.T) {
	s, now, tries := testkit.Store(t), testkit.Start().Add(time.Minute), 0
	operations := []job.Operation{job.Parse, job.Extract, job.Split}
	pause := func(r *rapid.T, what job.Operation, paused bool) {
		if err := s.Write(t.Context(), &store.SetPaused{What: string(what), Paused: paused, Now: now}); err != nil {
			r.Fatal(err)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		m := lineModel{paused: map[job.Operation]bool{}}
		tries++ // each has accounts of its own, and leaves no job waiting
		defer func() {
			for what := range m.paused {
				pause(r, what, false)
			}
			claim(t, s, "w", now.Add(time.Hour), 1000)
		}()
		for range rapid.IntRange(1, 6).Draw(r, "rounds") {
			submits := &store.SubmitBatch{Batch: job.Batch{ID: batchID(r), Account: "a", CreatedAt: now}}
			for range rapid.IntRange(0, 25).Draw(r, "submits") {
				at := testkit.Start().Add(time.Duration(rapid.IntRange(0, 70).Draw(r, "second")) * time.Second)
				one := submitOf(r, fmt.Sprintf("%d %s", tries, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "account")), rapid.SampledFrom(operations).Draw(r, "operation"), at)
				submits.Jobs, m.waiting = append(submits.Jobs, one), append(m.waiting, one.Job)
			}
			if err := s.Write(t.Context(), submits); err != nil {
				r.Fatal(err)
			}
			what := rapid.SampledFrom(operations).Draw(r, "paused")
			m.paused[what] = !m.paused[what]
			pause(r, what, m.paused[what])
			for range rapid.IntRange(0, min(len(m.running), 8)).Draw(r, "finished") {
				if err := finish(t, s, m.running[0], job.Completed, now); err != nil {
					r.Fatal(err)
				}
				m.running = m.running[1:]
			}
			var want, got []job.ID
			most := rapid.IntRange(1, 40).Draw(r, "most")
			for range most {
				if j, some := m.claim(now); some {
					want = append(want, j.ID)
				}
			}
			for _, j := range claim(t, s, "w", now, most) {
				got = append(got, j.ID)
				i := slices.IndexFunc(m.running, func(o job.Job) bool { return o.ID == j.ID })
				if i >= 0 {
					m.running[i] = j
				}
			}
			if diff := difference.Diff(want, got); diff != "" {
				r.Fatal(diff)
			}
		}
	})
}

func submitOf(r *rapid.T, account string, operation job.Operation, at time.Time) *store.Submit {
	r.Helper()
	id, err := job.NewID()
	if err != nil {
		r.Fatal(err)
	}
	j, e := job.Spec{Account: account, Operation: operation}.New(id, nil, at)
	return &store.Submit{Job: j, Events: []job.Event{e}}
}

func batchID(r *rapid.T) job.BatchID {
	r.Helper()
	id, err := job.NewBatchID()
	if err != nil {
		r.Fatal(err)
	}
	return id
}
