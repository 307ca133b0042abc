package blob

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Jobs lists the jobs that have large blobs, with these, oldest day first. It
// stops at the first error.
func (s *Store) Jobs(ctx context.Context) iter.Seq2[Belongings, error] { return s.driver.jobs(ctx) }

// Attempt is the attempt that a blob of a job belongs to; false when its name
// is none that Name gives.
func (b Stored) Attempt() (int, bool) {
	parts := strings.SplitN(b.Blob, "/", 4) // day, job, attempt, name
	if len(parts) < 4 {
		return 0, false
	}
	n, err := strconv.Atoi(parts[2])
	return n, err == nil
}

// Clear removes what was begun before a time and never finished.
func (s *Store) Clear(ctx context.Context, before time.Time) error {
	return s.driver.clear(ctx, before)
}
