package worker

import (
	"context"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

const (
	renewEvery = 2 * time.Second
	reapEvery  = 5 * time.Second
	foldEvery  = time.Minute
	giveUp     = 10 * time.Second // without a renewal, a worker stops its jobs before others take them
)

// keepLeases renews what this worker holds, ends what was cancelled or taken
// away, and lets other workers' lost jobs wait again.
func (w *Worker) keepLeases(ctx context.Context) {
	renew, reap, fold := time.NewTicker(renewEvery), time.NewTicker(reapEvery), time.NewTicker(foldEvery)
	defer renew.Stop()
	defer reap.Stop()
	defer fold.Stop()
	cancelled := w.hub.Listen(func(e job.Event) bool { return e.Kind == job.EventCancelRequested || e.Kind == job.EventDeleted })
	defer cancelled.Close()
	lost := time.AfterFunc(giveUp, func() { w.cancelAll(errLost) })
	defer lost.Stop()
	steady := time.Now() // since when the database has always answered, and soon
	for {
		select {
		case <-ctx.Done():
			return
		case <-cancelled.Wake():
			w.renew(ctx) // tells whose jobs they are
		case <-fold.C:
			if err := w.service.FoldCounts(ctx); err != nil && ctx.Err() == nil {
				w.log.Error("fold counts", "error", err)
			}
		case <-renew.C:
			asked := time.Now()
			answered := w.renew(ctx)
			if answered {
				lost.Reset(giveUp - time.Since(asked))
			}
			if !answered || time.Since(asked) > reapEvery {
				steady = time.Now()
			}
		case <-reap.C:
			// Right after an outage every lease looks lost, though its worker
			// only could not renew it.
			if time.Since(steady) < service.Lease {
				continue
			}
			if _, err := w.service.Reap(ctx, false); err != nil && ctx.Err() == nil {
				w.log.Error("reap leases", "error", err)
			}
		}
	}
}

// renew says whether the database answered. A job that is claimed while it
// answers is not among those asked for, and so not taken for lost.
func (w *Worker) renew(ctx context.Context) bool {
	held := w.held()
	leased, err := w.service.Renew(ctx, w.owner, held)
	if err != nil {
		if ctx.Err() == nil {
			w.log.Error("renew leases", "error", err)
		}
		return false
	}
	for _, h := range held {
		cancelled, ok := leased[h]
		switch {
		case !ok:
			w.cancel(h, errLost)
		case cancelled:
			w.cancel(h, errCancelled)
		}
	}
	return true
}

func (w *Worker) held() []service.Held {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := make([]service.Held, 0, len(w.running))
	for h := range w.running {
		held = append(held, h)
	}
	return held
}

// cancel ends the attempt's context, if it still runs.
func (w *Worker) cancel(h service.Held, why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if cancel := w.running[h]; cancel != nil {
		cancel(why)
	}
}

func (w *Worker) cancelAll(why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, cancel := range w.running {
		cancel(why)
	}
}
