package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"docket/internal/account"
	"docket/internal/api"
	"docket/internal/cli"
	"docket/internal/config"
	"docket/internal/dashboard"
	"docket/internal/event"
	"docket/internal/notify"
	"docket/internal/op"
	"docket/internal/safehttp"
	"docket/internal/sandbox"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/trace"
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

// run is a node.
func run(ctx context.Context, cfg config.Config, role role, stdout, stderr io.Writer) (err error) {
	untouched := make([]byte, idleHeap)
	defer runtime.KeepAlive(untouched)
	log := newLog(cfg, stderr)
	doors, err := listen(ctx, cfg, role, log)
	if err != nil {
		return err
	}
	defer doors.close()
	db, err := openStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	node := newNode(nodeName(), string(role), cfg.Workers)
	tracer, flush, err := startTraces(ctx, cfg.Trace, node, log)
	if err != nil {
		return err
	}
	defer flush()
	start := time.Now()
	blobs, err := openBlobs(ctx, cfg, db)
	if err != nil {
		return err
	}
	ocr, err := sandbox.FindRecognizer(ctx, cfg.OCRLanguages)
	if err != nil {
		return fmt.Errorf("--ocr-languages: %w", err)
	}
	pool := sandbox.New(sandbox.Options{
		Children: cfg.Workers, CacheDir: filepath.Join(cfg.Data, "cache"), Limits: limits(cfg), OCR: ocr, Log: log,
	})
	defer func() { err = errors.Join(err, pool.Close()) }()
	publicURL := cfg.PublicURL
	if publicURL == "" {
		publicURL = doors.url()
	}
	remote := newModel(cfg.Model)
	if remote != nil {
		log.Info("documents and texts are shown to a model", "model", remote.Name(), "server", cfg.Model.URL)
		defer remote.Close()
	}
	var svc *service.Service // the operations are part of it, and fetch as it allows
	fetcher, done := newFetcher(cfg, func() bool { return svc.OpenMode() })
	defer done()
	hub, ops := event.NewHub(), operations(pool, remote, fetcher, cfg)
	svc, err = service.New(ctx, service.Parts{
		Store: db, Blobs: blobs, Hub: hub, Operations: ops, Pictures: op.NewPictures(pool), Now: db.Now, Log: log,
	}, service.Settings{
		MaxFile: cfg.MaxFile, MinFree: cfg.MinFree, Retention: cfg.Retention, Workers: cfg.Workers, Version: version(), Sockets: cfg.MaxWebSockets, PublicURL: publicURL,
		SMTP: cfg.SMTP != "", MailDomains: cfg.MailDomains, MaxMails: cfg.MaxMails, KeepActs: cfg.AuditRetention, Loopback: cfg.Loopback(), HideForeign: cfg.HideForeign, PrivateNetworks: cfg.PrivateNetworks,
		Limits: account.Limits{Reads: cfg.MaxReads, Batches: cfg.MaxBatchReads, Lists: cfg.MaxLists, Waiting: cfg.MaxWaiting},
	})
	if err != nil {
		return err
	}
	if err := takeOver(ctx, db, svc); err != nil {
		return err
	}
	if err := svc.Beat(ctx, node, !db.Shared()); err != nil { // on a full disk it still answers
		log.Error("say that this node is there", "error", err)
	}
	dispatcher, err := newDispatcher(cfg, svc, hub, tracer, log)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if cfg.Workers > 0 || db.Shared() { // one without slots takes no job, but lets those wait that others lost
		wg.Go(func() {
			if cfg.Workers > 0 {
				if err := pool.Start(ctx); err != nil {
					stop(fmt.Errorf("start the sandbox: %w", err))
					return
				}
			}
			worker.New(worker.Parts{
				Service: svc, Hub: hub, Operations: ops, Fetcher: fetcher, Slots: cfg.Workers, Owner: node.ID, Log: log, Tracer: tracer,
			}).Run(ctx)
		})
	}
	wg.Go(func() { dispatcher.Run(ctx) })
	wg.Go(func() { keepNode(ctx, svc, node, log) })
	if db.Shared() {
		wg.Go(func() { follower{hub, svc.Refresh, db.SetClock, log}.run(ctx) })
	}
	wg.Go(func() { sweep(ctx, svc, firstOrphans(db, blobs, start), log) })
	wg.Go(func() { svc.TakeUploads(ctx) })
	wg.Go(func() { rest(ctx) })
	wg.Go(func() { doors.keepCertificate(ctx) })
	pages, err := dashboard.New()
	if err != nil {
		return err
	}
	stopping := make(chan struct{})
	measured := newMeasures(svc, hub, ops)
	defer measured.close()
	handler := api.New(api.Parts{
		Service: svc, Answers: api.AnswerRoom, Stopping: stopping, Log: log, Tracer: tracer,
		Edge:   api.Edge{PublicURL: cfg.PublicURL, PublicOrigin: cfg.PublicOrigin, TrustedProxies: cfg.TrustedProxies, AllowedOrigins: cfg.AllowedOrigins},
		Health: api.Health{Checks: checks(ctx, cfg, pool), Metrics: measured.handler(log)}, Dashboard: pages.Page,
	})
	if bus := db.Bus(); bus != nil {
		nodes := event.NewNodes(event.NodesOptions{
			Hub: hub, Bus: bus, Self: node.ID, Read: svc.Newest, Share: handler.Share, Heard: handler.Heard, Log: log,
		})
		wg.Go(func() { nodes.Run(ctx) })
	}
	measured.add(db.Collectors(), pool.Collectors(), dispatcher.Collectors(), handler.Collectors(), doors.collectors())
	commands, err := listenControl(ctx, cfg.Data)
	if err != nil {
		return err
	}
	wg.Go(func() { serveControl(ctx, commands, withBackup(handler, svc, cfg.Data, log), log) })
	wg.Go(func() { keepActs(ctx, svc, log) })
	first, err := firstKey(ctx, svc, cfg)
	if err != nil {
		return err
	}
	if err := greet(stdout, doors, cfg, svc.OpenMode(), first); err != nil {
		return err
	}
	return doors.serve(ctx, handler, stopping)
}

// openStore opens the database of the settings.
func openStore(ctx context.Context, cfg config.Config) (*store.Store, error) {
	if cfg.Database == "" {
		return store.Open(ctx, cfg.Data)
	}
	return store.OpenPostgres(ctx, cfg.Database, store.PostgresOptions{Folder: cfg.Data})
}

// takeOver lets the jobs and messages wait again that an earlier process had.
// Where this one owns the database, nobody else has any; where it does not,
// their leases end by themselves.
func takeOver(ctx context.Context, db *store.Store, svc *service.Service) error {
	if db.Shared() {
		return nil
	}
	if _, err := svc.Reap(ctx, true); err != nil {
		return err
	}
	return svc.ReleaseDeliveries(ctx, true)
}

// newFetcher gives what fetches documents: only in open mode, which is this
// machine's own, from this machine.
func newFetcher(cfg config.Config, open func() bool) (fetcher func() *safehttp.Client, done func()) {
	local := safehttp.New(safehttp.Options{UserAgent: "Docket", AllowCIDRs: cfg.PrivateNetworks, AllowLoopback: true})
	public := safehttp.New(safehttp.Options{UserAgent: "Docket", AllowCIDRs: cfg.PrivateNetworks})
	fetcher = func() *safehttp.Client {
		if open() {
			return local
		}
		return public
	}
	return fetcher, func() { local.Close(); public.Close() }
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

// messages under way at the same time, most of which wait for an answer.
const messages = 256

// newDispatcher makes what tells people. Without a mail server, e-mails are
// written to the data folder. // contract J25
func newDispatcher(cfg config.Config, svc *service.Service, hub *event.Hub, tracer *trace.Tracer, log *slog.Logger) (*notify.Dispatcher, error) {
	p := notify.Parts{
		Service: svc, Hub: hub, Webhooks: notify.NewWebhooks(notify.WebhookOptions{UserAgent: "Docket"}),
		AllowLoopback: svc.OpenMode, AllowCIDRs: cfg.PrivateNetworks, Slots: messages, Owner: nodeName(), Log: log, Tracer: tracer,
	}
	if cfg.SMTP != "" {
		mailer, err := notify.NewMailer(notify.MailOptions{URL: cfg.SMTP, From: cfg.MailFrom})
		if err != nil {
			return nil, fmt.Errorf("--smtp: %w", err)
		}
		p.Mail = mailer
		return notify.NewDispatcher(p), nil
	}
	outbox, err := notify.NewOutbox(filepath.Join(cfg.Data, "outbox"), cfg.MailFrom, time.Now)
	if err != nil {
		return nil, fmt.Errorf("make the outbox: %w", err)
	}
	p.Mail = outbox
	return notify.NewDispatcher(p), nil
}

// nodeName names this process in leases; no other ever has the same.
func nodeName() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), hex.EncodeToString(b[:]))
}
