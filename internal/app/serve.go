package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"docket/internal/api"
	"docket/internal/cli"
	"docket/internal/config"
	"docket/internal/dashboard"
	"docket/internal/event"
	"docket/internal/service"
	"docket/internal/worker"
)

// role is what a node does.
type role string

const (
	serving role = "serve"  // the API, and workers unless there are to be none
	working role = "worker" // workers alone
)

// Serve runs the server until the context ends.
func Serve(ctx context.Context, cfg config.Config, stdout, stderr io.Writer) error {
	return run(ctx, cfg, serving, stdout, stderr)
}

// Work runs workers without an API until the context ends.
func Work(ctx context.Context, cfg config.Config, stdout, stderr io.Writer) error {
	switch {
	case cfg.Database == "":
		return fmt.Errorf("%w: a worker needs the database of the servers that it works for: --database postgres://…", cli.ErrUsage)
	case cfg.PublicURL == "":
		return fmt.Errorf("%w: a worker needs --public-url, the address of the servers that it works for: the links in messages about its jobs lead there", cli.ErrUsage)
	case cfg.Workers == 0:
		return fmt.Errorf("%w: a worker without workers does nothing: --workers must be 1 or more", cli.ErrUsage)
	}
	return run(ctx, cfg, working, stdout, stderr)
}

// run is a node, from its start until the context ends, and not much longer.
func run(ctx context.Context, cfg config.Config, role role, stdout, stderr io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	log := newLog(cfg, stderr)
	return within(ctx, deadline(ctx, cfg.StopDelay+stopAll), log, func() error { return live(ctx, stop, cfg, role, stdout, log) })
}

// live opens what a node is made of, starts what goes on by itself, and answers
// until the context ends. stop ends it, and says why.
func live(ctx context.Context, stop context.CancelCauseFunc, cfg config.Config, role role, stdout io.Writer, log *slog.Logger) (err error) {
	untouched := make([]byte, idleHeap)
	defer runtime.KeepAlive(untouched)
	n, err := open(ctx, cfg, role, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.close()) }()
	var wg sync.WaitGroup
	late := deadline(ctx, cfg.StopDelay+stopWork)
	defer waitFor(&wg, late, n.log)
	defer stop(nil)
	n.start(ctx, &wg, stop)
	return n.answer(ctx, &wg, stdout)
}

// start lets everything go on that does not wait for requests. stop ends the
// node, and says why.
func (n *node) start(ctx context.Context, wg *sync.WaitGroup, stop context.CancelCauseFunc) {
	if n.cfg.Workers > 0 || n.db.Shared() { // one without slots takes no job, but lets those wait that others lost
		wg.Go(func() {
			if n.cfg.Workers > 0 {
				if err := n.pool.Start(ctx); err != nil {
					stop(fmt.Errorf("start the sandbox: %w", err))
					return
				}
			}
			worker.New(worker.Parts{
				Service: n.svc, Hub: n.hub, Operations: n.ops, Fetcher: n.fetcher, Slots: n.cfg.Workers, Owner: n.self.ID, Log: n.log, Tracer: n.tracer,
			}).Run(ctx)
		})
	}
	wg.Go(func() { n.dispatcher.Run(ctx) })
	wg.Go(func() { keepNode(ctx, n.svc, n.self, n.log) })
	if n.db.Shared() {
		wg.Go(func() { follower{n.hub, n.svc.Refresh, n.db.SetClock, n.log}.run(ctx) })
	}
	wg.Go(func() { sweep(ctx, n.svc, firstOrphans(n.db, n.blobs, n.begun), n.log) })
	wg.Go(func() { n.svc.TakeUploads(ctx) })
	wg.Go(func() { n.doors.keepCertificate(ctx) })
	wg.Go(func() { keepActs(ctx, n.svc, n.log) })
	wg.Go(func() { rest(ctx) })
}

// answer opens the doors, to requests, to commands on this machine and to what
// other nodes say, and greets.
func (n *node) answer(ctx context.Context, wg *sync.WaitGroup, stdout io.Writer) error {
	pages, err := dashboard.New()
	if err != nil {
		return err
	}
	stopping := make(chan struct{})
	measured := newMeasures(n.svc, n.hub, n.ops)
	defer measured.close()
	handler := api.New(api.Parts{
		Service: n.svc, Answers: api.AnswerRoom, Stopping: stopping, Log: n.log, Tracer: n.tracer,
		Edge:   api.Edge{PublicURL: n.cfg.PublicURL, PublicOrigin: n.cfg.PublicOrigin, TrustedProxies: n.cfg.TrustedProxies, AllowedOrigins: n.cfg.AllowedOrigins},
		Health: api.Health{Checks: checks(ctx, n.cfg, n.pool), Metrics: measured.handler(n.log)}, Dashboard: pages.Page,
	})
	if bus := n.db.Bus(); bus != nil {
		nodes := event.NewNodes(event.NodesOptions{
			Hub: n.hub, Bus: bus, Self: n.self.ID, Read: n.svc.Newest, Share: handler.Share, Heard: handler.Heard, Log: n.log,
		})
		wg.Go(func() { nodes.Run(ctx) })
	}
	measured.add(n.db.Collectors(), n.pool.Collectors(), n.dispatcher.Collectors(), handler.Collectors(), n.doors.collectors())
	commands, err := listenControl(ctx, n.cfg.Data)
	if err != nil {
		return err
	}
	wg.Go(func() { serveControl(ctx, commands, withBackup(handler, n.svc, n.cfg.Data, n.log), n.log) })
	first, err := firstKey(ctx, n.svc, n.cfg)
	if err != nil {
		return err
	}
	if err := greet(stdout, n.doors, n.cfg, n.svc.OpenMode(), first); err != nil {
		return err
	}
	return n.doors.serve(ctx, handler, stopping)
}

// keepActs writes what is noted of requests, now and then and at the end.
func keepActs(ctx context.Context, svc *service.Service, log *slog.Logger) {
	const every = 10 * time.Second
	for ticker := time.NewTicker(every); ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			ticker.Stop()
		}
		if err := svc.KeepActs(context.WithoutCancel(ctx)); err != nil {
			log.Error("the audit log is incomplete", "error", err)
		}
		if ctx.Err() != nil {
			return
		}
	}
}
