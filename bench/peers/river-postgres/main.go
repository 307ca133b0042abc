// Command river-postgres puts jobs through River on PostgreSQL, whose settings
// are its defaults: every commit is synced.
//
// With -row each job has a row of the application's, as one has that people ask
// after: it is inserted in the transaction of the job, and updated in that of
// the job's end, both as River's documentation shows.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"docket/bench/peers/contestant"
)

// How often River may fetch jobs, and how often it looks whether there are any
// when it was not notified.
const (
	cooldown = 2 * time.Millisecond
	poll     = 100 * time.Millisecond
)

func main() {
	row := flag.Bool("row", false, "each job has a row of the application's")
	os.Exit(contestant.Main(func(ctx context.Context, r *contestant.Round) (*contestant.Queue, error) { return open(ctx, r, *row) }))
}

func open(ctx context.Context, r *contestant.Round, row bool) (*contestant.Queue, error) {
	config, err := pgxpool.ParseConfig(r.Database)
	if err != nil {
		return nil, fmt.Errorf("read the address: %w", err)
	}
	config.MaxConns = int32(r.Clients + 16) //nolint:gosec // a few dozen
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	q, err := start(ctx, r, pool, row)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return q, nil
}

func start(ctx context.Context, r *contestant.Round, pool *pgxpool.Pool, row bool) (*contestant.Queue, error) {
	driver := riverpgxv5.New(pool)
	if err := migrate(ctx, driver, pool, row); err != nil {
		return nil, err
	}
	w := &worker{pool: pool, row: row, runs: contestant.NewRuns[int64](r)}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	client, err := river.NewClient(driver, &river.Config{
		FetchCooldown: cooldown, FetchPollInterval: poll, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: r.Workers}}, Workers: workers,
	})
	if err != nil {
		return nil, fmt.Errorf("make the client: %w", err)
	}
	ended, unsubscribe := client.SubscribeConfig(&river.SubscribeConfig{ChanSize: r.Jobs * 2, Kinds: []river.EventKind{river.EventKindJobCompleted}})
	go func() {
		for e := range ended {
			w.runs.Ended(e.Job.ID)
		}
	}()
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the client: %w", err)
	}
	s := submitter{client: client, pool: pool}
	submit := s.one
	switch {
	case row:
		submit = s.withRow
	case r.Batch > 1:
		submit = s.many
	}
	return &contestant.Queue{Submit: submit, Close: func() error {
		unsubscribe()
		stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err := client.Stop(stop)
		pool.Close()
		return err
	}}, nil
}

func migrate(ctx context.Context, driver *riverpgxv5.Driver, pool *pgxpool.Pool, row bool) error {
	migrator, err := rivermigrate.New(driver, nil)
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err == nil && row {
		_, err = pool.Exec(ctx, `CREATE TABLE jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account text NOT NULL, status text NOT NULL,
			document text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz);
			CREATE INDEX ON jobs (account, created_at)`)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
