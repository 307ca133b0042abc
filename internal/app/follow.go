package app

import (
	"context"
	"log/slog"
	"time"

	"docket/internal/event"
	"docket/internal/job"
)

// followEvery is how late a node knows at most what another one has changed of
// keys, limits and pauses: it is told at once, or while it hears nothing every
// second.
const followEvery = 15 * time.Second

// clockEvery is how often a node compares its clock.
const clockEvery = 30 * time.Second

// follower keeps what this node remembers of a database that others change too
// like the database.
type follower struct {
	hub      *event.Hub
	refresh  func(context.Context) error // reads what others may have changed
	setClock func(context.Context) error
	log      *slog.Logger
}

// run follows until the context ends. An outage is told once.
func (f follower) run(ctx context.Context) {
	changed := f.hub.Listen(func(e job.Event) bool { return e.Kind == job.EventSettings && e.Elsewhere })
	defer changed.Close()
	refresh, clock := time.NewTicker(followEvery), time.NewTicker(clockEvery)
	defer refresh.Stop()
	defer clock.Stop()
	for away := false; ; {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-changed.Wake():
			refresh.Reset(followEvery)
			err = f.refresh(ctx)
		case <-refresh.C:
			err = f.refresh(ctx)
		case <-clock.C:
			err = f.setClock(ctx)
		}
		if err != nil && !away && ctx.Err() == nil {
			f.log.Error("read what other nodes have changed", "error", err)
		}
		away = err != nil
	}
}
