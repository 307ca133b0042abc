package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"docket/internal/job"
)

// Whose jobs are asked about: those of one account, or all.
type Whose struct {
	Account string
	All     bool
}

// Standing is what there is of jobs, and what of them is to be done.
type Standing struct {
	Jobs   map[JobKind]int64           // that have not expired
	Oldest map[job.Operation]time.Time // since when the job that waits longest could have been taken
	Leased int64                       // how many a worker has
	Busy   map[string]int64            // how many each worker has, of all accounts, by the id of its node
}

// Standing reads what there is of the jobs at a time, without looking at every
// one.
func (s *Store) Standing(ctx context.Context, of Whose, now time.Time) (Standing, error) {
	st := Standing{Jobs: map[JobKind]int64{}, Oldest: map[job.Operation]time.Time{}, Busy: map[string]int64{}}
	if err := s.countKinds(ctx, of, now, st.Jobs); err != nil {
		return st, fmt.Errorf("count jobs: %w", err)
	}
	oldest, args := oldestWaiting, []any{of.Account}
	if of.All {
		oldest, args = oldestWaitingOfAll, nil
	}
	err := s.query(ctx, func(rows row) error {
		var (
			o     job.Operation
			runAt sql.NullInt64
		)
		err := rows.Scan(&o, &runAt)
		st.Oldest[o] = fromMicros(runAt)
		return err
	}, oldest, args...)
	if err != nil {
		return st, fmt.Errorf("find the oldest waiting jobs: %w", err)
	}
	err = s.query(ctx, func(rows row) error {
		var (
			account string
			owner   sql.NullString
			n       int64
		)
		err := rows.Scan(&account, &owner, &n)
		st.Busy[owner.String] += n
		if of.All || account == of.Account {
			st.Leased += n
		}
		return err
	}, `SELECT account, lease_owner, count(*) FROM jobs WHERE lease_until IS NOT NULL GROUP BY account, lease_owner`)
	if err != nil {
		return st, fmt.Errorf("count running jobs: %w", err)
	}
	return st, nil
}

func (s *Store) countKinds(ctx context.Context, of Whose, now time.Time, into map[JobKind]int64) error {
	add := func(rows row) error {
		var (
			k JobKind
			n int64
		)
		err := rows.Scan(&k.Status, &k.Operation, &n)
		into[k] += n
		return err
	}
	if of.All {
		if err := s.query(ctx, add, countsOfAll); err != nil {
			return err
		}
		return s.query(ctx, add, expiredOfAll, micros(now))
	}
	query, args := counting(job.Filter{Account: of.Account, Now: now}, "", kindColumns)
	return s.query(ctx, func(rows row) error {
		var (
			k       JobKind
			n, gone int64
		)
		err := rows.Scan(&k.Status, &k.Operation, &n, &gone)
		into[k] = n
		return err
	}, query, args...)
}

const countsOfAll = `SELECT status, operation, CAST(sum(n) AS bigint) FROM (
		SELECT status, operation, n FROM job_counts WHERE span = 0
		UNION ALL SELECT status, operation, n FROM job_count_changes
	) counted GROUP BY status, operation`

// expiredOfAll counts, as numbers below zero, what has expired and was not
// swept yet.
const expiredOfAll = `
WITH RECURSIVE ` + accountsOfFinal + `
SELECT status, operation, -count(*) FROM accounts a JOIN jobs j ON j.account = a.account WHERE j.expires_at <= $1 GROUP BY status, operation`

// waitingOperations lists the operations of which jobs of an account wait,
// hopping over the index from one to the next.
const waitingOperations = `
operations (operation) AS (
	SELECT * FROM (SELECT operation FROM jobs WHERE account = $1 AND run_at IS NOT NULL ORDER BY operation LIMIT 1) first
	UNION ALL
	SELECT (SELECT w.operation FROM jobs w WHERE w.account = $1 AND w.run_at IS NOT NULL AND w.operation > o.operation ORDER BY w.operation LIMIT 1)
	FROM operations o WHERE o.operation IS NOT NULL
)`

const oldestWaiting = `WITH RECURSIVE ` + waitingOperations + `
	SELECT o.operation, (SELECT min(j.run_at) FROM jobs j WHERE j.account = $1 AND j.operation = o.operation AND j.run_at IS NOT NULL)
	FROM operations o WHERE o.operation IS NOT NULL`

const oldestWaitingOfAll = `WITH RECURSIVE ` + waitingKinds + `
	SELECT operation, min(run_at) FROM (
		SELECT k.operation, (SELECT min(j.run_at) FROM jobs j WHERE j.account = k.account AND j.operation = k.operation AND j.run_at IS NOT NULL) AS run_at FROM kinds k
	) heads GROUP BY operation`
