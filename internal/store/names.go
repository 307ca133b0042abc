package store

import (
	"fmt"

	"docket/internal/job"
)

// setNames writes the names by which a job is searched, in place of those that
// it had.
func (t *txn) setNames(account string, createdAt int64, id job.ID, inputs []job.Input) error {
	names := job.SearchNames(inputs)
	if names == "" {
		return nil
	}
	if err := t.insert(nameRows(), account, createdAt, id[:], names); err != nil {
		return fmt.Errorf("write the names of job %s: %w", id, err)
	}
	return nil
}

// renamed is for a job that has other documents now, which its worker has
// fetched.
func (t *txn) renamed(id job.ID, inputs []job.Input) error {
	var (
		account string
		created int64
	)
	if err := t.each(func(rows row) error { return rows.Scan(&account, &created) }, `SELECT account, created_at FROM jobs WHERE id = $1`, id[:]); err != nil {
		return fmt.Errorf("read job %s: %w", id, err)
	}
	return t.setNames(account, created, id, inputs)
}
