package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

func migrateSQLite(ctx context.Context, db *sql.DB) error {
	return migrate(ctx, db, goose.DialectSQLite3, "sqlite")
}

// migratePostgres lets one node after another bring the database up to date.
// The lock belongs to a transaction, because a pooler may give a session's to
// somebody else.
func migratePostgres(ctx context.Context, db *sql.DB) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", storageError(err))
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	// It is idle for longer than a transaction may be usually; a node whose machine
	// died must not keep the others out for the hours that a system waits.
	for _, setting := range []string{"idle_in_transaction_session_timeout = 0", "tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 4"} {
		if _, err := tx.ExecContext(ctx, "SET LOCAL "+setting); err != nil {
			return fmt.Errorf("migrate the database: %w", storageError(err))
		}
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockOf("migrate", "")); err != nil {
		return fmt.Errorf("wait for another node's migration: %w", storageError(err))
	}
	return migrate(ctx, db, goose.DialectPostgres, "postgres")
}

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string) error {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return fmt.Errorf("find migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if err := newer(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// newer refuses a database that a newer Docket has changed in a way that this
// one does not know.
func newer(ctx context.Context, p *goose.Provider) error {
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if current > target {
		return fmt.Errorf("the database is at version %d, and this Docket knows versions up to %d: start a newer Docket", current, target)
	}
	return nil
}
