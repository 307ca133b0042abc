package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"docket/bench/peers/contestant"
)

// args are what a job carries; with a row, the text is in the row.
type args struct {
	Text string `json:"text,omitempty"`
	Row  int64  `json:"row,omitempty"`
}

// Kind names the jobs. // river.JobArgs
func (args) Kind() string { return "no_op" }

// worker does nothing, and with a row says in it that it is done.
type worker struct {
	river.WorkerDefaults[args]
	pool *pgxpool.Pool
	row  bool
	runs *contestant.Runs[int64]
}

// Work does nothing. // river.Worker
func (w *worker) Work(ctx context.Context, j *river.Job[args]) error {
	if !w.row {
		return w.runs.Ran(j.ID, j.Args.Text)
	}
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		var text string
		if err := tx.QueryRow(ctx, `UPDATE jobs SET status = 'completed', finished_at = now() WHERE id = $1 RETURNING document`, j.Args.Row).Scan(&text); err != nil {
			return fmt.Errorf("update the row: %w", err)
		}
		if err := w.runs.Ran(j.ID, text); err != nil {
			return err
		}
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, j)
		return err
	})
}

// submitter hands jobs in, in one of River's ways.
type submitter struct {
	client *river.Client[pgx.Tx]
	pool   *pgxpool.Pool
}

func (s submitter) one(ctx context.Context, jobs []int) error {
	_, err := s.client.Insert(ctx, args{Text: contestant.Payload(jobs[0])}, nil)
	return err
}

// many is the fastest call that River has.
func (s submitter) many(ctx context.Context, jobs []int) error {
	var many []river.InsertManyParams
	for _, n := range jobs {
		many = append(many, river.InsertManyParams{Args: args{Text: contestant.Payload(n)}})
	}
	_, err := s.client.InsertManyFast(ctx, many)
	return err
}

func (s submitter) withRow(ctx context.Context, jobs []int) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var id int64
		if err := tx.QueryRow(ctx, `INSERT INTO jobs (account, status, document) VALUES ('local', 'queued', $1) RETURNING id`, contestant.Payload(jobs[0])).Scan(&id); err != nil {
			return fmt.Errorf("insert the row: %w", err)
		}
		_, err := s.client.InsertTx(ctx, tx, args{Row: id}, nil)
		return err
	})
}
