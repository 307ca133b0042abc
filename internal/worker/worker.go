// Package worker runs jobs: it claims as many as it has slots for, keeps their
// leases, and hands their outcome to the service.
package worker

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/safehttp"
	"docket/internal/service"
	"docket/internal/trace"
)

// Why the context of a running job ends.
var (
	errCancelled = errors.New("the job was cancelled")
	errLost      = errors.New("the attempt is over")
	errShutdown  = errors.New("the worker shuts down")
)

const (
	pollEvery = time.Second     // wake-ups are hints; this alone suffices
	grace     = 4 * time.Second // at shutdown, for jobs that are nearly done
)

// Worker runs jobs in a number of slots. One without slots still looks after
// the jobs whose workers died: else nobody would when all of them have.
type Worker struct {
	service    *service.Service
	hub        *event.Hub
	operations map[job.Operation]op.Operation
	slots      int
	owner      string
	fetcher    func() *safehttp.Client
	log        *slog.Logger
	tracer     *trace.Tracer

	mu      sync.Mutex
	running map[service.Held]context.CancelCauseFunc
	free    chan struct{} // a slot came free
}

// Parts are what a worker is made of.
type Parts struct {
	Service    *service.Service
	Hub        *event.Hub
	Operations []op.Operation
	Fetcher    func() *safehttp.Client // that may reach what may be reached now
	Slots      int                     // jobs at the same time; 0: it only ends the leases of workers that died
	Owner      string                  // names the worker in leases; no other has the same
	Log        *slog.Logger
	Tracer     *trace.Tracer // nil: nothing is traced
}

// New makes a worker.
func New(p Parts) *Worker {
	w := &Worker{
		service: p.Service, hub: p.Hub, operations: map[job.Operation]op.Operation{}, slots: p.Slots, owner: p.Owner, fetcher: p.Fetcher, log: p.Log, tracer: p.Tracer,
		running: map[service.Held]context.CancelCauseFunc{}, free: make(chan struct{}, 1),
	}
	for _, o := range p.Operations {
		w.operations[o.Name()] = o
	}
	return w
}

// Run works until the context ends. Then it claims no more, gives running jobs
// a moment to finish, lets the others wait for the next worker, and returns.
func (w *Worker) Run(ctx context.Context) {
	jobs, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var wg sync.WaitGroup
	keeping, stopKeeping := context.WithCancel(jobs)
	wg.Go(func() { w.keepLeases(keeping) })

	w.claimUntil(ctx, jobs, &wg)

	timer := time.AfterFunc(grace, func() { stop(errShutdown) })
	w.drain()
	timer.Stop()
	stopKeeping()
	wg.Wait()
}

// claimUntil fills the slots until ctx ends.
func (w *Worker) claimUntil(ctx, jobs context.Context, wg *sync.WaitGroup) {
	waiting := w.hub.Listen(func(e job.Event) bool { return e.To == job.Queued || e.Kind == job.EventAttempt })
	defer waiting.Close()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for ctx.Err() == nil {
		if n := w.slots - w.busy(); n > 0 {
			claimed, err := w.service.Claim(ctx, w.owner, n)
			if err != nil && ctx.Err() == nil {
				w.log.Error("claim jobs", "error", err)
			}
			for _, j := range claimed {
				w.start(jobs, j, wg)
			}
		}
		select {
		case <-ctx.Done():
		case <-waiting.Wake():
		case <-w.free:
		case <-poll.C:
		}
	}
}

func (w *Worker) start(ctx context.Context, j job.Job, wg *sync.WaitGroup) {
	held := service.Held{ID: j.ID, Attempt: j.Attempt}
	ctx, cancel := context.WithCancelCause(ctx)
	w.mu.Lock()
	w.running[held] = cancel
	w.mu.Unlock()
	wg.Go(func() {
		defer func() {
			cancel(nil)
			w.mu.Lock()
			delete(w.running, held)
			w.mu.Unlock()
			select {
			case w.free <- struct{}{}:
			default:
			}
		}()
		w.run(ctx, j)
	})
}

func (w *Worker) busy() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.running)
}

// drain waits until no job runs.
func (w *Worker) drain() {
	for w.busy() > 0 {
		<-w.free
	}
}
