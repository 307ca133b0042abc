package service_test

import (
	"cmp"
	"context"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"docket/internal/job"
)

// change is an event as it is expected.
type change struct {
	Version  int64
	From, To job.Status
}

// model is one job as it should be.
type model struct {
	id, original, reused      job.ID
	account, document         string
	keep                      time.Duration
	status                    job.Status
	version                   int64
	attempt, tries, lost      int
	saved, asked              bool
	created, run, lease, ends time.Time // run: waits since; lease: until; ends: is forgotten
	finished                  time.Time
	history                   []change
}

func (m *model) move(to job.Status) {
	m.version++
	m.history = append(m.history, change{m.version, m.status, to})
	m.status = to
}

// end ends the job at a time.
func (m *model) end(to job.Status, now time.Time) {
	m.move(to)
	m.run, m.lease, m.finished = time.Time{}, time.Time{}, now
	m.ends = now.Add(cmp.Or(m.keep, retention))
}

// waits lets a job that a worker had wait for another; one that was to be
// cancelled is.
func (m *model) waits(from, now time.Time) {
	m.version++
	if m.asked {
		m.end(job.Cancelled, now)
		return
	}
	m.run, m.lease = from, time.Time{}
	m.history = append(m.history, change{m.version, job.Processing, job.Processing})
}

// seen is what can be seen of a job.
type seen struct {
	Status                  job.Status
	Version                 int64
	Attempt, Tries, Lost    int
	Asked, Waiting          bool
	Created, Finished, Ends time.Time
	Original, Reused        job.ID
	History                 []change
	Ahead                   int
}

func (l *life) check() {
	totals := map[string]map[job.Status]int64{"ann": {}, "bob": {}}
	for _, m := range l.jobs {
		ctx := as(l.ctx, m.account)
		j, err := l.Job(ctx, m.id)
		if l.gone(m) {
			l.says("read", err, job.NotFound)
			continue
		}
		l.says("read", err, "")
		totals[m.account][m.status]++
		if diff := gocmp.Diff(l.expected(m), l.observed(ctx, j)); diff != "" {
			l.rapid.Fatalf("job %s: %s", m.id, diff)
		}
		if m.status == job.Completed {
			l.result(ctx, j)
		}
	}
	for account, counts := range totals {
		for _, status := range []job.Status{job.AwaitingUpload, job.Queued, job.Processing, job.Completed, job.Failed, job.Cancelled} {
			p, err := l.List(as(l.ctx, account), job.Filter{Statuses: []job.Status{status}, Limit: 1000}, true)
			if err != nil || p.Total != counts[status] || p.Counts[status] != counts[status] || len(p.Jobs) != int(p.Total) {
				l.rapid.Fatalf("%s has %d (%d listed, %v counted) %s jobs, want %d; %v", account, p.Total, len(p.Jobs), p.Counts, status, counts[status], err)
			}
		}
	}
}

func (l *life) expected(m *model) seen {
	s := seen{
		Status: m.status, Version: m.version, Attempt: m.attempt, Tries: m.tries, Lost: m.lost, Asked: m.asked, Waiting: !m.run.IsZero(),
		Created: m.created, Finished: m.finished, Ends: m.ends, Original: m.original, Reused: m.reused, History: m.history,
	}
	for _, other := range l.jobs {
		if s.Waiting && other.account == m.account && !other.run.IsZero() && cmp.Or(l.before(other, m, nil)...) < 0 {
			s.Ahead++
		}
	}
	return s
}

func (l *life) observed(ctx context.Context, j job.Job) seen {
	s := seen{
		Status: j.Status, Version: j.Version, Attempt: j.Attempt, Tries: j.Tries, Lost: j.Lost, Asked: j.CancelRequested, Waiting: j.Waiting(),
		Created: j.CreatedAt, Finished: j.FinishedAt, Ends: j.ExpiresAt, Original: j.Original, Reused: j.ReusedFrom,
	}
	events, err := l.Events(ctx, j)
	if err != nil {
		l.rapid.Fatal(err)
	}
	for _, e := range events {
		s.History = append(s.History, change{e.Version, e.From, e.To})
	}
	place, err := l.Place(ctx, j)
	if err != nil {
		l.rapid.Fatal(err)
	}
	s.Ahead = place.Ahead
	return s
}

func (l *life) result(ctx context.Context, j job.Job) {
	var out strings.Builder
	if err := l.RenderResult(ctx, &out, j, job.FormatJSON, ""); err != nil || out.String() != `"result"` {
		l.rapid.Fatalf("the result of job %s is %q, %v", j.ID, out.String(), err)
	}
}
