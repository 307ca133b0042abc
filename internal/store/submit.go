package store

import (
	"errors"
	"fmt"
	"time"

	"docket/internal/job"
)

// Blob is small named bytes that are written with the row that names them.
type Blob struct {
	Name string
	Data []byte
}

// Submit stores a new job with the events of its making and its small inputs.
type Submit struct {
	Job    job.Job
	Events []job.Event
	Blobs  []Blob
	Told   job.Told // of the last event
	// MaxWaiting is how many jobs of the account may wait; 0: as many as come.
	// One too many is refused with code QueueFull.
	MaxWaiting int
	// MaxMails is how many e-mails the account may ask for in a MailWindow; 0:
	// as many as it likes. One too many is refused with code MailLimit.
	MaxMails  int
	Once      *Kept         // the answer to keep under the request's Idempotency-Key; nil: none
	Retention time.Duration // how long a final job is kept

	Before *Kept // the answer: what was kept already, in which case nothing else was written
}

func (*Submit) work() bool { return false }

func (o *Submit) apply(t *txn) (err error) {
	if o.Before, err = t.before(o.Once); err != nil || o.Before != nil {
		return err
	}
	if j := o.Job; waits(j.Status) {
		if err := t.room(j.Account, 1, o.MaxWaiting); err != nil {
			return err
		}
		defer t.counted(j.Account, 1)
	}
	if err := t.mayMail(o.Job.Account, mailsOf(o.Job), o.MaxMails, o.Job.CreatedAt); err != nil {
		return err
	}
	// Not before: what is refused keeps no answer.
	if o.Before, err = t.keep(o.Once); err != nil || o.Before != nil {
		return err
	}
	return o.insert(t)
}

func (o *Submit) needs() needs {
	return needs{jobs: sources(o.Job), account: o.Job.Account, most: o.MaxWaiting}
}

// sources are the jobs that a new one waits for.
func sources(j job.Job) []job.ID {
	var ids []job.ID
	for _, in := range j.Inputs {
		if in.Owed() {
			ids = append(ids, in.Source)
		}
	}
	return ids
}

func (o *Submit) insert(t *txn) error {
	j, lacks, err := t.owing(o.Job, o.Job.CreatedAt)
	if err != nil {
		return err
	}
	tags, err1 := text(j.Tags, len(j.Tags) == 0)
	inputs, err2 := text(j.Inputs, false)
	progress, err3 := text(j.Progress, false)
	notify, err4 := text(j.Notify, j.Notify == nil)
	failure, err5 := text(j.Failure, j.Failure == nil)
	result, err6 := text(j.Result, j.Result == nil)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return err
	}
	var runAt, keep, child any
	if j.Status == job.Queued && j.WaitsFor.IsZero() && lacks == nil {
		runAt = j.CreatedAt.UnixMicro()
	}
	if !j.Parent.IsZero() {
		child = j.ChildN
	}
	if j.Keep > 0 {
		keep = int64(j.Keep / time.Second)
	}
	if err := t.insert(jobRows(), j.ID[:], j.Account, j.Spelling, j.Route, j.Operation, j.Status, j.Version,
		micros(j.CreatedAt), micros(j.UpdatedAt), runAt, optionalID(j.Batch), optionalID(j.Parent), optionalID(j.Original),
		raw(j.Parameters), raw(j.Metadata), tags, inputs, progress, optionalText(j.Trace),
		keep, notify, micros(j.StartedAt), micros(j.FinishedAt), micros(j.ExpiresAt), failure, result, optionalID(j.ReusedFrom), fingerprint(j),
		optionalID(j.WaitsFor), child); err != nil {
		return fmt.Errorf("insert job %s: %w", j.ID, err)
	}
	t.count(j, j.Status, 1)
	if err := t.asked(j); err != nil {
		return err
	}
	if err := t.setNames(j.Account, j.CreatedAt.UnixMicro(), j.ID, j.Inputs); err != nil {
		return err
	}
	for _, tag := range j.Tags {
		if err := t.insert(tagRows(), j.Account, tag, micros(j.CreatedAt), j.ID[:]); err != nil {
			return fmt.Errorf("insert tag of job %s: %w", j.ID, err)
		}
	}
	if err := insertBlobs(t, o.Blobs); err != nil {
		return err
	}
	last := len(o.Events) - 1
	for _, e := range o.Events[:last] {
		if err := t.tell(before(j), e, job.Told{}); err != nil {
			return err
		}
	}
	if err := t.tell(j, o.Events[last], o.Told); err != nil || lacks == nil {
		return err
	}
	return t.lack(j, lacks, j.CreatedAt, o.Retention)
}

// before is a job that ended in its submit, as it was made.
func before(j job.Job) job.Job {
	j.Status, j.Failure, j.Result = job.Queued, nil, nil
	j.Progress = job.Progress{TotalFiles: len(j.Inputs)}
	return j
}

// SubmitBatch stores a batch with all its jobs, or none of them.
type SubmitBatch struct {
	Batch job.Batch
	Jobs  []*Submit
	// MaxWaiting and MaxMails are as in Submit, for all jobs together; theirs
	// are 0.
	MaxWaiting int
	MaxMails   int
	Once       *Kept // as in Submit

	Before *Kept // the answer, as in Submit
}

func (*SubmitBatch) work() bool { return false }

func (o *SubmitBatch) needs() needs {
	n := needs{account: o.Batch.Account, most: o.MaxWaiting}
	for _, one := range o.Jobs {
		n.jobs = append(n.jobs, sources(one.Job)...)
	}
	return n
}

func (o *SubmitBatch) apply(t *txn) (err error) {
	if o.Before, err = t.before(o.Once); err != nil || o.Before != nil {
		return err
	}
	b, more, mails := o.Batch, 0, 0
	for _, one := range o.Jobs {
		mails += mailsOf(one.Job)
		if waits(one.Job.Status) {
			more++
		}
	}
	if err := t.room(b.Account, more, o.MaxWaiting); err != nil {
		return err
	}
	defer t.counted(b.Account, more)
	if err := t.mayMail(b.Account, mails, o.MaxMails, b.CreatedAt); err != nil {
		return err
	}
	if o.Before, err = t.keep(o.Once); err != nil || o.Before != nil {
		return err
	}
	if err := t.send(`INSERT INTO batches (id, account, created_at, original_id) VALUES ($1, $2, $3, $4)`,
		b.ID[:], b.Account, micros(b.CreatedAt), optionalID(b.Original)); err != nil {
		return fmt.Errorf("insert batch %s: %w", b.ID, err)
	}
	for _, j := range o.Jobs {
		if err := j.insert(t); err != nil {
			return err
		}
	}
	return nil
}

func insertBlobs(t *txn, blobs []Blob) error {
	for _, b := range blobs {
		data := b.Data
		if data == nil { // of no bytes, which is not NULL
			data = []byte{}
		}
		if err := t.insert(blobRows(), b.Name, data); err != nil {
			return fmt.Errorf("insert blob %s: %w", b.Name, err)
		}
	}
	return nil
}

func deleteBlobs(t *txn, names []string) error {
	for _, name := range names {
		if err := t.send(`DELETE FROM blobs WHERE name = $1`, name); err != nil {
			return fmt.Errorf("delete blob %s: %w", name, err)
		}
	}
	return nil
}

func insertEvent(t *txn, e job.Event) error {
	if err := t.insert(eventRows(), e.Job[:], e.Version, micros(e.At), e.Kind, e.From, e.To, e.Attempt, e.Code); err != nil {
		return fmt.Errorf("insert event %d of job %s: %w", e.Version, e.Job, err)
	}
	return nil
}
