package store

import (
	"fmt"
	"strings"

	"docket/internal/job"
)

// kindColumns are those of a JobKind.
const kindColumns = "status, operation"

// byKind says that jobs are found by their kinds: the filter narrows by state
// or operation, and by nothing that picks fewer.
func byKind(f job.Filter) bool {
	return counted(f) && (len(f.Statuses) > 0 || len(f.Operations) > 0)
}

// pageQuery is the query for a page of a list. kinds are those that the filter
// picks, where jobs are found by that. The limit is no argument: SQLite would
// plan anew each time, and PostgreSQL for a tenth of all rows.
func (d dialect) pageQuery(columns string, f job.Filter, tag string, kinds []JobKind) (query string, args []any) {
	if len(kinds) == 1 && byKind(f) {
		f.Statuses, f.Operations = []job.Status{kinds[0].Status}, []job.Operation{kinds[0].Operation}
	}
	where := (&clause{tag: tag}).picks(f).unexpired(f.Now)
	limit := fmt.Sprintf("LIMIT %d", f.Limit)
	if f.Offset == 0 && (len(kinds) < 2 || !byKind(f)) {
		return "SELECT " + columns + " FROM " + where.from() + " WHERE " + where.String() + where.order(f) + limit, where.args
	}
	var picked string
	switch {
	case byKind(f) && len(kinds) > 1:
		where = &clause{}
		picked = d.ofKinds(where, f, kinds)
	case tag != "" && taggedOnly(f) && f.Now.IsZero():
		where = &clause{}
		where.add("account = ? AND tag = ?", f.Account, tag)
		where.within(f, "created_at")
		picked = "SELECT created_at AS picked_at, job_id AS picked_id FROM tags WHERE " + where.String()
	default:
		at, id := where.place()
		picked = "SELECT " + at + " AS picked_at, " + id + " AS picked_id FROM " + where.from() + " WHERE " + where.String()
	}
	order := by(f, "picked_at", "picked_id")
	step := &clause{args: where.args}
	step.add("OFFSET ?", f.Offset)
	// What is stepped over is found in an index alone.
	return "SELECT " + columns + " FROM (" + picked + order + limit + " " + step.String() + ") picked CROSS JOIN jobs WHERE id = picked_id" + order, step.args
}

// ofKinds picks the jobs of each kind apart: the index has those in the order of
// the list, and the database merges them. PostgreSQL does so with parts that are
// sorted and limited themselves, which SQLite would sort again.
func (d dialect) ofKinds(c *clause, f job.Filter, kinds []JobKind) string {
	c.add("account = ?", f.Account)
	c.within(f, "created_at")
	c.past(f)
	c.unexpired(f.Now)
	all, before, behind := c.String(), "", ""
	if d == postgresTexts {
		c.terms = nil
		c.add("LIMIT ?", f.Offset+f.Limit)
		before, behind = "(", by(f, "picked_at", "picked_id")+c.String()+")"
	}
	var each []string
	for _, k := range kinds {
		c.terms = []string{all}
		c.add("status = ? AND operation = ?", k.Status, k.Operation)
		each = append(each, before+"SELECT created_at AS picked_at, id AS picked_id FROM jobs WHERE "+c.String()+behind)
	}
	return strings.Join(each, " UNION ALL ")
}

// place is what orders the jobs.
func (c *clause) place() (at, id string) {
	if c.tag != "" {
		return "tagged_at", "tagged_id"
	}
	return "created_at", "id"
}

// order is that of a list.
func (c *clause) order(f job.Filter) string {
	at, id := c.place()
	return by(f, at, id)
}

// by orders by the time of creation and the id, which columns have.
func by(f job.Filter, at, id string) string {
	if f.Oldest {
		return " ORDER BY " + at + ", " + id + " "
	}
	return " ORDER BY " + at + " DESC, " + id + " DESC "
}
