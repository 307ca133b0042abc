package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"docket/internal/job"
)

// InlineBlob reads small bytes that were written with a row. The error is of
// code ResultGone when they are not there any more.
func (s *Store) InlineBlob(ctx context.Context, name string) ([]byte, error) {
	var data []byte
	err := s.readers.QueryRowContext(ctx, "SELECT data FROM blobs WHERE name = $1", name).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, job.Errorf(job.ResultGone, nil, "no blob %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", name, storageError(err))
	}
	return data, nil
}

// Setting reads a fact about the database, and stores create() under its name
// when there is none yet.
func (s *Store) Setting(ctx context.Context, name string, create func() string) (string, error) {
	op := &setting{name: name, value: create()}
	if err := s.Write(ctx, op); err != nil {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return op.value, nil
}

// SaveSetting stores a fact about the database over an older one.
type SaveSetting struct{ Name, Value string }

func (*SaveSetting) work() bool { return false }

func (o *SaveSetting) apply(t *txn) error {
	_, err := t.exec(`INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, o.Name, o.Value)
	return err
}

type setting struct{ name, value string }

func (*setting) work() bool { return false }

func (o *setting) apply(t *txn) error {
	return t.each(func(rows row) error { return rows.Scan(&o.value) },
		`INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value`, o.name, o.value)
}
