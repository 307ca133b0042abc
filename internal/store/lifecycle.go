package store

import (
	"errors"
	"fmt"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// lookUp reads a job that nobody else changes before the transaction has
// ended; false when there is none.
func (t *txn) lookUp(id job.ID) (job.Job, bool, error) {
	var found []job.Job
	if err := t.each(scanInto(&found), "SELECT "+jobColumns+" FROM jobs WHERE id = $1"+t.texts.locked(), id[:]); err != nil {
		return job.Job{}, false, fmt.Errorf("read job %s: %w", id, err)
	}
	if len(found) == 0 {
		return job.Job{}, false, nil
	}
	return found[0], true, nil
}

// Ended is a job that was ended while no worker had it.
type Ended struct {
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

	Job   job.Job   // the answers: as it is now,
	Event job.Event // what to tell when its worker is asked; zero otherwise,
	Ended *Ended    // and how it ended, when it did
}

func (*Cancel) work() bool { return false }

func (o *Cancel) needs() needs { return needs{jobs: []job.ID{o.ID}} }

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
	ended, err := t.end(j, job.Cancelled, o.Now, o.Retention)
	o.Job, o.Ended = ended.Job, &ended
	return err
}

// end is stop, of which those learn that wait for the job.
func (t *txn) end(j job.Job, to job.Status, now time.Time, retention time.Duration) (Ended, error) {
	ended, err := t.stop(j, to, now, retention)
	if err != nil {
		return ended, err
	}
	return ended, t.settle(j.ID, now, retention)
}

// stop ends a job without a result. Whoever calls it knows that no worker has
// the job, and has set its failure.
func (t *txn) stop(j job.Job, to job.Status, now time.Time, retention time.Duration) (Ended, error) {
	leftovers := j.Leftovers(to)
	ended, e, err := j.Move(to, now)
	if err != nil {
		return Ended{}, err
	}
	ended.ExpiresAt, ended.RunAt, ended.WaitsFor, ended.Checkpoint = j.Expiry(now, retention), time.Time{}, job.ID{}, nil
	failure, err := text(j.Failure, j.Failure == nil)
	if err != nil {
		return Ended{}, err
	}
	if err := t.one(`UPDATE jobs SET status = $2, version = $3, updated_at = $4, finished_at = $4, expires_at = $5, failure = $6,
		run_at = NULL, waits_for = NULL, lease_until = NULL, lease_owner = NULL, checkpoint = NULL WHERE id = $1`,
		j.ID[:], ended.Status, ended.Version, micros(now), micros(ended.ExpiresAt), failure); err != nil {
		return Ended{}, fmt.Errorf("end job %s: %w", j.ID, err)
	}
	t.moved(j, j.Status, to)
	if err := deleteBlobs(t, inline(leftovers)); err != nil {
		return Ended{}, err
	}
	return Ended{Job: ended, Event: e, Leftovers: leftovers}, t.tell(ended, e, job.Told{})
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

// Delete removes a job with its events, tags and small blobs, and its batch
// when no other job is left in it. A worker that has it finds its writes
// refused.
type Delete struct {
	ID        job.ID
	Act       account.Act // who did it; zero when it was time to
	Now       time.Time
	Retention time.Duration // how long a job is kept that fails because this one is gone

	Job job.Job // the answer: as it was
}

func (*Delete) work() bool { return false }

func (o *Delete) needs() needs { return needs{jobs: []job.ID{o.ID}} }

func (o *Delete) apply(t *txn) error {
	j, ok, err := t.lookUp(o.ID)
	if err != nil {
		return err
	}
	if !ok {
		return ErrFenced
	}
	o.Job = j
	if err := t.forget(j, o.Now, o.Retention); err != nil {
		return err
	}
	return t.act(o.Act)
}

// forget removes everything that there is of a job but what is still to be
// told of it.
func (t *txn) forget(j job.Job, now time.Time, retention time.Duration) error {
	folder := j.ID.Folder()
	type removal struct {
		query string
		args  []any
	}
	removals := []removal{
		{`DELETE FROM jobs WHERE id = $1`, []any{j.ID[:]}},
		{`DELETE FROM events WHERE job_id = $1`, []any{j.ID[:]}},
		{`DELETE FROM job_names WHERE account = $1 AND created_at = $2 AND job_id = $3`, []any{j.Account, micros(j.CreatedAt), j.ID[:]}},
		// By name, so that those of lost attempts go too: from "folder/" up to what would come after it.
		{`DELETE FROM blobs WHERE name > $1 AND name < $2`, []any{folder + "/", folder + "0"}},
	}
	for _, tag := range j.Tags {
		removals = append(removals, removal{`DELETE FROM tags WHERE account = $1 AND tag = $2 AND created_at = $3 AND job_id = $4`, []any{j.Account, tag, micros(j.CreatedAt), j.ID[:]}})
	}
	if !j.Batch.IsZero() {
		removals = append(removals, removal{`DELETE FROM batches WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE batch_id = $1)`, []any{j.Batch[:]}})
	}
	for _, r := range removals {
		if err := t.send(r.query, r.args...); err != nil {
			return fmt.Errorf("delete job %s: %w", j.ID, err)
		}
	}
	t.count(j, j.Status, -1)
	return t.settle(j.ID, now, retention)
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

func (o *Arrived) needs() needs { return needs{jobs: []job.ID{o.ID}} }

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
	if err := errors.Join(insertBlobs(t, o.Blobs), t.renamed(o.ID, o.Inputs)); err != nil || o.Attempt > 0 {
		return err
	}
	if o.Job, _, err = t.lookUp(o.ID); err != nil {
		return err
	}
	t.moved(o.Job, job.AwaitingUpload, job.Queued)
	return insertEvent(t, job.Event{Job: o.ID, Version: o.Job.Version, At: o.Now, Kind: job.EventStatus, From: job.AwaitingUpload, To: job.Queued})
}
