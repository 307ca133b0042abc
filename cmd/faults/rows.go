package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // how SQLite is asked

	"docket/internal/job"
)

// looker reads the database past everything that is troubled.
type looker struct{ db *sql.DB }

func look(driver, source string) (*looker, error) {
	db, err := sql.Open(driver, source)
	return &looker{db}, err
}

func (l *looker) close() error { return l.db.Close() }

// open is how much there is left to do, and how much was done: while both stay,
// nothing happens.
func (l *looker) open(ctx context.Context) (jobs, messages, done int64, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM jobs WHERE status NOT IN ('completed', 'failed', 'cancelled')),
		(SELECT count(*) FROM deliveries WHERE status = 'pending'), (SELECT count(*) FROM events) + (SELECT count(*) FROM delivery_attempts)`).Scan(&jobs, &messages, &done)
	return jobs, messages, done, err
}

// lapses are the leases that have ended, by this machine's clock, which is that
// of the database.
func (l *looker) lapses(ctx context.Context) ([]Lapse, error) {
	now := time.Now()
	return read(ctx, l.db, func(rows *sql.Rows) (Lapse, error) {
		var id []byte
		var until int64
		err := rows.Scan(&id, &until)
		return Lapse{At: now, Job: spell(id), For: now.Sub(time.UnixMicro(until))}, err
	}, `SELECT id, lease_until FROM jobs WHERE lease_until < $1`, now.UnixMicro())
}

// rows reads all that the checker wants to know.
func (l *looker) rows(ctx context.Context) (r Rows, err error) {
	r.Jobs, err = read(ctx, l.db, func(rows *sql.Rows) (j JobRow, err error) {
		var id []byte
		err = rows.Scan(&id, &j.Status, &j.Attempt, &j.Held)
		j.Job = spell(id)
		return j, err
	}, `SELECT id, status, attempt, lease_until IS NOT NULL OR run_at IS NOT NULL FROM jobs`)
	if err != nil {
		return r, err
	}
	r.Events, err = read(ctx, l.db, func(rows *sql.Rows) (e EventRow, err error) {
		var id []byte
		var at int64
		err = rows.Scan(&id, &e.Version, &at, &e.Kind, &e.From, &e.To, &e.Attempt, &e.Code)
		e.Job, e.At = spell(id), time.UnixMicro(at)
		return e, err
	}, `SELECT job_id, version, at, kind, from_status, to_status, attempt, code FROM events ORDER BY job_id, version`)
	if err != nil {
		return r, err
	}
	r.Deliveries, err = read(ctx, l.db, func(rows *sql.Rows) (d DeliveryRow, err error) {
		var id []byte
		err = rows.Scan(&d.ID, &id, &d.Sequence, &d.Status)
		d.Job = spell(id)
		return d, err
	}, `SELECT id, job_id, sequence, status FROM deliveries WHERE job_id IS NOT NULL`)
	return r, err
}

// spell is an id of the database as the record has it.
func spell(id []byte) string {
	var j job.ID
	copy(j[:], id)
	return j.In(job.TypeID)
}

func read[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("look at the database: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
