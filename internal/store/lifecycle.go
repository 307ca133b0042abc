package store

import (
	"fmt"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// lookUp reads a job inside the transaction; false when there is none.
func (t *txn) lookUp(id job.ID) (job.Job, bool, error) {
	var found []job.Job
	if err := t.each(scanInto(&found), "SELECT "+jobColumns+" FROM jobs WHERE id = $1", id[:]); err != nil {
		return job.Job{}, false, fmt.Errorf("read job %s: %w", id, err)
	}
	if len(found) == 0 {
		return job.Job{}, false, nil
	}
	return found[0], true, nil
}

// Cancelled is a job that was ended because somebody asked for it.
type Cancelled struct {
	Job       job.Job // as it is now
	Event     job.Event
	Leftovers []job.File // what it needs no more; small ones are gone already
}

// Cancel ends a job that no worker has, and asks the worker of one that runs
// to end it. A final job stays as it is.
type Cancel struct {
	ID        job.ID
	Now       time.Time
	Retention time.Duration // how long a final job is kept

	Job   job.Job    // the answers: as it is now,
	Event job.Event  // what to tell when its worker is asked; zero otherwise,
	Ended *Cancelled // and how it ended, when it did
}

func (*Cancel) work() bool { return false }

func (o *Cancel) apply(t *txn) error {
	o.Job, o.Event, o.Ended = job.Job{}, job.Event{}, nil
	j, ok, err := t.lookUp(o.ID)
	if err != nil {
		return err
	}
	if !ok {
		return ErrFenced
	}
	o.Job = j
	if j.Status.Final() {
		return nil
	}
	if j.Status == job.Processing && !j.Waiting() {
		if j.CancelRequested {
			return nil
		}
		o.Job.CancelRequested = true
		o.Event = job.Event{Job: j.ID, Account: j.Account, At: o.Now, Kind: job.EventCancelRequested, From: j.Status, To: j.Status, Attempt: j.Attempt}
		return t.one(`UPDATE jobs SET cancel_requested = 1 WHERE id = $1`, j.ID[:])
	}
	ended, err := t.cancel(j, o.Now, o.Retention)
	o.Job, o.Ended = ended.Job, &ended
	return err
}

// cancel ends a job as cancelled. Whoever calls it knows that no worker has
// the job.
func (t *txn) cancel(j job.Job, now time.Time, retention time.Duration) (Cancelled, error) {
	leftovers := j.Leftovers(job.Cancelled)
	ended, e, err := j.Move(job.Cancelled, now)
	if err != nil {
		return Cancelled{}, err
	}
	ended.ExpiresAt, ended.RunAt, ended.Checkpoint = j.Expiry(now, retention), time.Time{}, nil
	if err := t.one(`UPDATE jobs SET status = $2, version = $3, updated_at = $4, finished_at = $4, expires_at = $5,
		run_at = NULL, lease_until = NULL, lease_owner = NULL, checkpoint = NULL WHERE id = $1`,
		j.ID[:], ended.Status, ended.Version, micros(now), micros(ended.ExpiresAt)); err != nil {
		return Cancelled{}, fmt.Errorf("cancel job %s: %w", j.ID, err)
	}
	t.moved(j, j.Status, job.Cancelled)
	if err := deleteBlobs(t, inline(leftovers)); err != nil {
		return Cancelled{}, err
	}
	return Cancelled{Job: ended, Event: e, Leftovers: leftovers}, t.tell(ended, e, job.Told{})
}

// inline names those of the files that are kept in the database.
func inline(files []job.File) []string {
	var names []string
	for _, f := range files {
		if f.Inline {
			names = append(names, f.Blob)
		}
	}
	return names
}

// Delete removes a job with its events, tags and small blobs. A worker that
// has it finds its writes refused.
type Delete struct {
	ID  job.ID
	Act account.Act // who did it; zero when it was time to

	Job job.Job // the answer: as it was
}

func (*Delete) work() bool { return false }

func (o *Delete) apply(t *txn) error {
	j, ok, err := t.lookUp(o.ID)
	if err != nil {
		return err
	}
	if !ok {
		return ErrFenced
	}
	o.Job = j
	for _, query := range []string{
		`DELETE FROM jobs WHERE id = $1`,
		`DELETE FROM events WHERE job_id = $1`,
	} {
		if _, err := t.exec(query, j.ID[:]); err != nil {
			return fmt.Errorf("delete job %s: %w", o.ID, err)
		}
	}
	for _, tag := range j.Tags {
		if _, err := t.exec(`DELETE FROM tags WHERE account = $1 AND tag = $2 AND job_id = $3`, j.Account, tag, j.ID[:]); err != nil {
			return fmt.Errorf("delete tag of job %s: %w", o.ID, err)
		}
	}
	if err := deleteBlobs(t, inline(j.Files())); err != nil {
		return err
	}
	t.count(j, j.Status, -1)
	return t.act(o.Act)
}

// Arrived stores an input that was awaited or fetched. An awaited one lets the
// job be queued, when the job still waits for it; a fetched one belongs to the
// attempt that fetched it.
type Arrived struct {
	ID      job.ID
	Attempt int // 0: it was uploaded
	Inputs  []job.Input
	Blobs   []Blob
	Now     time.Time

	Job job.Job // the answer, when it was uploaded
}

func (o *Arrived) work() bool { return o.Attempt > 0 }

func (o *Arrived) apply(t *txn) error {
	inputs, err := text(o.Inputs, false)
	if err != nil {
		return err
	}
	if o.Attempt > 0 {
		err = t.one(`UPDATE jobs SET inputs = $3`+held, o.ID[:], o.Attempt, inputs)
	} else {
		err = t.one(`UPDATE jobs SET inputs = $2, status = 'queued', run_at = $3, version = version + 1, updated_at = $3 WHERE id = $1 AND status = 'awaiting_upload'`,
			o.ID[:], inputs, micros(o.Now))
	}
	if err != nil {
		return err
	}
	if err := insertBlobs(t, o.Blobs); err != nil || o.Attempt > 0 {
		return err
	}
	if o.Job, _, err = t.lookUp(o.ID); err != nil {
		return err
	}
	t.moved(o.Job, job.AwaitingUpload, job.Queued)
	return insertEvent(t, job.Event{Job: o.ID, Version: o.Job.Version, At: o.Now, Kind: job.EventStatus, From: job.AwaitingUpload, To: job.Queued})
}
