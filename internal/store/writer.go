package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// maxBatch is how many operations may share one commit.
const maxBatch = 512

// Op is one write. Operations are data: the writer may apply one more than
// once before it is committed, in batches of any size, so apply must set every
// output anew and touch nothing else.
type Op interface {
	apply(t *txn) error
	// work says that a worker waits for it, not a client. The two have a queue
	// each, so that a flood of submits cannot starve the workers.
	work() bool
}

// writer is the only one who writes. It takes what is waiting into one
// transaction (one fsync for all of it) and answers each caller after the
// commit.
type writer struct {
	db      *sql.DB
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	waiting waiting
	told    atomic.Pointer[func(job.Event)] // of what followed from a commit
	later   []*request                      // what a commit has left for the next
	clients chan *request
	workers chan *request
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
	metrics metrics
}

type request struct {
	op   Op
	done chan error
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect the writer: %w", err)
	}
	w := &writer{
		db: db, conn: conn, stmts: map[string]*sql.Stmt{}, waiting: waiting{of: map[string]int64{}},
		clients: make(chan *request, maxBatch), workers: make(chan *request, maxBatch),
		stop: make(chan struct{}), stopped: make(chan struct{}), metrics: newMetrics(),
	}
	go w.run()
	return w, nil
}

// do waits until the operation is on disk. The context counts only until the
// writer has the operation: after that its outcome is worth knowing.
func (w *writer) do(ctx context.Context, op Op) error {
	r := &request{op: op, done: make(chan error, 1)}
	lane := w.clients
	if op.work() {
		lane = w.workers
	}
	select {
	case <-w.stop:
		return &job.Error{Code: job.Unavailable, Err: errors.New("the store is closed")}
	case <-ctx.Done():
		return context.Cause(ctx)
	case lane <- r:
	}
	select {
	case err := <-r.done:
		return err
	case <-w.stopped:
		// Answered while stopping, or never taken.
		select {
		case err := <-r.done:
			return err
		default:
			return &job.Error{Code: job.Unavailable, Err: errors.New("the store is closed")}
		}
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		if len(w.later) > 0 {
			w.commit(w.gather(nil))
			continue
		}
		select {
		case r := <-w.workers:
			w.commit(w.gather(r))
		case r := <-w.clients:
			w.commit(w.gather(r))
		case <-w.stop:
			if batch := w.gather(nil); len(batch) > 0 {
				w.commit(batch)
				continue
			}
			return
		}
	}
}

// gather takes what is waiting now: the workers' first, and at least half of
// the batch for the clients.
func (w *writer) gather(first *request) []*request {
	batch := w.later
	w.later = nil
	if first != nil {
		batch = append(batch, first)
	}
	take := func(lane chan *request, most int) {
		for len(batch) < most {
			select {
			case r := <-lane:
				batch = append(batch, r)
			default:
				return
			}
		}
	}
	take(w.workers, maxBatch/2)
	take(w.clients, maxBatch)
	take(w.workers, maxBatch)
	return batch
}

// commit applies the batch in one transaction. A batch that fails is run again
// in halves, so that one bad operation costs its caller alone.
func (w *writer) commit(batch []*request) {
	begun := time.Now()
	results, err := w.try(batch)
	w.metrics.saw(len(batch), begun, err)
	switch {
	case err == nil:
		for i, r := range batch {
			r.done <- results[i]
		}
	case len(batch) == 1:
		batch[0].done <- storageError(err)
	default:
		w.commit(batch[:len(batch)/2])
		w.commit(batch[len(batch)/2:])
	}
}

// try gives each operation's own refusal, or the error that failed them all.
func (w *writer) try(batch []*request) (refusals []error, err error) {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		w.rollback(ctx)
		return nil, fmt.Errorf("begin: %w", err)
	}
	t := &txn{ctx: ctx, w: w, counts: map[countKey]int64{}, waiting: map[string]int64{}, usage: map[usageKey]account.Usage{}, moves: map[moveKey]int64{}, endpoints: map[string][]job.Endpoint{}}
	refusals = make([]error, len(batch))
	for i, r := range batch {
		err := r.op.apply(t)
		if errors.Is(err, ErrFenced) || job.CodeOf(err) == job.QueueFull {
			refusals[i] = err
			continue
		}
		if err != nil {
			w.rollback(ctx)
			return nil, err
		}
	}
	if err := errors.Join(t.flushCounts(), t.flushUsage(), t.flushMoves()); err != nil {
		w.rollback(ctx)
		return nil, err
	}
	if _, err := w.conn.ExecContext(ctx, "COMMIT"); err != nil {
		w.rollback(ctx)
		w.waiting.forget()
		return nil, fmt.Errorf("commit: %w", err)
	}
	w.waiting.changed(t.waiting)
	w.follow(t)
	return refusals, nil
}

// follow tells what the transaction has changed besides, and takes up what it
// has left.
func (w *writer) follow(t *txn) {
	if told := w.told.Load(); told != nil {
		for _, e := range t.followed {
			(*told)(e)
		}
	}
	for _, op := range t.later {
		w.later = append(w.later, &request{op: op, done: make(chan error, 1)})
	}
}

// rollback fails only when a full disk or the like has ended the transaction
// already, which is as good.
func (w *writer) rollback(ctx context.Context) { _, _ = w.conn.ExecContext(ctx, "ROLLBACK") }

// close lets the writes that are waiting finish.
func (w *writer) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.stopped
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	errs = append(errs, w.conn.Close(), w.db.Close())
	return errors.Join(errs...)
}

// txn runs statements inside the writer's transaction; statements are prepared
// once.
type txn struct {
	ctx    context.Context
	w      *writer
	counts map[countKey]int64
	usage  map[usageKey]account.Usage
	moves  map[moveKey]int64
	// waiting is by how many it changes the jobs of an account that wait.
	waiting map[string]int64
	// endpoints are those of the accounts that this batch has to tell.
	endpoints map[string][]job.Endpoint
	followed  []job.Event // of jobs that changed because another one ended
	later     []Op        // what is left for the next transaction
}

func (t *txn) prepare(query string) (*sql.Stmt, error) {
	if s := t.w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	t.w.stmts[query] = s
	return s, nil
}

// exec gives the number of rows touched.
func (t *txn) exec(query string, args ...any) (int64, error) {
	s, err := t.prepare(query) //nolint:sqlclosecheck // kept for the next batch, closed with the writer
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// each calls scan for every row of the answer.
func (t *txn) each(scan func(*sql.Rows) error, query string, args ...any) error {
	s, err := t.prepare(query) //nolint:sqlclosecheck // kept for the next batch, closed with the writer
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

func eachRow(rows *sql.Rows, scan func(*sql.Rows) error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// version runs a statement that touches one row and returns its version.
func (t *txn) version(query string, args ...any) (int64, error) {
	var version int64
	touched := false
	err := t.each(func(rows *sql.Rows) error {
		touched = true
		return rows.Scan(&version)
	}, query, args...)
	if err == nil && !touched {
		return 0, ErrFenced
	}
	return version, err
}
