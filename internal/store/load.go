package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"docket/internal/job"
)

// Load is what there is to do and what there is.
type Load struct {
	Jobs       map[JobKind]int64           // by status and operation
	Oldest     map[job.Operation]time.Time // since when the job that waits longest could have been taken
	Deliveries int64                       // that wait to be sent
}

// JobKind is what jobs of all accounts are counted by.
type JobKind struct {
	Status    job.Status
	Operation job.Operation
}

// Load reads what there is to do, without looking at every job.
func (s *Store) Load(ctx context.Context) (Load, error) {
	l := Load{Jobs: map[JobKind]int64{}, Oldest: map[job.Operation]time.Time{}}
	err := s.query(ctx, func(rows row) error {
		var (
			k JobKind
			n int64
		)
		err := rows.Scan(&k.Status, &k.Operation, &n)
		l.Jobs[k] = n
		return err
	}, countsOfAll)
	if err != nil {
		return l, fmt.Errorf("count jobs: %w", err)
	}
	err = s.query(ctx, func(rows row) error {
		var (
			o     job.Operation
			runAt sql.NullInt64
		)
		err := rows.Scan(&o, &runAt)
		l.Oldest[o] = fromMicros(runAt)
		return err
	}, oldestWaitingOfAll)
	if err != nil {
		return l, fmt.Errorf("find the oldest waiting jobs: %w", err)
	}
	if err := s.readers.QueryRowContext(ctx, `SELECT count(*) FROM deliveries WHERE run_at IS NOT NULL`).Scan(&l.Deliveries); err != nil {
		return l, fmt.Errorf("count deliveries: %w", storageError(err))
	}
	return l, nil
}

// query calls scan for every row that a reader finds.
func (s *Store) query(ctx context.Context, scan func(row) error, query string, args ...any) error {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err == nil {
		err = eachRow(rows, scan)
	}
	return storageError(err)
}
