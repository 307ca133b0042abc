package testkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // how the server is reached

	"pgregory.net/rapid"

	"docket/internal/store"
)

// DatabaseEnv names the PostgreSQL server on which tests run; without it they
// run on SQLite.
const DatabaseEnv = "DOCKET_TEST_DATABASE"

// template is the database of which those of the tests are copies.
const template = "docket_template"

// Database makes a database of the test's own on the PostgreSQL server of this
// run, and gives its address; empty where tests run on SQLite.
func Database(t testing.TB) string {
	t.Helper()
	if os.Getenv(DatabaseEnv) == "" {
		return ""
	}
	return makeDatabase(t, template)
}

// EmptyDatabase is Database without any table.
func EmptyDatabase(t testing.TB) string {
	t.Helper()
	return makeDatabase(t, "template1")
}

func makeDatabase(t testing.TB, from string) string {
	t.Helper()
	server := os.Getenv(DatabaseEnv)
	ctx := context.WithoutCancel(t.Context())
	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		if err := errors.Join(err, admin.Close()); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	if err := makeTemplate(ctx, admin, server); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatal(err)
	}
	return onServer(server, name)
}

// onServer is the address of another database of the server.
func onServer(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	u.Path = "/" + name
	return u.String()
}

// makeTemplate migrates the template, once for all tests of a server.
func makeTemplate(ctx context.Context, admin *sql.DB, server string) (err error) {
	var there bool
	const done = template + "_done"
	look := func() error {
		return admin.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '"+done+"')").Scan(&there)
	}
	if err := look(); err != nil || there {
		return err
	}
	conn, err := admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(1)"); err != nil {
		return err
	}
	defer func() {
		_, unlocked := conn.ExecContext(ctx, "SELECT pg_advisory_unlock(1)")
		err = errors.Join(err, unlocked)
	}()
	if err := look(); err != nil || there {
		return err
	}
	if _, err := conn.ExecContext(ctx, "CREATE DATABASE "+template); err != nil {
		return fmt.Errorf("make the template: %w", err)
	}
	s, err := store.OpenPostgres(ctx, onServer(server, template), store.PostgresOptions{})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	for end := time.Now().Add(time.Minute); ; { // until its connections are gone
		_, err = conn.ExecContext(ctx, "CREATE DATABASE "+done+" TEMPLATE "+template)
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

// Place is where a test's store is.
type Place struct {
	Folder   string
	Database string // an address; empty: SQLite in the folder
}

// NewPlace is a place of the test's own.
func NewPlace(t testing.TB) Place {
	t.Helper()
	return Place{Folder: t.TempDir(), Database: Database(t)}
}

// Open opens the store. On PostgreSQL leases end by the clock of the test.
func (p Place) Open(ctx context.Context) (*store.Store, error) {
	if p.Database == "" {
		return store.Open(ctx, p.Folder)
	}
	return store.OpenPostgres(ctx, p.Database, store.PostgresOptions{CallersClock: true})
}

// Rows opens the database beside the store.
func (p Place) Rows() (*sql.DB, error) {
	if p.Database == "" {
		return sql.Open("sqlite", filepath.Join(p.Folder, "docket.db"))
	}
	return sql.Open("pgx", p.Database)
}

// Tries makes the places of a property's tries, each empty.
func Tries(t testing.TB) func(*rapid.T) Place {
	t.Helper()
	database := Database(t)
	return func(try *rapid.T) Place {
		try.Helper()
		folder, err := os.MkdirTemp("", "docket-try-")
		if err == nil && database != "" {
			err = empty(try.Context(), database)
		}
		if err != nil {
			try.Fatal(err)
		}
		try.Cleanup(func() {
			if err := os.RemoveAll(folder); err != nil {
				try.Error(err)
			}
		})
		return Place{Folder: folder, Database: database}
	}
}

// empty removes all rows of a database.
func empty(ctx context.Context, database string) (err error) {
	db, err := sql.Open("pgx", database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version' LOOP EXECUTE 'DELETE FROM ' || quote_ident(t); END LOOP;
	END $$`)
	return err
}
