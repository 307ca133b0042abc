package store

import (
	"errors"
	"fmt"
	"time"

	"docket/internal/job"
)

// Spans of time by whose number of jobs a list is counted, in µs. Changes are
// written by the shortest; job_counts has all.
const (
	allTimes = int64(0)
	slot     = int64(5 * time.Minute / time.Microsecond)
	hour     = int64(time.Hour / time.Microsecond)
	day      = 24 * hour
)

// since is when the span begins that a time lies in.
func since(at, span int64) int64 {
	if span == allTimes {
		return 0
	}
	return at - at%span
}

// countKey is what jobs are counted by.
type countKey struct {
	account   string
	since     int64
	status    job.Status
	operation job.Operation
}

// count adds to the number of jobs like j in a state; the transaction writes
// one row for each kind at its end.
func (t *txn) count(j job.Job, status job.Status, n int64) {
	t.counts[countKey{j.Account, since(j.CreatedAt.UnixMicro(), slot), status, j.Operation}] += n
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
		if err := t.insert(tallyRows(), k.account, k.since, k.status, k.operation, n); err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
	}
	return nil
}

// flush writes the sums that the operations of a transaction have made.
func (t *txn) flush() error { return errors.Join(t.flushCounts(), t.flushUsage(), t.flushMoves()) }

// foldedAtOnce is how many kinds one transaction folds.
const foldedAtOnce = 200

// FoldCounts adds changes of counts to the counts themselves.
type FoldCounts struct {
	More bool // the answer: there are more changes to fold
}

func (*FoldCounts) work() bool { return true }

func (o *FoldCounts) apply(t *txn) error {
	var slots []countKey // of any kind
	err := t.each(func(rows row) error {
		var k countKey
		err := rows.Scan(&k.account, &k.since)
		slots = append(slots, k)
		return err
	}, `SELECT DISTINCT account, since FROM job_count_changes LIMIT $1`, foldedAtOnce)
	if err != nil {
		return fmt.Errorf("find counts to fold: %w", err)
	}
	sums := sums{}
	for _, k := range slots {
		err := t.each(func(rows row) error {
			var n int64
			err := rows.Scan(&k.status, &k.operation, &n)
			sums.add(k, n)
			return err
		}, `DELETE FROM job_count_changes WHERE account = $1 AND since = $2 RETURNING status, operation, n`, k.account, k.since)
		if err != nil {
			return fmt.Errorf("fold counts: %w", err)
		}
	}
	o.More = len(slots) == foldedAtOnce
	return sums.write(t)
}

// sums are changes of counts, by span.
type sums map[int64]map[countKey]int64

func (s sums) add(k countKey, n int64) {
	for _, span := range []int64{allTimes, day, hour, slot} {
		if s[span] == nil {
			s[span] = map[countKey]int64{}
		}
		of := k
		of.since = since(k.since, span)
		s[span][of] += n
	}
}

// write changes the counts; one that is zero then has no row.
func (s sums) write(t *txn) error {
	for span, of := range s {
		for k, n := range of {
			if n == 0 {
				continue
			}
			if err := t.send(`INSERT INTO job_counts (span, account, since, status, operation, n) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (span, account, since, status, operation) DO UPDATE SET n = job_counts.n + excluded.n`,
				span, k.account, k.since, k.status, k.operation, n); err != nil {
				return fmt.Errorf("fold counts: %w", err)
			}
			if n > 0 {
				continue
			}
			if err := t.send(`DELETE FROM job_counts WHERE span = $1 AND account = $2 AND since = $3 AND status = $4 AND operation = $5 AND n = 0`,
				span, k.account, k.since, k.status, k.operation); err != nil {
				return fmt.Errorf("fold counts: %w", err)
			}
		}
	}
	return nil
}
