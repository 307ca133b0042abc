package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"docket/internal/job"
)

// Limits of a search by words: nothing finds a part of a name without reading
// the names.
const (
	SearchedNames = 50_000 // of how many jobs, the newest, the names are read
	MaxFound      = 10_000 // jobs that a search finds at most
)

// Found is what is known of a job that a search has found.
type Found struct {
	job.Mark
	Status job.Status
}

// Search finds the jobs that the filter picks, which must have words, newest
// first. Part says that older ones were not looked at, or not all given: they
// are the newest MaxFound of those among the newest SearchedNames of the
// account. A job that is named by the beginning of its id is found however old
// it is.
func (s *Store) Search(ctx context.Context, f job.Filter) (found []Found, part bool, err error) {
	var all []Found
	whole := slices.ContainsFunc(f.Words, func(w job.Word) bool { return w.Whole })
	if !whole {
		if all, part, err = s.searchNames(ctx, f); err != nil {
			return nil, false, fmt.Errorf("search names: %w", err)
		}
	}
	for _, w := range f.Words {
		if w.From.IsZero() || (whole && !w.Whole) {
			continue
		}
		more, cut, err := s.searchIDs(ctx, f, w)
		if err != nil {
			return nil, false, fmt.Errorf("search ids: %w", err)
		}
		all, part = append(all, more...), part || cut
	}
	slices.SortFunc(all, func(a, b Found) int { return b.Compare(a.Mark) })
	all = slices.CompactFunc(all, func(a, b Found) bool { return a.ID == b.ID })
	if len(all) > MaxFound {
		return all[:MaxFound], true, nil
	}
	return all, part, nil
}

// searchNames reads the newest names of the account.
func (s *Store) searchNames(ctx context.Context, f job.Filter) (found []Found, part bool, err error) {
	names := &clause{}
	names.add("account = ?", f.Account)
	names.within(f, "created_at")
	var oldest sql.NullInt64
	floor := &clause{args: slices.Clone(names.args)}
	floor.add("LIMIT 1 OFFSET ?", SearchedNames)
	if err := s.query(ctx, func(rows row) error { return rows.Scan(&oldest) },
		"SELECT created_at FROM job_names WHERE "+names.String()+" ORDER BY created_at DESC, job_id DESC "+floor.String(), floor.args...); err != nil {
		return nil, false, err
	}
	c := &clause{}
	c.add("n.account = ?", f.Account)
	c.within(f, "n.created_at")
	if oldest.Valid {
		c.add("n.created_at > ?", oldest.Int64)
	}
	c.words(f.Words)
	c.rest(f)
	return s.found(ctx, "job_names n CROSS JOIN jobs j", "j.id = n.job_id AND "+c.String()+" ORDER BY n.created_at DESC, n.job_id DESC", c, oldest.Valid)
}

// searchIDs reads the jobs whose ids begin with a word.
func (s *Store) searchIDs(ctx context.Context, f job.Filter, w job.Word) (found []Found, part bool, err error) {
	var last []byte
	if err := s.query(ctx, func(rows row) error { return rows.Scan(&last) },
		"SELECT id FROM jobs WHERE id >= $1 AND id <= $2 ORDER BY id DESC LIMIT 1 OFFSET $3", w.From[:], w.To[:], SearchedNames); err != nil {
		return nil, false, err
	}
	c := &clause{}
	c.add("j.id >= ? AND j.id <= ?", w.From[:], w.To[:])
	if last != nil {
		c.add("j.id > ?", last)
	}
	c.add("j.account || '' = ?", f.Account) // as an expression, or SQLite would look at all jobs of the account
	c.within(f, "j.created_at")
	c.words(f.Words)
	c.rest(f)
	return s.found(ctx, "jobs j LEFT JOIN job_names n ON n.account = j.account AND n.created_at = j.created_at AND n.job_id = j.id",
		c.String()+" ORDER BY j.id DESC", c, last != nil)
}

// found runs a search; part is what is known of it before.
func (s *Store) found(ctx context.Context, from, where string, c *clause, part bool) ([]Found, bool, error) {
	limit := &clause{args: c.args}
	limit.add(" LIMIT ?", MaxFound+1)
	var found []Found
	err := s.query(ctx, func(rows row) error {
		var (
			one Found
			id  []byte
			at  sql.NullInt64
		)
		err := rows.Scan(&id, &at, &one.Status)
		copy(one.ID[:], id)
		one.At = fromMicros(at)
		found = append(found, one)
		return err
	}, "SELECT j.id, j.created_at, j.status FROM "+from+" WHERE "+where+limit.String(), limit.args...)
	return found, part || len(found) > MaxFound, err
}

// within narrows to the times of the filter.
func (c *clause) within(f job.Filter, column string) {
	if !f.After.IsZero() {
		c.add(column+" > ?", micros(f.After))
	}
	if !f.Before.IsZero() {
		c.add(column+" < ?", micros(f.Before))
	}
}

// words narrows to the jobs that have all of the words.
func (c *clause) words(words []job.Word) {
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	for _, w := range words {
		name, args := `n.names LIKE ? ESCAPE '\'`, []any{"%" + escape.Replace(w.Text) + "%"}
		if !w.From.IsZero() {
			name, args = "("+name+" OR (j.id >= ? AND j.id <= ?))", append(args, w.From[:], w.To[:])
		}
		c.add(name, args...)
	}
}

// rest narrows by what only the job's row has.
func (c *clause) rest(f job.Filter) {
	c.in("j.status", anys(f.Statuses))
	c.in("j.operation", anys(f.Operations))
	c.ids("j.id", f.IDs)
	if !f.Batch.IsZero() {
		c.add("j.batch_id = ?", f.Batch[:])
	}
	for _, tag := range f.Tags {
		c.add(tagged("j"), f.Account, tag)
	}
	if !f.Now.IsZero() {
		c.add("(j.expires_at IS NULL OR j.expires_at > ?)", micros(f.Now))
	}
}
