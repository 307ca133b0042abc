package store

import (
	"errors"
	"fmt"
	"time"

	"docket/internal/job"
)

const hour = int64(time.Hour / time.Microsecond)

// countKey is what jobs are counted by.
type countKey struct {
	account   string
	hour      int64
	status    job.Status
	operation job.Operation
}

// count adds to the number of jobs like j in a state; the transaction writes
// one row for each kind at its end.
func (t *txn) count(j job.Job, status job.Status, n int64) {
	t.counts[countKey{j.Account, j.CreatedAt.UnixMicro() / hour, status, j.Operation}] += n
	if waits(status) {
		t.waiting[j.Account] += n
	}
}

// moved counts a job that went from one state to another.
func (t *txn) moved(j job.Job, from, to job.Status) {
	t.count(j, from, -1)
	t.count(j, to, 1)
}

func (t *txn) flushCounts() error {
	for k, n := range t.counts {
		if n == 0 {
			continue
		}
		if err := t.insert(tallyRows(), k.account, k.hour, k.status, k.operation, n); err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
	}
	return nil
}

// flush writes the sums that the operations of a transaction have made.
func (t *txn) flush() error { return errors.Join(t.flushCounts(), t.flushUsage(), t.flushMoves()) }

// foldedAtOnce is how many kinds one transaction folds.
const foldedAtOnce = 200

// FoldCounts makes one row of all differences of a kind.
type FoldCounts struct {
	More bool // the answer: there are more kinds to fold
}

func (*FoldCounts) work() bool { return true }

func (o *FoldCounts) apply(t *txn) error {
	var kinds []countKey
	err := t.each(func(rows row) error {
		var k countKey
		err := rows.Scan(&k.account, &k.hour, &k.status, &k.operation)
		kinds = append(kinds, k)
		return err
	}, `SELECT account, hour, status, operation FROM job_counts GROUP BY account, hour, status, operation HAVING count(*) > 1 LIMIT $1`, foldedAtOnce)
	if err != nil {
		return fmt.Errorf("find counts to fold: %w", err)
	}
	for _, k := range kinds {
		err := t.each(func(rows row) error {
			var n int64
			err := rows.Scan(&n)
			t.counts[k] += n
			return err
		}, `DELETE FROM job_counts WHERE account = $1 AND hour = $2 AND status = $3 AND operation = $4 RETURNING n`, k.account, k.hour, k.status, k.operation)
		if err != nil {
			return fmt.Errorf("fold counts: %w", err)
		}
	}
	o.More = len(kinds) == foldedAtOnce
	return nil
}
