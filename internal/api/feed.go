package api

import (
	"context"
	"net/http"

	"docket/internal/event"
	"docket/internal/job"
)

// maxSent is of how many jobs a feed knows which version its reader has.
const maxSent = 8192

// feed tells one reader of all jobs of an account.
type feed struct {
	api     *API
	stream  *eventStream
	changes *event.Listener
	cursor  cursor
	behind  bool // the reader is to be told what changed since the cursor
	begun   bool
	sent    map[job.ID]int64 // versions
}

// streamAccount is GET /events: every job of the account, in its newest state,
// each time it changes. A reader that resumes gets first, once, each job that
// changed meanwhile. // contract J26
func (a *API) streamAccount(w http.ResponseWriter, r *http.Request) error {
	ctx, err := a.admit(r, job.ID{})
	if err != nil {
		return err
	}
	f := &feed{api: a, cursor: cursor{from: a.service.Now()}, sent: map[job.ID]int64{}}
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		if f.cursor, f.behind = parseCursor(last); !f.behind {
			return invalid("Last-Event-ID", "it is not the id of an event of this stream", "Leave it out to begin now")
		}
	}
	f.changes = a.service.ListenAccount(ctx)
	return a.serveEvents(ctx, w, r, f.changes, f.tell)
}

// tell tells of the jobs that have changed, each in its newest state.
func (f *feed) tell(ctx context.Context, s *eventStream) (done bool, err error) {
	f.stream = s
	if !f.begun && !f.behind {
		if err := s.mark(f.cursor.String()); err != nil { // for who is cut off before the first event
			return false, err
		}
	}
	f.begun = true
	events, missed := f.changes.Take()
	if f.behind || missed {
		f.behind = false
		if err := f.catchUp(ctx); err != nil {
			return false, err
		}
	}
	for _, e := range events {
		if err := f.one(ctx, e); err != nil {
			return false, err
		}
	}
	return false, nil
}

// catchUp tells of each job that changed since the cursor.
func (f *feed) catchUp(ctx context.Context) error {
	from := f.cursor
	for j, err := range f.api.service.Changes(ctx, from.from) {
		if err != nil {
			return err
		}
		if from.has(j) {
			continue
		}
		if err := f.send(j, ""); err != nil {
			return err
		}
	}
	return nil
}

// one tells of the job of an event.
func (f *feed) one(ctx context.Context, e job.Event) error {
	switch e.Kind {
	case job.EventDeleted:
		return f.deleted(e)
	case job.EventExpired:
		return f.removed(e)
	}
	j, gone, err := f.api.streams.reads.job(ctx, e.Job).state()
	if err != nil || gone { // the event that says so is on its way
		return err
	}
	return f.send(j, previous(e, j))
}

// previous is the word before, when the event is the job's last change and
// that was one of the word.
func previous(e job.Event, j job.Job) string {
	before := e.From.In(job.JobsWords)
	if e.Kind != job.EventStatus || e.Version != j.Version || before == e.To.In(job.JobsWords) {
		return ""
	}
	return before
}

// send tells of a job, unless the reader has this version.
func (f *feed) send(j job.Job, before string) error {
	if f.sent[j.ID] >= j.Version {
		return nil
	}
	if len(f.sent) >= maxSent {
		clear(f.sent)
	}
	f.sent[j.ID] = j.Version
	f.cursor = f.cursor.passed(j)
	u := updateOf(j, job.TypeID)
	u.PreviousStatus = before
	return f.stream.event(f.cursor.String(), "status", u)
}

// deletion is what is told of a job that is there no more.
type deletion struct {
	JobID     string `json:"job_id"`
	AliasID   string `json:"alias_id"`
	Timestamp string `json:"timestamp"`
}

// deleted tells of a job that was deleted; one that had not ended has been
// cancelled by that. // contract J22
func (f *feed) deleted(e job.Event) error {
	version := e.Version
	if !e.From.Final() {
		version++
	}
	if e.From != job.Completed && e.From != job.Failed && f.sent[e.Job] < version {
		u := updateOf(job.Job{ID: e.Job, Status: job.Cancelled, Version: version, UpdatedAt: e.At}, job.TypeID)
		u.Progress = nil
		if err := f.stream.event(f.cursor.String(), "status", u); err != nil {
			return err
		}
	}
	return f.removed(e)
}

// removed tells of a job that is there no more.
func (f *feed) removed(e job.Event) error {
	delete(f.sent, e.Job)
	return f.stream.event(f.cursor.String(), "deleted", deletion{
		JobID: e.Job.In(job.TypeID), AliasID: e.Job.In(job.UUID), Timestamp: e.At.Format(job.Seconds),
	})
}
