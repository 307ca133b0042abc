package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Shared says whether other nodes may use the same database.
func (s *Store) Shared() bool { return s.shared }

// texts are those that the database understands.
func (s *Store) texts() dialect {
	if s.shared {
		return postgresTexts
	}
	return sqliteTexts
}

// Alone runs do while no other node runs what has the same name; when one does,
// it does nothing and says so. Where one process has the database, it is alone.
// A node that dies or loses the database lets another one begin.
func (s *Store) Alone(ctx context.Context, what string, do func() error) (done bool, err error) {
	if !s.shared {
		return true, do()
	}
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", what, storageError(err))
	}
	defer func() {
		if ended := tx.Rollback(); err == nil && !errors.Is(ended, sql.ErrTxDone) {
			err = storageError(ended)
		}
	}()
	// It is idle as long as do takes.
	if _, err := tx.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return false, fmt.Errorf("lock %s: %w", what, storageError(err))
	}
	if err := tx.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock($1)`, lockOf("alone", what)).Scan(&done); err != nil {
		return false, fmt.Errorf("lock %s: %w", what, storageError(err))
	}
	if !done {
		return false, nil
	}
	return true, do()
}

// Now is the time by which nodes agree on what comes before what: the
// database's, as far as it is known, or this machine's where no other node is.
func (s *Store) Now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// agree is by how much a clock may differ from the database's without being
// put right: times would jump for nothing.
const agree = 50 * time.Millisecond

// SetClock compares this machine's clock with the database's.
func (s *Store) SetClock(ctx context.Context) error {
	if !s.shared {
		return nil
	}
	var there int64
	asked := time.Now()
	if err := s.readers.QueryRowContext(ctx, `SELECT `+postgresTexts.clock("CAST(NULL AS bigint)")).Scan(&there); err != nil {
		return fmt.Errorf("ask for the database's time: %w", storageError(err))
	}
	answered := time.Now()
	ahead := time.UnixMicro(there).Sub(asked.Add(answered.Sub(asked) / 2))
	if before := time.Duration(s.ahead.Load()); (ahead-before).Abs() > agree && answered.Sub(asked) < time.Second {
		s.ahead.Store(int64(ahead))
	}
	return nil
}
