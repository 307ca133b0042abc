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
	if !counted(f) || !f.Past.ID.IsZero() || f.Offset <= stepped*f.Limit {
		return f, nil
	}
	parts := []part{{day, 0, math.MaxInt64}}
	if !f.After.IsZero() || !f.Before.IsZero() {
		parts = partsOf(f)
	}
	passed := 0
	for len(parts) > 0 {
		p := parts[0]
		if !f.Oldest {
			p = parts[len(parts)-1]
		}
		found, before, err := r.passes(ctx, f, p, f.Offset-passed)
		if err != nil {
			return f, err
		}
		passed += before
		switch finer := map[int64]int64{day: hour, hour: slot}[p.span]; {
		case found == part{} && f.Oldest:
			parts = parts[1:]
		case found == part{}:
			parts = parts[:len(parts)-1]
		case finer > 0:
			parts = []part{{finer, found.from, found.to}}
		default:
			return beginningWith(f, found, passed), nil
		}
	}
	return f, nil
}

// beginningWith is the filter for the same page when its list begins with a part of time,
// before which so many jobs were passed.
func beginningWith(f job.Filter, p part, passed int) job.Filter {
	f.Offset -= passed
	if f.Oldest {
		f.After = fromMicros(sql.NullInt64{Int64: p.from - 1, Valid: true})
	} else {
		f.Before = fromMicros(sql.NullInt64{Int64: p.to, Valid: true})
	}
	return f
}

// passes finds in a part of time the span before whose end more jobs lie than
// are to be skipped, and how many are before its beginning; the zero part, and
// how many there are, when there are not more.
func (r *reading) passes(ctx context.Context, f job.Filter, in part, skip int) (found part, passed int, err error) {
	query, args := numbersOf(f, in)
	err = r.query(ctx, func(rows row) error {
		var (
			since int64
			n     int
		)
		err := rows.Scan(&since, &n)
		switch {
		case err != nil || found != part{}:
		case passed+n <= skip:
			passed += n
		case in.span == oneByOne:
			found = in
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
// list; those of a part that is not counted together. Expired jobs that were not
// swept yet are in the counts and not in the list.
func numbersOf(f job.Filter, in part) (query string, args []any) {
	if in.span == oneByOne {
		c := new(clause).kinds(f).unexpired(f.Now)
		c.add("created_at >= ? AND created_at < ?", in.from, in.to)
		return "SELECT 0, count(*) FROM jobs WHERE " + c.String(), c.args
	}
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
