package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"docket/internal/job"
)

// Batches gives a page of the account's batches, newest first, with how many
// of their jobs that have not expired by now are in which state, and how many
// batches there are in all.
func (s *Store) Batches(ctx context.Context, account string, now time.Time, limit, offset int) ([]job.Batch, int64, error) {
	var batches []job.Batch
	err := s.query(ctx, func(rows row) error {
		b, err := scanBatch(rows)
		batches = append(batches, b)
		return err
	}, `SELECT `+batchColumns+` FROM batches WHERE account = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`, account, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("list batches: %w", err)
	}
	var total int64
	if err := s.query(ctx, func(rows row) error { return rows.Scan(&total) }, `SELECT count(*) FROM batches WHERE account = $1`, account); err != nil {
		return nil, 0, fmt.Errorf("count batches: %w", err)
	}
	for i := range batches {
		if batches[i].Counts, err = s.countBatch(ctx, batches[i].ID, now); err != nil {
			return nil, 0, err
		}
	}
	return batches, total, nil
}

const batchColumns = `id, account, created_at, original_id`

func scanBatch(rows row) (job.Batch, error) {
	var (
		b            job.Batch
		id, original []byte
		created      sql.NullInt64
	)
	err := rows.Scan(&id, &b.Account, &created, &original)
	copy(b.ID[:], id)
	copy(b.Original[:], original)
	b.CreatedAt = fromMicros(created)
	return b, err
}

// Batch reads a batch and how many of its jobs that have not expired by now
// are in which state. The error is of code NotFound when there is none.
func (s *Store) Batch(ctx context.Context, id job.BatchID, now time.Time) (job.Batch, error) {
	var found []job.Batch
	err := s.query(ctx, func(rows row) error {
		b, err := scanBatch(rows)
		found = append(found, b)
		return err
	}, `SELECT `+batchColumns+` FROM batches WHERE id = $1`, id[:])
	if err != nil {
		return job.Batch{}, fmt.Errorf("read batch %s: %w", id, err)
	}
	if len(found) == 0 {
		return job.Batch{}, job.Errorf(job.NotFound, nil, "no batch %s", id)
	}
	found[0].Counts, err = s.countBatch(ctx, id, now)
	return found[0], err
}

func (s *Store) countBatch(ctx context.Context, id job.BatchID, now time.Time) (map[job.Status]int, error) {
	counts := map[job.Status]int{}
	err := s.query(ctx, func(rows row) error {
		var (
			status job.Status
			n      int
		)
		err := rows.Scan(&status, &n)
		counts[status] = n
		return err
	}, `SELECT status, count(*) FROM jobs WHERE batch_id = $1 AND (expires_at IS NULL OR expires_at > $2) GROUP BY status`, id[:], micros(now))
	if err != nil {
		return nil, fmt.Errorf("count jobs of batch %s: %w", id, err)
	}
	return counts, nil
}
