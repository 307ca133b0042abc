package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/job"
)

// Changes reads jobs of the account in the order of their last change: those
// after the place that a time and an id make, at most limit of them. Jobs that
// have expired by now are left out.
func (s *Store) Changes(ctx context.Context, account string, after time.Time, id job.ID, now time.Time, limit int) ([]job.Job, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT "+jobColumns+` FROM jobs
		WHERE account = $1 AND (updated_at, id) > ($2, $3) AND (expires_at IS NULL OR expires_at > $4) ORDER BY updated_at, id LIMIT $5`,
		account, after.UnixMicro(), id[:], micros(now), limit)
	if err != nil {
		return nil, fmt.Errorf("read changes of jobs: %w", storageError(err))
	}
	var jobs []job.Job
	if err := eachRow(rows, scanInto(&jobs)); err != nil {
		return nil, fmt.Errorf("read changes of jobs: %w", storageError(err))
	}
	return jobs, nil
}
