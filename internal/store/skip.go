package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"docket/internal/job"
)

// stepped is how many pages are stepped over one job after another. Behind
// that the counts say where to begin.
const stepped = 20

// skip moves the beginning of a deep page: the counts tell in which day of
// creation it lies, in which hour of that, and in which slot of that, so only
// the jobs of the slot are stepped over. Where the counts do not say it, the
// filter stays as it is.
func (r *reading) skip(ctx context.Context, f job.Filter) (job.Filter, error) {
	open := f.Before.IsZero()
	if f.Oldest {
		open = f.After.IsZero()
	}
	if !open || !counted(f) || !f.Past.ID.IsZero() || f.Offset <= stepped*f.Limit {
		return f, nil
	}
	in, passed := part{to: math.MaxInt64}, int64(0)
	for _, span := range []int64{day, hour, slot} {
		found, before, err := r.passes(ctx, f, part{span, in.from, in.to}, int64(f.Offset)-passed)
		if err != nil || found.to == 0 {
			return f, err
		}
		in, passed = found, passed+before
	}
	f.Offset -= int(passed)
	if f.Oldest {
		f.After = fromMicros(sql.NullInt64{Int64: in.from - 1, Valid: true})
	} else {
		f.Before = fromMicros(sql.NullInt64{Int64: in.to, Valid: true})
	}
	return f, nil
}

// passes finds in a part of time the span before whose end more jobs lie than
// are to be skipped, and how many are before its beginning; the zero part when
// there are fewer.
func (r *reading) passes(ctx context.Context, f job.Filter, in part, skip int64) (found part, passed int64, err error) {
	query, args := numbersOf(f, in)
	err = r.query(ctx, func(rows row) error {
		var since, n int64
		err := rows.Scan(&since, &n)
		switch {
		case err != nil || found.to != 0:
		case passed+n <= skip:
			passed += n
		default:
			found = part{in.span, since, since + in.span}
		}
		return err
	}, query, args...)
	if err != nil {
		return found, 0, fmt.Errorf("find where a page begins: %w", storageError(err))
	}
	return found, passed, nil
}

// numbersOf counts the jobs of each span in a part of time, in the order of the
// list. Expired jobs that were not swept yet are in the counts and not in the
// list.
func numbersOf(f job.Filter, in part) (query string, args []any) {
	c := new(clause).kinds(f)
	c.add("since >= ? AND since < ?", in.from, in.to)
	union := fmt.Sprintf("SELECT since, n FROM job_counts WHERE %s AND span = %d UNION ALL SELECT since - since %% %d, n FROM job_count_changes WHERE %s", c, in.span, in.span, c)
	with := ""
	if !f.Now.IsZero() {
		with = c.expired(f, "account, status, operation, created_at AS since")
		union += fmt.Sprintf(" UNION ALL SELECT since - since %% %d, -1 FROM expired WHERE %s", in.span, c)
	}
	order := "since DESC"
	if f.Oldest {
		order = "since"
	}
	return with + "SELECT since, CAST(sum(n) AS bigint) FROM (" + union + ") each GROUP BY since ORDER BY " + order, c.args
}
