package store

import (
	"database/sql"
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
		if _, err := t.exec(`INSERT INTO job_counts (account, hour, status, operation, n) VALUES ($1, $2, $3, $4, $5)`,
			k.account, k.hour, k.status, k.operation, n); err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
	}
	return nil
}

// FoldCounts makes one row of all differences of a kind.
type FoldCounts struct{}

func (FoldCounts) work() bool { return true }

func (FoldCounts) apply(t *txn) error {
	sums := map[countKey]int64{}
	err := t.each(func(rows *sql.Rows) error {
		var (
			k countKey
			n int64
		)
		err := rows.Scan(&k.account, &k.hour, &k.status, &k.operation, &n)
		sums[k] = n
		return err
	}, `SELECT account, hour, status, operation, sum(n) FROM job_counts GROUP BY account, hour, status, operation HAVING count(*) > 1 LIMIT 1000`)
	if err != nil {
		return fmt.Errorf("sum counts: %w", err)
	}
	for k, n := range sums {
		if _, err := t.exec(`DELETE FROM job_counts WHERE account = $1 AND hour = $2 AND status = $3 AND operation = $4`, k.account, k.hour, k.status, k.operation); err != nil {
			return fmt.Errorf("fold counts: %w", err)
		}
		t.counts[k] += n
	}
	return nil
}
