package store

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"docket/internal/job"
)

// counting is the query for how many jobs a filter picks. Its answer has the
// columns that it counts by, the number, and how many that have expired were
// subtracted: not 0 where that is not known. It is empty when none can be
// picked.
func counting(f job.Filter, tag, by string) (query string, args []any) {
	switch {
	case counted(f):
		return countKept(f, by)
	case by == "" && tag != "" && taggedOnly(f):
		return countTagged(f)
	}
	return countPicked(f, tag, by)
}

// counted says that the counts have all that the filter narrows by.
func counted(f job.Filter) bool { return len(f.Tags) == 0 && f.Batch.IsZero() && len(f.IDs) == 0 }

// taggedOnly says that the filter narrows by one tag and the time alone.
func taggedOnly(f job.Filter) bool {
	return len(f.Tags) == 1 && len(f.Statuses) == 0 && len(f.Operations) == 0 && f.Batch.IsZero() && len(f.IDs) == 0 && f.Past.ID.IsZero()
}

// countPicked looks at every job that the filter picks.
func countPicked(f job.Filter, tag, by string) (string, []any) {
	c := (&clause{tag: tag}).picks(f).unexpired(f.Now)
	if by == "" {
		return "SELECT count(*), 1 FROM " + c.from() + " WHERE " + c.String(), c.args
	}
	// Grouped apart, or SQLite would walk all jobs in the order of the columns.
	return "WITH picked AS MATERIALIZED (SELECT " + by + " FROM " + c.from() + " WHERE " + c.String() + ") SELECT " + by + ", count(*), 1 FROM picked GROUP BY " + by, c.args
}

// countTagged counts the jobs with a tag by the tags alone.
func countTagged(f job.Filter) (string, []any) {
	c := &clause{}
	c.add("account = ? AND tag = ?", f.Account, f.Tags[0])
	c.within(f, "created_at")
	all := "SELECT count(*) AS n FROM tags WHERE " + c.String()
	if f.Now.IsZero() {
		return "SELECT n, 0 FROM (" + all + ") found", c.args
	}
	with := c.expired(f, "id, created_at")
	gone := &clause{args: c.args}
	gone.add(tagged("expired"), f.Account, f.Tags[0])
	gone.within(f, "created_at")
	return with + "SELECT n - gone, gone FROM (" + all + ") found CROSS JOIN (SELECT count(*) AS gone FROM expired WHERE " + gone.String() + ") away", gone.args
}

// expired begins a query with a table of the jobs of the filter's account that
// have expired and were not swept yet. They are few: found by their expiry, and
// then looked at one by one.
func (c *clause) expired(f job.Filter, columns string) string {
	of := &clause{args: c.args}
	of.add("account = ? AND expires_at <= ?", f.Account, micros(f.Now))
	c.args = of.args
	return "WITH expired AS MATERIALIZED (SELECT " + columns + " FROM jobs WHERE " + of.String() + ") "
}

// part is a part of time.
type part struct {
	span     int64 // of the counts that it consists of; oneByOne: its jobs are looked at
	from, to int64 // µs; to is not in it
}

// oneByOne is the span of nothing that is counted.
const oneByOne = int64(1)

// cut makes parts of a time, of spans that are as long as can be.
func cut(from, to, span int64, longer ...int64) []part {
	if from >= to {
		return nil
	}
	if len(longer) == 0 {
		return []part{{span, from, to}}
	}
	first, last := since(from+longer[0]-1, longer[0]), since(to, longer[0])
	if first >= last {
		return []part{{span, from, to}}
	}
	return slices.Concat(cut(from, first, span), cut(first, last, longer[0], longer[1:]...), cut(last, to, span))
}

// partsOf cuts the time in which the jobs of a filter were made.
func partsOf(f job.Filter) []part {
	if f.After.IsZero() && f.Before.IsZero() {
		return []part{{span: allTimes, to: math.MaxInt64}}
	}
	from, to := int64(0), since(math.MaxInt64, day)
	if !f.After.IsZero() {
		from = f.After.UnixMicro() + 1
	}
	if !f.Before.IsZero() {
		to = f.Before.UnixMicro()
	}
	return cut(from, to, oneByOne, slot, hour, day)
}

// countKept counts by the counts, and by the jobs where the time of the filter
// begins and ends within a slot.
func countKept(f job.Filter, by string) (string, []any) {
	parts := partsOf(f)
	if len(parts) == 0 {
		return "", nil
	}
	c := new(clause).kinds(f)
	kinds := c.String()
	var from []string
	add := func(what, column string, p part) {
		c.terms = []string{kinds}
		if p.span != allTimes {
			c.add(column+" >= ? AND "+column+" < ?", p.from, p.to)
		}
		from = append(from, what+c.String())
	}
	var whole []part
	for _, p := range parts {
		if p.span == oneByOne {
			add("SELECT status, operation, 1 AS n, 0 AS gone FROM jobs WHERE ", "created_at", p)
			continue
		}
		whole = append(whole, p)
		add(fmt.Sprintf("SELECT status, operation, n, 0 AS gone FROM job_counts WHERE span = %d AND ", p.span), "since", p)
	}
	if len(whole) > 0 {
		add("SELECT status, operation, n, 0 AS gone FROM job_count_changes WHERE ", "since", part{whole[0].span, whole[0].from, whole[len(whole)-1].to})
	}
	with := ""
	if !f.Now.IsZero() {
		add("SELECT status, operation, -1 AS n, 1 AS gone FROM expired WHERE ", "created_at", part{parts[0].span, parts[0].from, parts[len(parts)-1].to})
		with = c.expired(f, "account, status, operation, created_at")
	}
	query := with + "SELECT " + list(by) + "CAST(coalesce(sum(n), 0) AS bigint), CAST(coalesce(sum(gone), 0) AS bigint) FROM (" + strings.Join(from, " UNION ALL ") + ") found"
	if by != "" {
		query += " GROUP BY " + by
	}
	return query, c.args
}

// list puts columns before others.
func list(columns string) string {
	if columns == "" {
		return ""
	}
	return columns + ", "
}
