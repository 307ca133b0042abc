package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"docket/internal/job"
)

// stepped is how many pages are stepped over one job after another. Behind
// that the counts say where to begin.
const stepped = 20

// skip moves the beginning of a deep page: the counts tell in which hour of
// creation it lies, so only the jobs of that hour are stepped over. Where the
// counts do not say it, the filter stays as it is.
func skip(ctx context.Context, tx *sql.Tx, f job.Filter) (job.Filter, error) {
	open := f.Before.IsZero()
	if f.Oldest {
		open = f.After.IsZero()
	}
	counted := len(f.Tags) == 0 && f.Batch.IsZero() && len(f.IDs) == 0 && f.Past.ID.IsZero()
	if !open || !counted || f.Offset <= stepped*f.Limit {
		return f, nil
	}
	query, args := hourOf(f)
	var begin, passed int64
	switch err := tx.QueryRowContext(ctx, query, args...).Scan(&begin, &passed); {
	case errors.Is(err, sql.ErrNoRows):
		return f, nil
	case err != nil:
		return f, fmt.Errorf("find the hour of a page: %w", storageError(err))
	}
	f.Offset -= int(passed)
	if f.Oldest {
		f.After = fromMicros(sql.NullInt64{Int64: begin*hour - 1, Valid: true})
	} else {
		f.Before = fromMicros(sql.NullInt64{Int64: (begin + 1) * hour, Valid: true})
	}
	return f, nil
}

// hourOf finds the last hour that not more jobs are before than are to be
// skipped, and how many are before it. Expired jobs that were not swept yet
// are in the counts and not in the list.
func hourOf(f job.Filter) (query string, args []any) {
	c := new(clause).kinds(f)
	union := "SELECT hour, n FROM job_counts WHERE " + c.String()
	if !f.Now.IsZero() {
		expired := (&clause{args: c.args}).kinds(f)
		expired.add("expires_at <= ?", micros(f.Now))
		union += fmt.Sprintf(" UNION ALL SELECT created_at / %d, -1 FROM jobs WHERE %s", hour, expired)
		c = expired
	}
	order := "hour DESC"
	if f.Oldest {
		order = "hour"
	}
	last := &clause{args: c.args}
	last.add("passed <= ?", f.Offset)
	return `SELECT hour, CAST(passed AS bigint) FROM (
			SELECT hour, sum(n) OVER (ORDER BY ` + order + `) - n AS passed FROM (
				SELECT hour, sum(n) AS n FROM (` + union + `) each GROUP BY hour) hours) sums
		WHERE ` + last.String() + ` ORDER BY passed DESC LIMIT 1`, last.args
}
