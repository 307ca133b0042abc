package store

import (
	"fmt"

	"docket/internal/job"
)

// SubmitChild stores child n of a job that a worker has, in the batch of all
// its children; a child that is there already stays as it is. The batch is made
// with the first. A worker that has lost the parent is refused with ErrFenced.
type SubmitChild struct {
	Submit
	Parent Held

	Made job.Job // the answer: the child
	New  bool    // it was not there before
}

func (*SubmitChild) work() bool { return true }

func (o *SubmitChild) needs() needs {
	return needs{jobs: append(sources(o.Job), o.Parent.ID), account: o.Job.Account}
}

func (o *SubmitChild) apply(t *txn) error {
	o.Made, o.New = job.Job{}, false
	held := false
	err := t.each(func(row) error { held = true; return nil },
		`SELECT 1 FROM jobs WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL AND cancel_requested = 0`, o.Parent.ID[:], o.Parent.Attempt)
	if err != nil {
		return fmt.Errorf("find the parent of job %s: %w", o.Job.ID, err)
	}
	if !held {
		return ErrFenced
	}
	var before []job.Job
	if err := t.each(scanInto(&before), "SELECT "+jobColumns+" FROM jobs WHERE parent_id = $1 AND child_n = $2", o.Parent.ID[:], o.Job.ChildN); err != nil {
		return fmt.Errorf("find child %d of job %s: %w", o.Job.ChildN, o.Parent.ID, err)
	}
	if len(before) > 0 {
		o.Made = before[0]
		return nil
	}
	j := o.Job
	if err := t.send(`INSERT INTO batches (id, account, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, j.Batch[:], j.Account, micros(j.CreatedAt)); err != nil {
		return fmt.Errorf("insert batch %s: %w", j.Batch, err)
	}
	o.Made, o.New = j, true
	return o.insert(t)
}
