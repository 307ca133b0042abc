package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"docket/internal/job"
)

// Snapshot writes the whole database, as it is at one moment, to a file that
// is not there yet. Readers and the writer go on meanwhile. The file is the
// caller's to sync.
func (s *Store) Snapshot(ctx context.Context, path string) (err error) {
	if s.shared {
		return job.Errorf(job.Conflict, job.Facts{"problem": "the database is on PostgreSQL: back it up with pg_dump, and after that keep a copy of the folder or bucket of the documents (--blobs)"}, "back up PostgreSQL")
	}
	db, err := sql.Open("sqlite", sqliteDSN(s.path))
	if err != nil {
		return fmt.Errorf("open the database to copy it: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return fmt.Errorf("copy the database: %w", storageError(err))
	}
	return nil
}

// JobsOf calls do for every job of a snapshot, until there is an error.
func JobsOf(ctx context.Context, path string, do func(job.Job) error) (err error) {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=ro&immutable=1"} // nothing may be written beside it
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return fmt.Errorf("open the snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "SELECT "+jobColumns+" FROM jobs")
	if err != nil {
		return fmt.Errorf("read the snapshot: %w", err)
	}
	err = eachRow(rows, func(rows row) error {
		j, err := scanJob(rows)
		if err != nil {
			return err
		}
		return do(j)
	})
	if err != nil {
		return fmt.Errorf("read the snapshot: %w", err)
	}
	return nil
}
