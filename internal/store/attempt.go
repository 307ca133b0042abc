package store

import (
	"fmt"
	"slices"
	"time"

	"docket/internal/job"
)

// Every write of a worker names its attempt; one that touches no row is
// refused with ErrFenced, and the worker gives up.
const held = ` WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL`

// Progress stores how far the attempt is. It bumps the version, but makes no
// event. // contract J21
type Progress struct {
	Held
	Now      time.Time
	Progress job.Progress
}

func (*Progress) work() bool { return true }

func (o *Progress) needs() needs { return needs{jobs: []job.ID{o.ID}} }

func (o *Progress) apply(t *txn) error {
	progress, err := text(o.Progress, false)
	if err != nil {
		return err
	}
	return t.one(`UPDATE jobs SET progress = $3, version = version + 1, updated_at = $4`+held, o.ID[:], o.Attempt, progress, micros(o.Now))
}

// Checkpoint stores what a later attempt may go on from.
type Checkpoint struct {
	Held
	Checkpoint job.Checkpoint
	Blobs      []Blob
}

func (*Checkpoint) work() bool { return true }

func (o *Checkpoint) needs() needs { return needs{jobs: []job.ID{o.ID}} }

func (o *Checkpoint) apply(t *txn) error {
	checkpoint, err := text(o.Checkpoint, false)
	if err != nil {
		return err
	}
	if err := t.one(`UPDATE jobs SET checkpoint = $3, saved_attempt = attempt, lost = 0`+held, o.ID[:], o.Attempt, checkpoint); err != nil {
		return err
	}
	return insertBlobs(t, o.Blobs)
}

// Finish ends the job: it stores its final state, result or failure, and the
// event. The stored version decides the event's number.
type Finish struct {
	Held
	Job    job.Job // as it is to be
	Event  job.Event
	Blobs  []Blob
	Forget []string // small blobs that nobody will need again
	Told   job.Told
	// Untold: Told lacks the result, since no endpoint was known that would hear
	// of it. If there is one, nothing is written, and the error is ErrUntold.
	Untold bool
	// Retention is how long a job is kept that fails because this one did.
	Retention time.Duration

	Version int64 // the answer
}

func (*Finish) work() bool { return true }

func (o *Finish) needs() needs { return needs{jobs: []job.ID{o.ID}, account: o.Job.Account} }

func (o *Finish) apply(t *txn) error {
	j := o.Job
	if o.Untold {
		endpoints, err := t.endpointsOf(j.Account)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(endpoints, func(e job.Endpoint) bool { return e.Wants(j.Operation, j.Status) }) {
			return ErrUntold
		}
	}
	progress, err := text(j.Progress, false)
	if err != nil {
		return err
	}
	failure, err := text(j.Failure, j.Failure == nil)
	if err != nil {
		return err
	}
	died, err := text(j.Died, len(j.Died) == 0)
	if err != nil {
		return err
	}
	result, err := text(j.Result, j.Result == nil)
	if err != nil {
		return err
	}
	ended, err := t.update(finishing(), o.ID[:], o.Attempt, j.Status, progress, failure, died, result, j.Tries, micros(j.FinishedAt), micros(j.ExpiresAt), fingerprint(j))
	if err != nil {
		return fmt.Errorf("finish job %s: %w", o.ID, err)
	}
	if ended.version == 0 {
		return o.done(t)
	}
	o.Version = ended.version
	if err := insertBlobs(t, o.Blobs); err != nil {
		return err
	}
	t.moved(j, job.Processing, j.Status)
	if err := deleteBlobs(t, o.Forget); err != nil {
		return err
	}
	e := o.Event
	e.Version = o.Version
	if err := t.tell(j, e, o.Told); err != nil {
		return err
	}
	if !ended.awaited {
		return nil
	}
	return t.settleAwaited(o.ID, j.FinishedAt, o.Retention)
}

// done looks whether this attempt has ended the job so already: a worker that
// was not told whether its write was stored writes again.
func (o *Finish) done(t *txn) error {
	now, ok, err := t.lookUp(o.ID)
	if err != nil {
		return err
	}
	if !ok || now.Attempt != o.Attempt || now.Status != o.Job.Status {
		return ErrFenced
	}
	o.Version = now.Version
	return nil
}

// Release gives the job back: it waits again from RunAt on, without a move. A
// job that was to be cancelled is.
type Release struct {
	Held
	Now       time.Time
	RunAt     time.Time // zero: at once, first in its account's line
	Tries     int
	Died      []job.Failure
	Code      job.Code      // why, for the event
	Retention time.Duration // how long a final job is kept

	Cancelled *Ended // the answer, when it was to be
}

func (*Release) work() bool { return true }

func (o *Release) needs() needs { return needs{jobs: []job.ID{o.ID}} }

func (o *Release) apply(t *txn) error {
	o.Cancelled = nil
	died, err := text(o.Died, len(o.Died) == 0)
	if err != nil {
		return err
	}
	version, err := t.version(`UPDATE jobs SET run_at = coalesce($3, created_at), tries = $4, died = $5, updated_at = $6, version = version + 1,
		lease_until = NULL, lease_owner = NULL`+held+` RETURNING version`,
		o.ID[:], o.Attempt, micros(o.RunAt), o.Tries, died, micros(o.Now))
	if err != nil {
		return fmt.Errorf("give back job %s: %w", o.ID, err)
	}
	j, _, err := t.lookUp(o.ID)
	if err != nil {
		return err
	}
	if j.CancelRequested {
		ended, err := t.end(j, job.Cancelled, o.Now, o.Retention)
		o.Cancelled = &ended
		return err
	}
	return insertEvent(t, job.Event{Job: o.ID, Version: version, At: o.Now, Kind: job.EventAttempt, From: job.Processing, To: job.Processing, Attempt: o.Attempt, Code: o.Code})
}
