// Package store keeps jobs in a database: SQL, migrations, and the one writer
// through which every change goes. It knows rows and transactions; what a
// change means is decided in package service.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"
)

// ErrFenced says that a write changed nothing, because the attempt that made
// it is no longer the job's, or the job is final or gone.
var ErrFenced = errors.New("the attempt is no longer the job's")

// ErrUntold says that a job was not ended, because somebody is to be told of its
// end with the result, which the write did not bring along.
var ErrUntold = errors.New("an endpoint is to be told of the result")

// Store is one database: a pool of readers, and its writers.
type Store struct {
	readers *sql.DB
	clients *writer            // of what clients wait for
	workers *writer            // of what workers wait for; on SQLite the same
	seen    *seen              // by the writers
	pages   sql.IsolationLevel // that makes what a transaction reads be of one moment
	shared  bool               // other nodes may have it open
	ahead   atomic.Int64       // ns by which the database's clock is before this machine's
	bus     *Bus               // to them; nil when there can be none
	often   statements         // of the readers

	lock *folderLock // of SQLite
	path string      // the same: of the file
}

// Open opens the database in the folder, makes it when it is not there, and
// brings it up to date. One process owns a folder at a time: the error of a
// second one names the first.
func Open(ctx context.Context, folder string) (*Store, error) {
	lock, err := lockFolder(folder)
	if err != nil {
		return nil, err
	}
	s, err := openSQLite(ctx, filepath.Join(folder, "docket.db"))
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	s.lock = lock
	return s, nil
}

// Close lets the waiting writes finish and closes the database.
func (s *Store) Close() error {
	err := s.clients.close()
	if s.workers != s.clients {
		err = errors.Join(err, s.workers.close())
	}
	return errors.Join(err, s.bus.close(), s.readers.Close(), s.lock.release())
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.readers.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("ping the database: %w", storageError(err))
	}
	return nil
}

// Write gives the operation to the writer and returns when it is durable on
// disk, or with why it is not.
func (s *Store) Write(ctx context.Context, op Op) error {
	if op.work() {
		return s.workers.do(ctx, op)
	}
	return s.clients.do(ctx, op)
}

// micros is how times are stored: µs UTC, and NULL for none.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func fromMicros(v sql.NullInt64) time.Time {
	if !v.Valid {
		return time.Time{}
	}
	return time.UnixMicro(v.Int64).UTC()
}
