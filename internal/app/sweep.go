package app

import (
	"context"
	"log/slog"
	"time"

	"docket/internal/service"
)

// How often what is past its time is removed. Nobody sees it later than its
// time, so this only says when its room is free.
const (
	sweepEvery  = time.Minute
	orphanEvery = time.Hour
)

// sweep removes what is past its time, at once and then at intervals, until
// the context ends. before is what SweepOrphans takes the first time.
func sweep(ctx context.Context, s *service.Service, before time.Time, log *slog.Logger) {
	expired, orphans := time.NewTicker(sweepEvery), time.NewTicker(orphanEvery)
	defer expired.Stop()
	defer orphans.Stop()
	sweepExpired(ctx, s, log)
	sweepOrphans(ctx, s, before, log)
	for {
		select {
		case <-ctx.Done():
			return
		case <-expired.C:
			sweepExpired(ctx, s, log)
		case <-orphans.C:
			sweepOrphans(ctx, s, s.Now().Add(-service.OrphanAge), log)
		}
	}
}

func sweepExpired(ctx context.Context, s *service.Service, log *slog.Logger) {
	swept, err := s.Sweep(ctx)
	if err != nil && ctx.Err() == nil {
		log.Error("sweep", "error", err)
	}
	if swept != (service.Swept{}) {
		log.Info("removed what is past its time", "jobs", swept.Jobs, "uploads", swept.Uploads, "deliveries", swept.Deliveries, "keys", swept.Keys, "sources", swept.Sources, "acts", swept.Acts)
	}
}

func sweepOrphans(ctx context.Context, s *service.Service, before time.Time, log *slog.Logger) {
	n, err := s.SweepOrphans(ctx, before)
	if err != nil && ctx.Err() == nil {
		log.Error("sweep files that belong to nobody", "error", err)
	}
	if n > 0 {
		log.Info("removed files that belong to nobody", "jobs", n)
	}
}
