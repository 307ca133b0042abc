package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"docket/internal/job"
)

// storageError gives errors of the database the code that callers act on.
func storageError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrAway):
		return &job.Error{Code: job.Unavailable, Err: err}
	case away(err) || conflicting(err):
		return &job.Error{Code: job.Unavailable, Err: fmt.Errorf("%w: %w", ErrAway, err)}
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "53100" { // disk_full
		return &job.Error{Code: job.DiskFull, Err: err}
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return &job.Error{Code: job.DiskFull, Err: err}
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM:
		return &job.Error{Code: job.Unavailable, Err: err}
	}
	return err
}

// conflicting says that PostgreSQL ended the transaction for another's sake:
// it may succeed when it is run again.
func conflicting(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01" || e.Code == "55P03")
}

// away says that PostgreSQL could not be reached, went away, or cannot do
// anything for anybody now.
func away(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) { // whoever asked has gone
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "57P01", "57P02", "57P03", "57P05", // shuts down, crashed, starts up, idle session ended
			"53200", "53300", // out of memory, too many connections
			"25006", "25P03", "25P04": // read-only, a transaction that took too long
			return true
		}
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "28") // connection, password
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, ErrAway) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn)
}

// ErrAway says that PostgreSQL could not be reached, or that the connection
// broke before it answered.
var ErrAway = errors.New("the database cannot be reached")

// ErrUnknown says that a write was to be committed and nobody answered: it may
// be stored already, or be stored later, so what it names must stay.
var ErrUnknown = errors.New("it is not known whether the write was stored")

// unknown marks the error of a commit that may have been made all the same.
func unknown(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	// A sync that failed leaves a commit behind that counts after a crash.
	if away(err) || ok && e.Code()&0xff == sqlite3.SQLITE_IOERR {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return err
}
