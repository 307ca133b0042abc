package store

import (
	"database/sql"
	"fmt"
	"math"
	"time"

	"docket/internal/job"
)

// claimJob is the queue: one statement picks a job, marks it as taken, and
// gives it out. There is no moment at which a job is handed out and not leased.
//
// The pick is fair: of the accounts that have work waiting, the one with the
// fewest running jobs, and of those the one whose first job has waited longest;
// within an account, first in, first out. The recursion hops from one kind of
// waiting job to the next over the index, a kind being an account and an
// operation, so a long queue costs the others nothing, even when its operation
// is paused. // contract J32
const claimJob = `
WITH RECURSIVE ` + waitingKinds + `,
heads (account, id) AS (
	SELECT k.account, (SELECT j.id FROM jobs j WHERE j.account = k.account AND j.operation = k.operation AND j.run_at IS NOT NULL AND j.run_at <= $1 ORDER BY j.run_at, j.id LIMIT 1)
	FROM kinds k WHERE k.operation NOT IN (SELECT what FROM paused)
),
running (account, n) AS (
	SELECT account, count(*) FROM jobs WHERE lease_until IS NOT NULL GROUP BY account
)
UPDATE jobs SET status = 'processing', attempt = attempt + 1, version = version + 1, updated_at = $1,
	started_at = coalesce(started_at, $1), run_at = NULL, lease_until = $2, lease_owner = $3
WHERE id = (
	SELECT h.id FROM heads h JOIN jobs j ON j.id = h.id LEFT JOIN running r ON r.account = h.account
	ORDER BY coalesce(r.n, 0), j.run_at, j.id LIMIT 1
)
RETURNING ` + jobColumns

// waitingKinds lists the accounts and operations of which jobs wait.
const waitingKinds = `
kinds (account, operation) AS (
	SELECT * FROM (SELECT account, operation FROM jobs WHERE run_at IS NOT NULL ORDER BY account, operation LIMIT 1) first
	UNION ALL
	SELECT n.account, n.operation FROM kinds k JOIN jobs n ON n.id = coalesce(
		(SELECT j.id FROM jobs j WHERE j.run_at IS NOT NULL AND j.account = k.account AND j.operation > k.operation ORDER BY j.operation, j.run_at, j.id LIMIT 1),
		(SELECT j.id FROM jobs j WHERE j.run_at IS NOT NULL AND j.account > k.account ORDER BY j.account, j.operation, j.run_at, j.id LIMIT 1))
)`

// Claim takes up to Max jobs for the owner and leases them.
type Claim struct {
	Owner string
	Now   time.Time
	Lease time.Duration
	Max   int

	Jobs []job.Job // the answer
}

func (*Claim) work() bool { return true }

func (o *Claim) apply(t *txn) error {
	o.Jobs = nil
	for len(o.Jobs) < o.Max {
		var got []job.Job
		if err := t.each(scanInto(&got), claimJob, o.Now.UnixMicro(), o.Now.Add(o.Lease).UnixMicro(), o.Owner); err != nil {
			return fmt.Errorf("claim: %w", err)
		}
		if len(got) == 0 {
			return nil
		}
		j := got[0]
		o.Jobs = append(o.Jobs, j)
		e := job.Event{Job: j.ID, Version: j.Version, At: o.Now, Kind: job.EventAttempt, From: job.Processing, To: job.Processing, Attempt: j.Attempt}
		if j.Attempt == 1 {
			e.Kind, e.From = job.EventStatus, job.Queued
			t.moved(j, job.Queued, job.Processing)
		}
		if err := t.tell(j, e, job.Told{}); err != nil {
			return err
		}
	}
	return nil
}

// Held names one attempt at a job.
type Held struct {
	ID      job.ID
	Attempt int
}

// Renew leases the attempts for longer, and says which of them are still the
// owner's. What a worker has let go of is not renewed by anybody.
type Renew struct {
	Owner string
	Until time.Time
	Held  []Held

	Leased map[Held]bool // the answer; true: somebody asked to cancel it
}

func (*Renew) work() bool { return true }

func (o *Renew) apply(t *txn) error {
	o.Leased = map[Held]bool{}
	for _, h := range o.Held {
		err := t.each(func(rows *sql.Rows) error {
			var cancel bool
			err := rows.Scan(&cancel)
			o.Leased[h] = cancel
			return err
		}, `UPDATE jobs SET lease_until = $3`+held+` AND lease_owner = $4 RETURNING cancel_requested`,
			h.ID[:], h.Attempt, o.Until.UnixMicro(), o.Owner)
		if err != nil {
			return fmt.Errorf("renew the lease of job %s: %w", h.ID, err)
		}
	}
	return nil
}

// Reap takes the jobs whose lease ended before Now from the workers that lost
// them, and lets them wait again, first in their account's line. A job that was
// to be cancelled is, since its worker cannot do it any more. A lost lease
// counts when nothing was saved since the claim. A job that has spent its
// budget stays leased for a moment and is in Spent: the caller fails it.
type Reap struct {
	Now       time.Time
	All       bool          // every lease has ended: the database has a new owner
	Budget    int           // leases that may be lost
	Retention time.Duration // how long a final job is kept

	Waiting   []job.Job // the answers
	Spent     []job.Job
	Cancelled []Ended
}

func (*Reap) work() bool { return true }

func (o *Reap) apply(t *txn) error {
	o.Waiting, o.Spent, o.Cancelled = nil, nil, nil
	before := o.Now.UnixMicro()
	if o.All {
		before = math.MaxInt64
	}
	var lost []job.Job
	if err := t.each(scanInto(&lost), `UPDATE jobs SET lost = lost + (saved_attempt < attempt), version = version + 1, updated_at = $1
		WHERE lease_until IS NOT NULL AND lease_until < $2 RETURNING `+jobColumns, o.Now.UnixMicro(), before); err != nil {
		return fmt.Errorf("reap leases: %w", err)
	}
	for _, j := range lost {
		switch {
		case j.CancelRequested:
			ended, err := t.end(j, job.Cancelled, o.Now, o.Retention)
			if err != nil {
				return err
			}
			o.Cancelled = append(o.Cancelled, ended)
		case j.Lost >= o.Budget:
			o.Spent = append(o.Spent, j)
		default:
			if err := t.wait(j, o.Now); err != nil {
				return err
			}
			o.Waiting = append(o.Waiting, j)
		}
	}
	return nil
}

// wait lets a job that its worker lost wait for another.
func (t *txn) wait(j job.Job, now time.Time) error {
	if _, err := t.exec(`UPDATE jobs SET lease_until = NULL, lease_owner = NULL, run_at = created_at WHERE id = $1`, j.ID[:]); err != nil {
		return fmt.Errorf("let job %s wait again: %w", j.ID, err)
	}
	return insertEvent(t, job.Event{Job: j.ID, Version: j.Version, At: now, Kind: job.EventAttempt, From: job.Processing, To: job.Processing, Attempt: j.Attempt, Code: job.WorkerLost})
}
