package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// How long a node waits for PostgreSQL.
const (
	connectWithin = 5 * time.Second
	// answerWithin is for one transaction of the writer, with all that it waits
	// for.
	answerWithin = 30 * time.Second
	// countedFor is how long a node relies on its count of waiting jobs, to which
	// others add.
	countedFor = time.Second
)

// PostgresOptions are what a node has of its own.
type PostgresOptions struct {
	// Folder is used by no other process at the same time; empty: none is.
	Folder string
	// CallersClock lets leases end by the clock of the operations instead of
	// that of the database, which all nodes have in common.
	CallersClock bool // for tests
}

// OpenPostgres opens the database that an URL or a connection string names,
// which many nodes may do at the same time, and brings it up to date. The error
// never repeats the password.
func OpenPostgres(ctx context.Context, address string, o PostgresOptions) (*Store, error) {
	reads, writes, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	var lock *folderLock
	if o.Folder != "" {
		if lock, err = takeFolder(o.Folder); err != nil {
			return nil, err
		}
	}
	s, err := connectPostgres(ctx, reads, writes, !o.CallersClock)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	s.lock = lock
	if err := s.SetClock(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func connectPostgres(ctx context.Context, reads, writes *pgx.ConnConfig, databaseClock bool) (*Store, error) {
	readers := openReaders(reads)
	if err := migratePostgres(ctx, readers); err != nil {
		return nil, errors.Join(err, readers.Close())
	}
	seen := newSeen(countedFor)
	clients, workers := newPostgresEngine(writes, seen, databaseClock), newPostgresEngine(writes, seen, databaseClock)
	return &Store{readers: readers, clients: newWriter(clients, seen), workers: newWriter(workers, seen), seen: seen, shared: true, bus: &Bus{config: reads}, pages: sql.LevelRepeatableRead}, nil
}

func openReaders(config *pgx.ConnConfig) *sql.DB {
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(max(4, 4*runtime.NumCPU()))
	db.SetMaxIdleConns(max(4, 4*runtime.NumCPU()))
	db.SetConnMaxIdleTime(time.Minute)
	return db
}

// parseAddress is where a database is and how to speak with it, to read and to
// write.
func parseAddress(address string) (reads, writes *pgx.ConnConfig, err error) {
	address, pooled, err := cutPooler(address)
	if err != nil {
		return nil, nil, err
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, nil, fmt.Errorf("the address of the database: %w", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectWithin
	}
	config.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3}}).DialContext
	if pooled || config.Port == poolerPort {
		// The next transaction may be on another connection of the pooler's, which
		// knows neither statements nor settings of this one.
		if config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
			config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		}
		return config, config, nil
	}
	choose(config, "application_name", "docket")
	choose(config, "jit", "off") // it takes longer than our statements
	choose(config, "idle_in_transaction_session_timeout", "10000")
	// Each statement of a writer finds the few rows that it touches by an index.
	// The planner would rather read the whole table when it knows it as it was
	// when it was small, until PostgreSQL has analysed it: in a new database a
	// claim among 5,000 jobs took 34 ms instead of 12, and more with each job. A
	// join with all jobs through a bitmap or a hash is the same mistake, and a
	// bitmap goes on looking at the entries of jobs that were taken long ago.
	writes = config.Copy()
	choose(writes, "enable_seqscan", "off")
	choose(writes, "enable_bitmapscan", "off")
	choose(writes, "enable_hashjoin", "off")
	choose(writes, "enable_mergejoin", "off")
	return config, writes, nil
}

// choose makes a setting of the session, unless the address has made it.
func choose(config *pgx.ConnConfig, name, value string) {
	if _, chosen := config.RuntimeParams[name]; !chosen {
		config.RuntimeParams[name] = value
	}
}

// poolerPort is that of Supabase's pooler in transaction mode.
const poolerPort = 6543

// cutPooler takes out of an address what is meant for clients like this one
// and what PostgreSQL does not know, as Supabase and others have it in theirs:
// pgbouncer=true marks a pooler in transaction mode.
func cutPooler(address string) (rest string, pooled bool, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false, errors.New("the address of the database is no URL")
	}
	q := u.Query()
	pooled = q.Get("pgbouncer") == "true"
	for _, name := range []string{"pgbouncer", "connection_limit", "pool_timeout", "supa"} {
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	return u.String(), pooled, nil
}
