package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
)

// Page caches of a connection, in KiB. Each fills up as the database grows, and
// takes twice what it is set to: the allocator below SQLite rounds a page with
// its header, 4.3 KiB, up to 8. Larger ones made nothing faster, since the
// kernel has the pages as well.
const (
	writerCache = 2000
	readerCache = 500
)

// openSQLite opens one connection for writing and a pool for reading. WAL lets
// the readers go on while the writer commits; FULL puts every commit on the
// disk before it is answered.
func openSQLite(ctx context.Context, path string) (*Store, error) {
	write, err := sql.Open("sqlite", sqliteDSN(path, "synchronous(FULL)", "wal_autocheckpoint(4000)", cacheSize(writerCache)))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := migrateSQLite(ctx, write); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	engine, err := newSQLiteEngine(ctx, write)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, "query_only(1)", cacheSize(readerCache)))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s to read: %w", path, err), engine.close())
	}
	read.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	read.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	w := newWriter(engine, engine.seen)
	return &Store{readers: read, clients: w, workers: w, seen: engine.seen, path: path}, nil
}

func cacheSize(kib int) string { return fmt.Sprintf("cache_size(-%d)", kib) }

func sqliteDSN(path string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range append([]string{"busy_timeout(10000)", "journal_mode(WAL)", "temp_store(MEMORY)"}, pragmas...) {
		q.Add("_pragma", p)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}
