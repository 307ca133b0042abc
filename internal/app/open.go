package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/config"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/notify"
	"docket/internal/op"
	"docket/internal/safehttp"
	"docket/internal/sandbox"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/trace"
)

// node is what a process is made of.
type node struct {
	cfg        config.Config
	log        *slog.Logger
	self       job.Node
	begun      time.Time // by the database, before the first look at the blobs
	doors      *doors
	db         *store.Store
	tracer     *trace.Tracer
	blobs      *blob.Store
	pool       *sandbox.Pool
	fetcher    func() *safehttp.Client
	hub        *event.Hub
	ops        []op.Operation
	svc        *service.Service
	dispatcher *notify.Dispatcher
	closers    []func() error
}

// close closes what was opened, the last first.
func (n *node) close() error {
	var all []error
	for _, closer := range slices.Backward(n.closers) {
		all = append(all, closer())
	}
	return errors.Join(all...)
}

func (n *node) onClose(closer func() error) { n.closers = append(n.closers, closer) }

// open opens what a node is made of, and lets the jobs wait again that an
// earlier process had.
func open(ctx context.Context, cfg config.Config, role role, log *slog.Logger) (_ *node, err error) {
	n := &node{cfg: cfg, log: log, self: newNode(nodeName(), string(role), cfg.Workers)}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	if n.doors, err = listen(ctx, cfg, role, log); err != nil {
		return nil, err
	}
	n.onClose(func() error { n.doors.close(); return nil })
	if err := n.openStores(ctx); err != nil {
		return nil, err
	}
	if err := n.openEngines(ctx); err != nil {
		return nil, err
	}
	if n.svc, err = n.newService(ctx); err != nil {
		return nil, err
	}
	if err := takeOver(ctx, n.db, n.svc); err != nil {
		return nil, err
	}
	if err := n.svc.Beat(ctx, n.self, !n.db.Shared()); err != nil { // on a full disk it still answers
		log.Error("say that this node is there", "error", err)
	}
	n.dispatcher, err = newDispatcher(cfg, n.svc, n.hub, n.tracer, log)
	return n, err
}

// openStores opens what keeps jobs and documents, and what traces them.
func (n *node) openStores(ctx context.Context) (err error) {
	if n.db, err = openStore(ctx, n.cfg); err != nil {
		return err
	}
	n.onClose(n.db.Close)
	var flush func()
	if n.tracer, flush, err = startTraces(ctx, n.cfg.Trace, n.self, n.log); err != nil {
		return err
	}
	n.onClose(func() error { flush(); return nil })
	n.begun = n.db.Now()
	n.blobs, err = openBlobs(ctx, n.cfg, n.db)
	return err
}

// openEngines makes what does the work of the operations.
func (n *node) openEngines(ctx context.Context) error {
	ocr, err := sandbox.FindRecognizer(ctx, n.cfg.OCRLanguages)
	if err != nil {
		return fmt.Errorf("--ocr-languages: %w", err)
	}
	n.pool = sandbox.New(sandbox.Options{
		Children: n.cfg.Workers, CacheDir: filepath.Join(n.cfg.Data, "cache"), Limits: limits(n.cfg), OCR: ocr, Log: n.log,
	})
	n.onClose(n.pool.Close)
	remote := newModel(n.cfg.Model)
	if remote != nil {
		n.log.Info("documents and texts are shown to a model", "model", remote.Name(), "server", n.cfg.Model.URL)
		n.onClose(func() error { remote.Close(); return nil })
	}
	fetcher, done := newFetcher(n.cfg, func() bool { return n.svc.OpenMode() }) // which uses the operations
	n.onClose(func() error { done(); return nil })
	n.fetcher, n.hub, n.ops = fetcher, event.NewHub(), operations(n.pool, remote, fetcher, n.cfg)
	return nil
}

func (n *node) newService(ctx context.Context) (*service.Service, error) {
	cfg, publicURL := n.cfg, n.cfg.PublicURL
	if publicURL == "" {
		publicURL = n.doors.url()
	}
	return service.New(ctx, service.Parts{
		Store: n.db, Blobs: n.blobs, Hub: n.hub, Operations: n.ops, Pictures: op.NewPictures(n.pool), Now: n.db.Now, Log: n.log,
	}, service.Settings{
		MaxFile: cfg.MaxFile, MinFree: cfg.MinFree, Retention: cfg.Retention, Workers: cfg.Workers, Version: version(), Sockets: cfg.MaxWebSockets, PublicURL: publicURL,
		SMTP: cfg.SMTP != "", MailDomains: cfg.MailDomains, MaxMails: cfg.MaxMails, KeepActs: cfg.AuditRetention, Loopback: cfg.Loopback(), HideForeign: cfg.HideForeign, PrivateNetworks: cfg.PrivateNetworks,
		Limits: account.Limits{Reads: cfg.MaxReads, Batches: cfg.MaxBatchReads, Lists: cfg.MaxLists, Waiting: cfg.MaxWaiting},
	})
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
