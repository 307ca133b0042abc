package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/job"
)

const bucket = int64(job.StatsBucket / time.Microsecond)

// moveKey is what moves of jobs are counted by.
type moveKey struct {
	bucket    int64
	account   string
	operation job.Operation
	status    job.Status // that jobs went to
	code      job.Code   // of failures
	took      int        // class of a time
}

// everyone is the account of the counts of all accounts together; no account
// has this name.
const everyone = "*"

// tally counts a move of a job, of its account and of all; the transaction
// writes one row for each kind at its end.
func (t *txn) tally(j job.Job, e job.Event) {
	if e.Kind != job.EventCreated && e.Kind != job.EventStatus {
		return
	}
	k := moveKey{bucket: e.At.UnixMicro() / bucket, account: j.Account, operation: j.Operation, status: e.To, took: job.NoClass}
	switch {
	case e.To == job.Processing:
		k.took = job.ClassOf(e.At.Sub(j.CreatedAt))
	case e.To == job.Completed && !j.StartedAt.IsZero():
		k.took = job.ClassOf(e.At.Sub(j.StartedAt))
	case e.To == job.Failed:
		k.code = e.Code
	}
	t.moves[k]++
	k.account = everyone
	t.moves[k]++
}

const moveColumns = `bucket, account, operation, status, code, took`

func (t *txn) flushMoves() error {
	for k, n := range t.moves {
		if err := t.insert(moveRows(), k.bucket, k.account, k.operation, k.status, k.code, k.took, n); err != nil {
			return fmt.Errorf("count moves: %w", err)
		}
	}
	return nil
}

// FoldMoves makes one row of all counts of a kind, of the buckets that are
// still written to at a time.
type FoldMoves struct {
	Now time.Time

	More bool // the answer: there are more kinds to fold
}

func (*FoldMoves) work() bool { return true }

func (o *FoldMoves) apply(t *txn) error {
	var kinds []moveKey
	if err := t.each(func(rows row) error {
		var k moveKey
		err := rows.Scan(&k.bucket, &k.account, &k.operation, &k.status, &k.code, &k.took)
		kinds = append(kinds, k)
		return err
	}, `SELECT `+moveColumns+` FROM job_moves WHERE bucket >= $1 GROUP BY `+moveColumns+` HAVING count(*) > 1 LIMIT $2`, o.Now.UnixMicro()/bucket-1, foldedAtOnce); err != nil {
		return fmt.Errorf("find moves to fold: %w", err)
	}
	for _, k := range kinds {
		err := t.each(func(rows row) error {
			var n int64
			err := rows.Scan(&n)
			t.moves[k] += n
			return err
		}, `DELETE FROM job_moves WHERE bucket = $1 AND account = $2 AND operation = $3 AND status = $4 AND code = $5 AND took = $6 RETURNING n`,
			k.bucket, k.account, k.operation, k.status, k.code, k.took)
		if err != nil {
			return fmt.Errorf("fold moves: %w", err)
		}
	}
	o.More = len(kinds) == foldedAtOnce
	return nil
}

// SweepMoves removes one bucket of counts from before a time, the oldest.
type SweepMoves struct {
	Before time.Time

	Count int // the answer: rows
}

func (*SweepMoves) work() bool { return true }

func (o *SweepMoves) apply(t *txn) error {
	n, err := t.exec(`DELETE FROM job_moves WHERE bucket = (SELECT min(bucket) FROM job_moves) AND bucket < $1`, o.Before.UnixMicro()/bucket)
	if err != nil {
		return fmt.Errorf("remove old counts of moves: %w", err)
	}
	o.Count = int(n)
	return nil
}

// Move counts the jobs of one kind that went to a state.
type Move struct {
	At        time.Time // the beginning of the bucket
	Operation job.Operation
	To        job.Status
	Code      job.Code // of failures
	Took      int      // class of the time that they waited or ran; job.NoClass when that is not known
	N         int64
}

// Moves reads what happened to the jobs that are asked about, in the buckets
// from the first to before the last.
func (s *Store) Moves(ctx context.Context, of Whose, from, to time.Time) ([]Move, error) {
	if of.All {
		of.Account = everyone
	}
	c := &clause{}
	var buckets []any // each of them is one search of the index
	for b := from.UnixMicro() / bucket; b < to.UnixMicro()/bucket; b++ {
		buckets = append(buckets, b)
	}
	c.in("bucket", buckets)
	c.add("account = ?", of.Account)
	var found []Move
	err := s.query(ctx, func(rows row) error {
		var (
			m  Move
			at int64
		)
		err := rows.Scan(&at, &m.Operation, &m.To, &m.Code, &m.Took, &m.N)
		m.At = time.UnixMicro(at * bucket).UTC()
		found = append(found, m)
		return err
	}, `SELECT bucket, operation, status, code, took, sum(n) FROM job_moves WHERE `+c.String()+` GROUP BY bucket, operation, status, code, took`, c.args...)
	if err != nil {
		return nil, fmt.Errorf("read moves of jobs: %w", err)
	}
	return found, nil
}
