package store

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

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

// engine is a connection that writes.
type engine interface {
	// try applies the operations in one transaction. It gives each one's own
	// refusal, or the error that failed them all, and what they did besides.
	try(batch []*request) (refusals []error, done *effects, err error)
	close() error
}

// writer takes what is waiting into one transaction (one fsync for all of it)
// and answers each caller after the commit. On SQLite there is one, who alone
// writes; on PostgreSQL every node has one for each lane.
type writer struct {
	engine  engine
	seen    *seen
	later   []*request // what a commit has left for the next
	clients chan *request
	workers chan *request
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
}

// seen is what the writers of a store have in common.
type seen struct {
	waiting waiting
	told    atomic.Pointer[func(job.Event)] // of what followed from a commit
	metrics metrics
}

func newSeen(keep time.Duration) *seen {
	return &seen{waiting: waiting{of: map[string]known{}, keep: keep}, metrics: newMetrics()}
}

type request struct {
	op   Op
	done chan error
}

func newWriter(e engine, seen *seen) *writer {
	w := &writer{
		engine: e, seen: seen,
		clients: make(chan *request, maxBatch), workers: make(chan *request, maxBatch),
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.run()
	return w
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
		// Who can go on now brings an operation perhaps; on one processor nobody
		// would get to while the disk writes.
		runtime.Gosched()
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

// conflicts is how often a batch is run again that another node was in the way
// of.
const conflicts = 10

// commit applies the batch in one transaction. A batch that fails is run again
// in halves, so that one bad operation costs its caller alone.
func (w *writer) commit(batch []*request) {
	begun := time.Now()
	refusals, done, err := w.engine.try(batch)
	for again := 0; again < conflicts && conflicting(err); again++ {
		refusals, done, err = w.engine.try(batch)
	}
	w.seen.metrics.saw(len(batch), begun, err)
	switch {
	case err == nil:
		w.seen.waiting.changed(done.waiting)
		w.follow(done)
		for i, r := range batch {
			r.done <- refusals[i]
		}
	case len(batch) == 1 || away(err):
		if away(err) { // perhaps after its commit
			w.seen.waiting.forget()
		}
		for _, r := range batch {
			r.done <- storageError(err)
		}
	default:
		w.commit(batch[:len(batch)/2])
		w.commit(batch[len(batch)/2:])
	}
}

// refusal says whether an error is an operation's own: it has written nothing.
func refusal(err error) bool {
	return errors.Is(err, ErrFenced) || errors.Is(err, ErrUntold) || job.CodeOf(err) == job.QueueFull || job.CodeOf(err) == job.MailLimit
}

// follow tells what the transaction has changed besides, and takes up what it
// has left.
func (w *writer) follow(done *effects) {
	if told := w.seen.told.Load(); told != nil {
		for _, e := range done.followed {
			(*told)(e)
		}
	}
	for _, op := range done.later {
		w.later = append(w.later, &request{op: op, done: make(chan error, 1)})
	}
}

// close lets the writes that are waiting finish.
func (w *writer) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.stopped
	return w.engine.close()
}
