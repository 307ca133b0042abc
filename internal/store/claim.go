package store

import (
	"fmt"
	"math"
	"strings"
	"time"

	"docket/internal/job"
)

// How many jobs of one line PostgreSQL looks at for each that is wanted: others
// may be taking the first ones.
const (
	claimAhead = 16
	claimWide  = 1000
)

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
	for width := o.Max + claimAhead; len(o.Jobs) < o.Max; width = claimWide {
		n := len(o.Jobs)
		if err := t.claimJobs(o, o.Max-n, width); err != nil {
			return fmt.Errorf("claim: %w", err)
		}
		if len(o.Jobs) == n || t.texts == sqliteTexts {
			break
		}
	}
	for _, j := range o.Jobs {
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
	Now   time.Time
	Lease time.Duration
	Held  []Held

	Leased map[Held]bool // the answer; true: somebody asked to cancel it
}

func (*Renew) work() bool { return true }

func (o *Renew) needs() needs {
	var n needs
	for _, h := range o.Held {
		n.jobs = append(n.jobs, h.ID)
	}
	return n
}

func (o *Renew) apply(t *txn) error {
	o.Leased = map[Held]bool{}
	if len(o.Held) == 0 {
		return nil
	}
	c := &clause{args: []any{t.leaseTime(o.Now), o.Lease.Microseconds(), o.Owner}}
	for _, h := range o.Held {
		c.add("id = ? AND attempt = ?", h.ID[:], h.Attempt)
	}
	err := t.each(func(rows row) error {
		var (
			id      []byte
			attempt int
			cancel  bool
		)
		err := rows.Scan(&id, &attempt, &cancel)
		if err == nil {
			o.Leased[Held{ID: job.ID(id), Attempt: attempt}] = cancel
		}
		return err
	}, `UPDATE jobs SET lease_until = `+t.texts.clock("$1")+` + $2 WHERE (`+strings.Join(c.terms, " OR ")+`) AND lease_until IS NOT NULL AND lease_owner = $3
		RETURNING id, attempt, cancel_requested <> 0`, c.args...)
	if err != nil {
		return fmt.Errorf("renew the leases of %d jobs: %w", len(o.Held), err)
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
	var lost []job.Job
	if err := t.each(scanInto(&lost), `UPDATE jobs SET lost = lost + CASE WHEN saved_attempt < attempt THEN 1 ELSE 0 END, version = version + 1, updated_at = $1
		WHERE id IN (SELECT id FROM jobs WHERE lease_until IS NOT NULL AND lease_until < `+t.texts.clock("$2")+` ORDER BY id`+t.texts.skipping()+`) RETURNING `+jobColumns,
		o.Now.UnixMicro(), t.endOfLeases(o.Now, o.All)); err != nil {
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

// leaseTime is what leases are reckoned from: the caller's time, or none where
// the database has its own.
func (t *txn) leaseTime(now time.Time) any {
	if t.databaseClock {
		return nil
	}
	return now.UnixMicro()
}

// endOfLeases is the time before which a lease must end to have ended.
func (t *txn) endOfLeases(now time.Time, all bool) any {
	if all {
		return int64(math.MaxInt64)
	}
	return t.leaseTime(now)
}

// wait lets a job that its worker lost wait for another.
func (t *txn) wait(j job.Job, now time.Time) error {
	if err := t.send(`UPDATE jobs SET lease_until = NULL, lease_owner = NULL, run_at = created_at WHERE id = $1`, j.ID[:]); err != nil {
		return fmt.Errorf("let job %s wait again: %w", j.ID, err)
	}
	return insertEvent(t, job.Event{Job: j.ID, Version: j.Version, At: now, Kind: job.EventAttempt, From: job.Processing, To: job.Processing, Attempt: j.Attempt, Code: job.WorkerLost})
}
