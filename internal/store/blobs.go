package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"docket/internal/job"
)

// InlineBlob reads small bytes that were written with a row. The error is of
// code ResultGone when they are not there any more.
func (s *Store) InlineBlob(ctx context.Context, name string) ([]byte, error) {
	var data []byte
	found := false
	rows, err := s.read(ctx, "SELECT data FROM blobs WHERE name = $1", name)
	if err == nil {
		err = eachRow(rows, func(rows row) error {
			found = true
			return rows.Scan(&data)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", name, storageError(err))
	}
	if !found {
		return nil, job.Errorf(job.ResultGone, nil, "no blob %s", name)
	}
	return data, nil
}

// NewestAwaiting is when the newest job was made that waits for its document;
// zero when none does.
func (s *Store) NewestAwaiting(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	if err := s.readers.QueryRowContext(ctx, "SELECT MAX(created_at) FROM jobs WHERE status = 'awaiting_upload'").Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("find awaited documents: %w", storageError(err))
	}
	if !at.Valid {
		return time.Time{}, nil
	}
	return time.UnixMicro(at.Int64).UTC(), nil
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

// FindSetting reads a fact about the database; false when there is none.
func (s *Store) FindSetting(ctx context.Context, name string) (value string, found bool, err error) {
	err = s.readers.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = $1", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read setting %s: %w", name, storageError(err))
	}
	return value, true, nil
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
