// Command river-sqlite puts jobs through River on SQLite.
//
// It is set up as the driver's documentation says: one connection, WAL. The
// driver fetches and completes jobs one row at a time. Every commit is synced,
// as ours are.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // registers itself with database/sql

	"docket/bench/peers/contestant"
)

// How often River may fetch jobs, and how often it looks whether there are any.
const (
	cooldown = 2 * time.Millisecond
	poll     = 5 * time.Millisecond
)

func main() { os.Exit(contestant.Main(open)) }

// args are what a job carries.
type args struct {
	Text string `json:"text"`
}

// Kind names the jobs. // river.JobArgs
func (args) Kind() string { return "no_op" }

func open(ctx context.Context, r *contestant.Round) (*contestant.Queue, error) {
	address := "file:" + filepath.Join(r.Database, "river.db") + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1)
	q, err := start(ctx, r, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return q, nil
}

func start(ctx context.Context, r *contestant.Round, db *sql.DB) (*contestant.Queue, error) {
	driver := riversqlite.New(db)
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return nil, fmt.Errorf("make the migrator: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	runs := contestant.NewRuns[int64](r)
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, j *river.Job[args]) error {
		return runs.Ran(j.ID, j.Args.Text)
	}))
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
			runs.Ended(e.Job.ID)
		}
	}()
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the client: %w", err)
	}
	return &contestant.Queue{Submit: submit(client), Close: func() error {
		unsubscribe()
		stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return errors.Join(client.Stop(stop), db.Close())
	}}, nil
}

// submit inserts one job, or many with the call that River has for it.
func submit(client *river.Client[*sql.Tx]) func(context.Context, []int) error {
	return func(ctx context.Context, jobs []int) error {
		if len(jobs) == 1 {
			_, err := client.Insert(ctx, args{Text: contestant.Payload(jobs[0])}, nil)
			return err
		}
		var many []river.InsertManyParams
		for _, n := range jobs {
			many = append(many, river.InsertManyParams{Args: args{Text: contestant.Payload(n)}})
		}
		_, err := client.InsertManyFast(ctx, many)
		return err
	}
}
