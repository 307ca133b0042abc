package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/job"
)

// settledAtOnce is how many jobs learn of their source's end in its own
// transaction; further ones learn of it in the next.
const settledAtOnce = 500

// owing looks at the sources of a queued job. The job that it gives waits for
// the first of them that has not ended, or is free; a source that has nothing
// to give fails its input, and the job with the failure when there is no other
// input.
func (t *txn) owing(j job.Job, now time.Time) (job.Job, *job.Failure, error) {
	if j.Status != job.Queued {
		return j, nil, nil
	}
	inputs := append([]job.Input(nil), j.Inputs...)
	for n := range inputs {
		if !inputs[n].Owed() {
			continue
		}
		source, ok, err := t.lookUp(inputs[n].Source)
		if err != nil {
			return j, nil, err
		}
		failure := job.Lacking(inputs[n].Source, "deleted")
		if ok {
			failure = source.Unusable(now)
		}
		switch {
		case failure != nil && len(inputs) == 1:
			return j, failure, nil
		case failure != nil:
			inputs[n].Failure = failure
		case !source.Status.Final():
			j.Inputs = inputs
			return j.Await(source.ID), nil, nil
		}
	}
	j.Inputs = inputs
	if j.WaitsFor.IsZero() {
		return j, nil, nil
	}
	return j.Freed(), nil, nil
}

// settle lets the jobs that waited for the end of another go on: a worker may
// take them, or they fail for want of an input. It comes after the end was
// written.
func (t *txn) settle(source job.ID, now time.Time, retention time.Duration) error {
	waited := false
	if err := t.each(func(row) error { waited = true; return nil }, "SELECT 1 FROM jobs WHERE waits_for = $1 LIMIT 1", source[:]); err != nil {
		return fmt.Errorf("look for what waits for job %s: %w", source, err)
	}
	if !waited {
		return nil
	}
	return t.settleAwaited(source, now, retention)
}

// settleAwaited is settle for a job of which it is known that others wait for
// it.
func (t *txn) settleAwaited(source job.ID, now time.Time, retention time.Duration) error {
	if err := t.alone(); err != nil {
		return err
	}
	var waiting []job.Job
	if err := t.each(scanInto(&waiting), "SELECT "+jobColumns+" FROM jobs WHERE waits_for = $1 ORDER BY id LIMIT $2"+t.texts.locked(), source[:], settledAtOnce); err != nil {
		return fmt.Errorf("find what waits for job %s: %w", source, err)
	}
	for _, j := range waiting {
		if err := t.proceed(j, now, retention); err != nil {
			return err
		}
	}
	if len(waiting) == settledAtOnce {
		t.later = append(t.later, &Settle{Source: source, Now: now, Retention: retention})
	}
	return nil
}

// proceed lets one job go on whose source has ended.
func (t *txn) proceed(j job.Job, now time.Time, retention time.Duration) error {
	next, failure, err := t.owing(j, now)
	if err != nil {
		return err
	}
	if failure != nil {
		return t.lack(j, failure, now, retention)
	}
	if next.WaitsFor == j.WaitsFor {
		return nil
	}
	inputs, err := text(next.Inputs, false)
	if err != nil {
		return err
	}
	progress, err := text(next.Progress, false)
	if err != nil {
		return err
	}
	version, err := t.version(`UPDATE jobs SET waits_for = $2, run_at = $3, inputs = $4, progress = $5, updated_at = $6, version = version + 1 WHERE id = $1 RETURNING version`,
		j.ID[:], optionalID(next.WaitsFor), micros(next.RunAt), inputs, progress, micros(now))
	if err != nil {
		return fmt.Errorf("let job %s go on: %w", j.ID, err)
	}
	t.follow(job.Event{Job: j.ID, Account: j.Account, Version: version, At: now, Kind: job.EventProgress, From: job.Queued, To: job.Queued})
	return nil
}

// lack fails a job for want of an input. Who waits for that one in turn learns
// of it in the next transaction, however long the chain is.
func (t *txn) lack(j job.Job, f *job.Failure, now time.Time, retention time.Duration) error {
	j.Failure = f
	ended, err := t.stop(j, job.Failed, now, retention)
	if err != nil {
		return err
	}
	t.follow(ended.Event)
	t.later = append(t.later, &Settle{Source: j.ID, Now: now, Retention: retention})
	return nil
}

// follow notes a change that nobody asked for, to be told after the commit.
func (t *txn) follow(e job.Event) { t.followed = append(t.followed, e) }

// Settle lets the jobs go on that wait for a job which has ended or is gone.
type Settle struct {
	Source    job.ID
	Now       time.Time
	Retention time.Duration // how long a final job is kept
}

func (*Settle) work() bool { return true }

func (o *Settle) apply(t *txn) error { return t.settle(o.Source, o.Now, o.Retention) }

// Stranded finds up to a number of jobs that have ended or are gone and for
// which others still wait, which is so only after a crash.
func (s *Store) Stranded(ctx context.Context, most int) ([]job.ID, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT DISTINCT w.waits_for FROM jobs w LEFT JOIN jobs s ON s.id = w.waits_for
		WHERE w.waits_for IS NOT NULL AND (s.id IS NULL OR s.status IN ('completed', 'failed', 'cancelled')) LIMIT $1`, most)
	if err != nil {
		return nil, fmt.Errorf("find stranded jobs: %w", storageError(err))
	}
	var found []job.ID
	err = eachRow(rows, func(rows row) error {
		var id []byte
		err := rows.Scan(&id)
		found = append(found, job.ID(id))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find stranded jobs: %w", storageError(err))
	}
	return found, nil
}

// Follow has told called for every job that changed because another one ended:
// after the commit, on the writer, so it must be quick.
func (s *Store) Follow(told func(job.Event)) { s.seen.told.Store(&told) }
