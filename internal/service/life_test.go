package service_test

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/testkit"
)

// Whatever is done to jobs in whatever order, the service agrees with a model
// that fits a page: states, versions, attempts and budgets, the history, the
// totals, the order of the line, what expires when and what is reused.
// design 4
func TestLifeAgreesWithAModel(t *testing.T) {
	place := testkit.Tries(t)
	rapid.Check(t, func(t *rapid.T) {
		l := &life{bench: newBenchIn(t, place(t)), rapid: t}
		t.Repeat(map[string]func(*rapid.T){
			"":         func(t *rapid.T) { l.rapid = t; l.check() },
			"submit":   func(t *rapid.T) { l.rapid = t; l.submitOne() },
			"await":    func(t *rapid.T) { l.rapid = t; l.await() },
			"upload":   func(t *rapid.T) { l.rapid = t; l.upload() },
			"claim":    func(t *rapid.T) { l.rapid = t; l.claim() },
			"claims":   func(t *rapid.T) { l.rapid = t; l.claim() },
			"progress": func(t *rapid.T) { l.rapid = t; l.progress() },
			"save":     func(t *rapid.T) { l.rapid = t; l.checkpoint() },
			"complete": func(t *rapid.T) { l.rapid = t; l.completeOne() },
			"fail":     func(t *rapid.T) { l.rapid = t; l.fail() },
			"giveback": func(t *rapid.T) { l.rapid = t; l.giveBack() },
			"cancel":   func(t *rapid.T) { l.rapid = t; l.cancel() },
			"delete":   func(t *rapid.T) { l.rapid = t; l.delete() },
			"rerun":    func(t *rapid.T) { l.rapid = t; l.rerun() },
			"reap":     func(t *rapid.T) { l.rapid = t; l.reap() },
			"renew":    func(t *rapid.T) { l.rapid = t; l.renew() },
			"pass":     func(t *rapid.T) { l.rapid = t; l.pass() },
			"sweep":    func(t *rapid.T) { l.rapid = t; l.sweepAll() },
		})
	})
}

// life is the service, and beside it what it should be.
type life struct {
	*bench
	rapid *rapid.T
	jobs  []*model  // in the order of their making
	held  []job.Job // every attempt that was ever given out, as its worker knows it
}

func (l *life) any() *model {
	if len(l.jobs) == 0 {
		l.rapid.Skip("there is no job")
	}
	return l.jobs[rapid.IntRange(0, len(l.jobs)-1).Draw(l.rapid, "job")]
}

// attempt picks one that was given out, perhaps long ago; owns says whether
// its worker still has the job.
func (l *life) attempt() (j *job.Job, m *model, owns bool) {
	if len(l.held) == 0 {
		l.rapid.Skip("nothing was given out")
	}
	j = &l.held[rapid.IntRange(0, len(l.held)-1).Draw(l.rapid, "attempt")]
	i := slices.IndexFunc(l.jobs, func(m *model) bool { return m.id == j.ID })
	if i < 0 {
		return j, &model{}, false
	}
	m = l.jobs[i]
	return j, m, m.attempt == j.Attempt && !m.lease.IsZero()
}

func (l *life) gone(m *model) bool { return !m.ends.IsZero() && !l.now.Before(m.ends) }

// says checks an error: of the code, or none.
func (l *life) says(what string, err error, want job.Code) {
	l.rapid.Helper()
	if want == "" && err != nil || want != "" && job.CodeOf(err) != want {
		l.rapid.Fatalf("%s: %v, want %q", what, err, want)
	}
}

// fences checks that a worker's write was taken, or refused because it has
// lost its job.
// ends is fences for a write that ends the job: one that is already as it is to
// be, by the same attempt, is no other's.
func (l *life) ends(what string, err error, owns bool, j *job.Job, m *model, to job.Status) {
	l.rapid.Helper()
	if !owns && err == nil && m.status == to && m.attempt == j.Attempt {
		return
	}
	l.fences(what, err, owns)
}

func (l *life) fences(what string, err error, owns bool) {
	l.rapid.Helper()
	if owns && err != nil || !owns && !service.Fenced(err) {
		l.rapid.Fatalf("%s: %v; it owns the job: %v", what, err, owns)
	}
}

func (l *life) made(j job.Job, m model) *model {
	m.id, m.created, m.version = j.ID, l.now, 1
	m.history = append(m.history, change{1, "", m.status})
	if m.status == job.Queued {
		m.run = l.now
	}
	l.jobs = append(l.jobs, &m)
	return l.jobs[len(l.jobs)-1]
}

func (l *life) submitOne() {
	m := model{
		account: rapid.SampledFrom([]string{"ann", "bob"}).Draw(l.rapid, "account"), document: rapid.SampledFrom([]string{`"x"`, `"y"`}).Draw(l.rapid, "document"),
		keep: rapid.SampledFrom([]time.Duration{0, time.Second, 3 * retention}).Draw(l.rapid, "keep"), status: job.Queued,
	}
	reuse := rapid.Bool().Draw(l.rapid, "reuse")
	j := l.submit(m.document, func(s *job.Spec) { s.Account, s.Keep, s.Reuse = m.account, m.keep, reuse })
	source := l.source(m)
	made := l.made(j, m)
	if reuse && source != nil {
		made.end(job.Completed, l.now)
		made.reused = source.id
	}
}

// source is the job whose result a new one takes over.
func (l *life) source(m model) *model {
	var newest *model
	for _, s := range l.jobs {
		if s.status == job.Completed && !l.gone(s) && s.account == m.account && s.document == m.document &&
			(newest == nil || s.finished.After(newest.finished) || s.finished.Equal(newest.finished) && slices.Compare(s.id[:], newest.id[:]) > 0) {
			newest = s
		}
	}
	return newest
}

func (l *life) await() {
	u, err := l.Begin(nil)
	if err != nil {
		l.rapid.Fatal(err)
	}
	u.Await("a.pdf", "application/pdf")
	m := model{account: "ann", document: `"z"`, status: job.AwaitingUpload}
	if _, err := u.Submit(l.ctx, job.Spec{Account: m.account, Operation: job.Parse, Spelling: job.UUID}, func(j job.Job) (service.Answer, error) {
		l.made(j, m)
		return service.Answer{}, nil
	}); err != nil {
		l.rapid.Fatal(err)
	}
}

func (l *life) upload() {
	m := l.any()
	link, _, err := l.UploadLink(l.ctx, job.Job{ID: m.id}, "")
	l.says("link", err, "")
	_, err = l.Upload(l.ctx, strings.TrimPrefix(link, "/uploads/"), "application/pdf", strings.NewReader(m.document))
	if m.status != job.AwaitingUpload {
		l.says("upload", err, job.Forbidden)
		return
	}
	l.says("upload", err, "")
	m.move(job.Queued)
	m.run = l.now
}

// next is the job that is to be given out: of the account with the fewest
// running, the first. // contract J32
func (l *life) next() *model {
	var best *model
	running := map[string]int{}
	for _, m := range l.jobs {
		if !m.lease.IsZero() {
			running[m.account]++
		}
	}
	for _, m := range l.jobs {
		if m.run.IsZero() || m.run.After(l.now) {
			continue
		}
		if best == nil || cmp.Or(l.before(m, best, running)...) < 0 {
			best = m
		}
	}
	return best
}

func (l *life) before(a, b *model, running map[string]int) []int {
	if a.account == b.account {
		running = nil
	}
	return []int{cmp.Compare(running[a.account], running[b.account]), a.run.Compare(b.run), slices.Compare(a.id[:], b.id[:])}
}

func (l *life) claim() {
	n := rapid.IntRange(1, 3).Draw(l.rapid, "slots")
	got, err := l.Claim(l.ctx, "w", n)
	if err != nil {
		l.rapid.Fatal(err)
	}
	for range n {
		m := l.next()
		if m == nil {
			break
		}
		if len(got) == 0 || got[0].ID != m.id {
			l.rapid.Fatalf("claimed %v, want %s of %s first", got, m.id, m.account)
		}
		m.attempt++
		m.move(job.Processing)
		m.run, m.lease, m.saved = time.Time{}, l.now.Add(service.Lease), false
		l.held, got = append(l.held, got[0]), got[1:]
	}
	if len(got) > 0 {
		l.rapid.Fatalf("claimed %v too", got)
	}
}

func (l *life) progress() {
	j, m, owns := l.attempt()
	l.fences("progress", l.Progress(l.ctx, *j, job.Progress{Percentage: 50}), owns)
	if owns {
		m.version++
	}
}

func (l *life) checkpoint() {
	j, m, owns := l.attempt()
	l.fences("checkpoint", l.Checkpoint(l.ctx, *j, job.Checkpoint{Version: 1}, nil), owns)
	if owns {
		m.saved, m.lost = true, 0
	}
}

func (l *life) completeOne() {
	j, m, owns := l.attempt()
	w := l.Create(l.ctx, *j, "out")
	if _, err := w.Write([]byte(`"result"`)); err != nil {
		l.rapid.Fatal(err)
	}
	sealed, err := w.Seal()
	if err != nil {
		l.rapid.Fatal(err)
	}
	err = l.Complete(l.ctx, *j, op.Result{}, []job.File{sealed.File}, []service.Small{*sealed.Inline})
	owns = owns && !m.asked
	l.ends("complete", err, owns, j, m, job.Completed)
	if owns {
		m.end(job.Completed, l.now)
	}
}

func (l *life) fail() {
	j, m, owns := l.attempt()
	cause, pauses := error(&job.Error{Code: job.FileCorrupted}), false
	switch rapid.SampledFrom([]string{"for good", "once", "full", "cancelled"}).Draw(l.rapid, "cause") {
	case "once":
		cause, pauses = errors.Join(op.ErrAgain, &job.Error{Code: job.Timeout}), true
	case "full":
		cause = &job.Error{Code: job.StorageError, Err: errors.Join(op.ErrAgain, &job.Error{Code: job.DiskFull})}
		l.fences("full disk", l.Fail(l.ctx, *j, cause), owns)
		if owns {
			m.waits(l.now.Add(10*time.Second), l.now)
		}
		return
	case "cancelled":
		l.ends("cancelled", l.Cancelled(l.ctx, *j), owns, j, m, job.Cancelled)
		if owns {
			m.end(job.Cancelled, l.now)
		}
		return
	}
	l.ends("fail", l.Fail(l.ctx, *j, cause), owns, j, m, job.Failed)
	switch {
	case !owns:
	case pauses && m.tries < 2:
		m.tries++
		m.waits(l.now.Add(time.Second<<m.tries), l.now)
	case pauses:
		m.tries++
		m.end(job.Failed, l.now)
	default:
		m.end(job.Failed, l.now)
	}
}

func (l *life) giveBack() {
	j, m, owns := l.attempt()
	l.fences("give back", l.GiveBack(l.ctx, *j), owns)
	if owns {
		m.waits(m.created, l.now)
	}
}

func (l *life) cancel() {
	m := l.any()
	_, err := l.Cancel(as(l.ctx, m.account), m.id)
	switch {
	case l.gone(m):
		l.says("cancel", err, job.NotFound)
	case m.status == job.Completed || m.status == job.Failed:
		l.says("cancel", err, job.Conflict)
	default:
		l.says("cancel", err, "")
		if !m.lease.IsZero() {
			m.asked = true
		} else if m.status != job.Cancelled {
			m.end(job.Cancelled, l.now)
		}
	}
}

func (l *life) delete() {
	m := l.any()
	err := l.Delete(as(l.ctx, m.account), m.id)
	if l.gone(m) {
		l.says("delete", err, job.NotFound)
		return
	}
	l.says("delete", err, "")
	l.jobs = slices.DeleteFunc(l.jobs, func(other *model) bool { return other == m })
}

func (l *life) rerun() {
	m := l.any()
	var made job.Job
	_, err := l.Rerun(as(l.ctx, m.account), m.id, nil, nil, func(j job.Job) (service.Answer, error) { made = j; return service.Answer{}, nil })
	switch {
	case l.gone(m):
		l.says("rerun", err, job.NotFound)
	case !m.status.Final() || m.neverCame():
		l.says("rerun", err, job.Conflict)
	default:
		l.says("rerun", err, "")
		l.made(made, model{account: m.account, document: m.document, keep: m.keep, status: job.Queued, original: m.id})
	}
}

// neverCame says that the document was not uploaded before the job ended.
func (m *model) neverCame() bool {
	return m.history[0].To == job.AwaitingUpload && m.history[1].To != job.Queued
}

func (l *life) reap() {
	all := rapid.IntRange(0, 3).Draw(l.rapid, "all") == 0
	if _, err := l.Reap(l.ctx, all); err != nil {
		l.rapid.Fatal(err)
	}
	for _, m := range l.jobs {
		if m.lease.IsZero() || (!all && !m.lease.Before(l.now)) {
			continue
		}
		if !m.saved {
			m.lost++
		}
		if m.lost >= 10 && !m.asked {
			m.version++
			m.end(job.Failed, l.now)
		} else {
			m.waits(m.created, l.now)
		}
	}
}

func (l *life) renew() {
	j, m, owns := l.attempt()
	h := service.Held{ID: j.ID, Attempt: j.Attempt}
	got, err := l.Renew(l.ctx, "w", []service.Held{h})
	if err != nil {
		l.rapid.Fatal(err)
	}
	if asked, has := got[h]; has != owns || asked != (owns && m.asked) {
		l.rapid.Fatalf("renewed %v; it owns the job: %v, cancel asked: %v", got, owns, m.asked)
	}
	if owns {
		m.lease = l.now.Add(service.Lease)
	}
}

func (l *life) pass() {
	l.now = l.now.Add(rapid.SampledFrom([]time.Duration{time.Microsecond, time.Second, service.Lease, retention / 2, 2 * retention}).Draw(l.rapid, "time"))
}

func (l *life) sweepAll() {
	l.sweep()
	l.jobs = slices.DeleteFunc(l.jobs, l.gone)
	for _, m := range l.jobs {
		if m.status == job.AwaitingUpload && m.created.Before(l.now.Add(-75*time.Minute)) {
			m.end(job.Failed, l.now)
		}
	}
}
