package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/job"
)

// clause is a WHERE that grows; its arguments are numbered as they come.
type clause struct {
	terms []string
	args  []any
	tag   string // the tag by which jobs are found; empty: they are found otherwise
}

func (c *clause) add(term string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		term = strings.Replace(term, "?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.terms = append(c.terms, term)
}

func (c *clause) in(column string, values []any) {
	if len(values) > 0 {
		c.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
}

func (c *clause) ids(column string, ids []job.ID) *clause {
	var list []any
	for _, id := range ids {
		list = append(list, id[:])
	}
	c.in(column, list)
	return c
}

func (c *clause) String() string { return strings.Join(c.terms, " AND ") }

// kinds narrows by what job_counts and jobs both have. Where jobs are found by
// something else, no index that begins with these columns is to be preferred.
func (c *clause) kinds(f job.Filter) *clause {
	status, operation := "status", "operation"
	if !counted(f) {
		status, operation = "status || ''", "operation || ''"
	}
	c.add("account = ?", f.Account)
	c.in(status, anys(f.Statuses))
	c.in(operation, anys(f.Operations))
	return c
}

func anys[T any](list []T) []any {
	var out []any
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

// picks narrows to the jobs that the filter picks.
func (c *clause) picks(f job.Filter) *clause {
	created := "created_at"
	if c.tag != "" {
		created = "tagged_at"
		c.add("id = tagged_id AND tagged_account = ? AND tag = ?", f.Account, c.tag)
	}
	c.kinds(f)
	c.within(f, created)
	if !f.Batch.IsZero() {
		c.add("batch_id = ?", f.Batch[:])
	}
	c.ids("id", f.IDs)
	c.past(f)
	for _, tag := range f.Tags {
		if tag != c.tag {
			c.add(tagged("jobs"), f.Account, tag)
		}
	}
	return c
}

// past narrows to the jobs behind the one that a page ended with.
func (c *clause) past(f job.Filter) {
	if !f.Past.ID.IsZero() {
		c.add("(created_at, id) > (?, ?)", micros(f.Past.At), f.Past.ID[:])
	}
}

// tagged says of a row of a job whether it carries a tag of an account.
func tagged(row string) string {
	return "EXISTS (SELECT 1 FROM tags t WHERE t.account = ? AND t.tag = ? AND t.created_at = " + row + ".created_at AND t.job_id = " + row + ".id)"
}

// from is what the clause narrows. The tags have what orders a list, so those
// of one are read from the end that is asked for.
func (c *clause) from() string {
	if c.tag == "" {
		return "jobs"
	}
	return "(SELECT account AS tagged_account, tag, created_at AS tagged_at, job_id AS tagged_id FROM tags) tagged CROSS JOIN jobs"
}

// unexpired narrows to the jobs that are still there for clients.
func (c *clause) unexpired(now time.Time) *clause {
	if !now.IsZero() {
		c.add("(expires_at IS NULL OR expires_at > ?)", micros(now))
	}
	return c
}

// List gives the page of jobs that the filter picks, newest first, and how
// many it picks in all. Page and number are of the same moment. Of each job
// there is only what lists show: see listColumns.
func (s *Store) List(ctx context.Context, f job.Filter) (jobs []job.Job, total int64, err error) {
	tag, err := s.rarest(ctx, f) // before there is a transaction, which would hold a connection while another one is waited for
	if err != nil {
		return nil, 0, err
	}
	r, err := s.beginReading(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("list jobs: %w", err)
	}
	defer func() { err = errors.Join(err, r.end(ctx)) }()
	total, kinds, expired, err := r.count(ctx, f, tag)
	if err != nil || int64(f.Offset) >= total {
		return nil, total, err
	}
	if !expired {
		f.Now = time.Time{}
	}
	if f, err = r.skip(ctx, f); err != nil {
		return nil, 0, err
	}
	query, args := s.texts().pageQuery(listColumns, f, tag, kinds)
	jobs = make([]job.Job, 0, f.Limit)
	if err := r.query(ctx, scanListedInto(&jobs, f.Account), query, args...); err != nil {
		return nil, 0, fmt.Errorf("list jobs: %w", storageError(err))
	}
	return jobs, total, nil
}

// count says how many jobs the filter picks, of which kinds they are when it
// narrows by that, and whether some that have expired may be among the rows that
// it picks: to look at the expiry of a job is to read its row, which an index
// spares those that are stepped over.
func (r *reading) count(ctx context.Context, f job.Filter, tag string) (total int64, kinds []JobKind, expired bool, err error) {
	query, args := counting(f, tag, "")
	if byKind(f) {
		query, args = counting(f, tag, kindColumns)
	}
	if query == "" {
		return 0, nil, false, nil
	}
	err = r.query(ctx, func(rows row) error {
		var (
			k       JobKind
			n, gone int64
			err     error
		)
		if byKind(f) {
			err = rows.Scan(&k.Status, &k.Operation, &n, &gone)
		} else {
			err = rows.Scan(&n, &gone)
		}
		if n > 0 {
			kinds = append(kinds, k)
		}
		total, expired = total+n, expired || gone != 0 && !f.Now.IsZero()
		return err
	}, query, args...)
	if err != nil {
		return 0, nil, false, fmt.Errorf("count jobs: %w", err)
	}
	return total, kinds, expired, nil
}

// few is how many jobs with a tag are looked at one by one rather than those of
// another tag.
const few = 5000

// rarest is the tag of the filter by which its jobs are found; empty: they are
// found by something that picks fewer.
func (s *Store) rarest(ctx context.Context, f job.Filter) (string, error) {
	if len(f.Tags) == 0 || !f.Batch.IsZero() || len(f.IDs) > 0 {
		return "", nil
	}
	for _, tag := range f.Tags[1:] {
		var n int
		if err := s.query(ctx, func(rows row) error { return rows.Scan(&n) },
			`SELECT count(*) FROM (SELECT 1 FROM tags WHERE account = $1 AND tag = $2 LIMIT $3) tagged`, f.Account, tag, few+1); err != nil {
			return "", fmt.Errorf("count jobs with a tag: %w", err)
		}
		if n <= few {
			return tag, nil
		}
	}
	return f.Tags[0], nil
}

// Counts says how many of the jobs that the filter picks are in which state,
// whatever states it names itself.
func (s *Store) Counts(ctx context.Context, f job.Filter) (map[job.Status]int64, error) {
	f.Statuses = nil
	counts := map[job.Status]int64{}
	tag, err := s.rarest(ctx, f)
	if err != nil {
		return nil, err
	}
	query, args := counting(f, tag, "status")
	if query == "" {
		return counts, nil
	}
	err = s.query(ctx, func(rows row) error {
		var (
			status  job.Status
			n, gone int64
		)
		err := rows.Scan(&status, &n, &gone)
		counts[status] = n
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("count jobs by state: %w", err)
	}
	return counts, nil
}

// Page gives jobs that List gives, whole and without a total.
func (s *Store) Page(ctx context.Context, f job.Filter) ([]job.Job, error) {
	tag, err := s.rarest(ctx, f)
	if err != nil {
		return nil, err
	}
	var kinds []JobKind
	if byKind(f) {
		if kinds, err = s.kinds(ctx, f); err != nil || len(kinds) == 0 {
			return nil, err
		}
	}
	query, args := s.texts().pageQuery(jobColumns, f, tag, kinds)
	var jobs []job.Job
	if err := s.query(ctx, scanInto(&jobs), query, args...); err != nil {
		return nil, fmt.Errorf("read a page of jobs: %w", err)
	}
	return jobs, nil
}

// kinds are those of the jobs that the filter picks.
func (s *Store) kinds(ctx context.Context, f job.Filter) (kinds []JobKind, err error) {
	f.Now = time.Time{} // those of expired jobs do no harm
	query, args := counting(f, "", kindColumns)
	if query == "" {
		return nil, nil
	}
	err = s.query(ctx, func(rows row) error {
		var (
			k       JobKind
			n, gone int64
		)
		err := rows.Scan(&k.Status, &k.Operation, &n, &gone)
		if n > 0 {
			kinds = append(kinds, k)
		}
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find kinds of jobs: %w", err)
	}
	return kinds, nil
}

// Child finds child n of a job; false when there is none.
func (s *Store) Child(ctx context.Context, parent job.ID, n int) (job.Job, bool, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE parent_id = $1 AND child_n = $2", parent[:], n)
	if err != nil {
		return job.Job{}, false, fmt.Errorf("find child %d of job %s: %w", n, parent, storageError(err))
	}
	var jobs []job.Job
	if err := eachRow(rows, scanInto(&jobs)); err != nil || len(jobs) == 0 {
		return job.Job{}, false, storageError(err)
	}
	return jobs[0], true, nil
}

// Jobs reads those of the jobs that are there.
func (s *Store) Jobs(ctx context.Context, ids []job.ID) ([]job.Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	c := new(clause).ids("id", ids)
	rows, err := s.readers.QueryContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE "+c.String(), c.args...)
	if err != nil {
		return nil, fmt.Errorf("read %d jobs: %w", len(ids), storageError(err))
	}
	var jobs []job.Job
	if err := eachRow(rows, scanInto(&jobs)); err != nil {
		return nil, fmt.Errorf("read %d jobs: %w", len(ids), storageError(err))
	}
	return jobs, nil
}

// Ahead counts the jobs of the same account that are to run before j, up to a
// limit. The index has them by operation, so it hops from one to the next.
func (s *Store) Ahead(ctx context.Context, j job.Job, limit int) (int, error) {
	var n int
	err := s.readers.QueryRowContext(ctx, `
		WITH RECURSIVE `+waitingOperations+`
		SELECT count(*) FROM (SELECT 1 FROM operations o CROSS JOIN jobs a
			WHERE a.account = $1 AND a.operation = o.operation AND a.run_at IS NOT NULL AND a.run_at <= $2 AND (a.run_at < $2 OR a.id < $3) LIMIT $4) ahead`,
		j.Account, micros(j.RunAt), j.ID[:], limit).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count jobs ahead of %s: %w", j.ID, storageError(err))
	}
	return n, nil
}

// Events reads what happened to a job, in order.
func (s *Store) Events(ctx context.Context, id job.ID) ([]job.Event, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT version, at, kind, from_status, to_status, attempt, code FROM events WHERE job_id = $1 ORDER BY version`, id[:])
	if err != nil {
		return nil, fmt.Errorf("read events of job %s: %w", id, storageError(err))
	}
	var events []job.Event
	err = eachRow(rows, func(rows row) error {
		e := job.Event{Job: id}
		var at sql.NullInt64
		err := rows.Scan(&e.Version, &at, &e.Kind, &e.From, &e.To, &e.Attempt, &e.Code)
		e.At = fromMicros(at)
		events = append(events, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read events of job %s: %w", id, storageError(err))
	}
	return events, nil
}
