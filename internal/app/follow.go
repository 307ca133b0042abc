package app

import (
	"context"
	"log/slog"
	"time"

	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/service"
	"docket/internal/store"
)

// followEvery is how soon a node knows what another one has changed of keys,
// limits and pauses.
const followEvery = time.Second

// clockEvery is how often a node compares its clock.
const clockEvery = 30 * time.Second

// follow keeps what this node remembers of a database that others change too
// like the database, until the context ends. An outage is told once.
func follow(ctx context.Context, db *store.Store, svc *service.Service, hub *event.Hub, log *slog.Logger) {
	changed := hub.Listen(func(e job.Event) bool { return e.Kind == job.EventSettings && e.Elsewhere })
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
			err = svc.Refresh(ctx)
		case <-refresh.C:
			err = svc.Refresh(ctx)
		case <-clock.C:
			err = db.SetClock(ctx)
		}
		if err != nil && !away && ctx.Err() == nil {
			log.Error("read what other nodes have changed", "error", err)
		}
		away = err != nil
	}
}
