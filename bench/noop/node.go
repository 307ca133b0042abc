package noop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"docket/internal/account"
	"docket/internal/api"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/notify"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/worker"
)

const (
	plenty    = 1 << 30 // of what is limited, so that limits are checked and never reached
	maxFile   = 64 << 20
	messages  = 256
	retention = 7 * 24 * time.Hour
)

// Options are what a node is started with.
type Options struct {
	Name     string // of the node
	Folder   string // of the node's own
	Blobs    string // the folder of documents, which nodes share; empty: inside Folder
	Database string // the URL of PostgreSQL; empty: SQLite in Folder
	Workers  int    // jobs at the same time; 0: the node runs none
	Tell     Tell
	Log      *slog.Logger
}

// Node is a server without an address: its parts are wired as the real one's,
// without what has nothing to do with the way of a job.
type Node struct {
	Service *service.Service
	Hub     *event.Hub

	db       *store.Store
	api      *api.API
	stop     context.CancelFunc
	running  sync.WaitGroup
	stopping chan struct{}
}

// Open starts a node; its workers wait for jobs.
func Open(ctx context.Context, o Options) (*Node, error) {
	db, err := openStore(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	n := &Node{Hub: event.NewHub(), db: db, stop: stop, stopping: make(chan struct{})}
	if err := n.start(ctx, o); err != nil {
		stop()
		return nil, errors.Join(err, db.Close())
	}
	return n, nil
}

func openStore(ctx context.Context, o Options) (*store.Store, error) {
	if o.Database == "" {
		return store.Open(ctx, o.Folder)
	}
	return store.OpenPostgres(ctx, o.Database, store.PostgresOptions{Folder: o.Folder})
}

func (n *Node) start(ctx context.Context, o Options) error {
	folder := o.Blobs
	if folder == "" {
		folder = filepath.Join(o.Folder, "blobs")
	}
	blobs, err := blob.Open(folder, n.db)
	if err != nil {
		return fmt.Errorf("open the documents: %w", err)
	}
	ops := []op.Operation{operation{o.Tell}}
	n.Service, err = service.New(ctx, service.Parts{
		Store: n.db, Blobs: blobs, Hub: n.Hub, Operations: ops, Now: n.db.Now, Log: o.Log,
	}, service.Settings{
		MaxFile: maxFile, Retention: retention, Workers: o.Workers, Version: "bench", Sockets: plenty, PublicURL: "http://127.0.0.1", Loopback: true,
		Limits: account.Limits{Reads: plenty, Batches: plenty, Lists: plenty, Waiting: plenty},
	})
	if err != nil {
		return fmt.Errorf("make the service: %w", err)
	}
	if err := n.Service.Beat(ctx, job.Node{ID: o.Name, Host: o.Name, Role: "serve", Version: "bench", Slots: o.Workers, Started: time.Now().UTC()}, !n.db.Shared()); err != nil {
		return err
	}
	n.api = api.New(api.Parts{Service: n.Service, Stopping: n.stopping, Log: o.Log})
	outbox, err := notify.NewOutbox(filepath.Join(o.Folder, "outbox"), "bench@localhost", time.Now)
	if err != nil {
		return fmt.Errorf("make the outbox: %w", err)
	}
	n.keep(ctx, o, ops, outbox)
	return nil
}

// keep starts what runs until the node is closed.
func (n *Node) keep(ctx context.Context, o Options, ops []op.Operation, outbox *notify.Outbox) {
	dispatcher := notify.NewDispatcher(notify.Parts{
		Service: n.Service, Hub: n.Hub, Webhooks: notify.NewWebhooks(notify.WebhookOptions{UserAgent: "Docket"}), Mail: outbox,
		AllowLoopback: n.Service.OpenMode, Slots: messages, Owner: o.Name, Log: o.Log,
	})
	n.running.Go(func() { dispatcher.Run(ctx) })
	if o.Workers > 0 {
		w := worker.New(worker.Parts{Service: n.Service, Hub: n.Hub, Operations: ops, Slots: o.Workers, Owner: o.Name, Log: o.Log})
		n.running.Go(func() { w.Run(ctx) })
	}
	if bus := n.db.Bus(); bus != nil {
		nodes := event.NewNodes(event.NodesOptions{
			Hub: n.Hub, Bus: bus, Self: o.Name, Read: n.Service.Newest, Share: n.api.Share, Heard: n.api.Heard, Log: o.Log,
		})
		n.running.Go(func() { nodes.Run(ctx) })
	}
}

// Submit hands in a document as a library would; the job is on disk when it
// returns.
func (n *Node) Submit(ctx context.Context, document string) (job.ID, error) {
	u, err := n.Service.Begin(nil)
	if err != nil {
		return job.ID{}, err
	}
	defer u.Discard()
	if err := u.Input("document.txt", "text/plain", strings.NewReader(document)); err != nil {
		return job.ID{}, err
	}
	var id job.ID
	_, err = u.Submit(account.With(ctx, account.Everyone()), job.Spec{
		Account: account.Everyone().ID, Operation: job.Parse, Spelling: job.TypeID, Route: "/jobs",
	}, func(j job.Job) (service.Answer, error) {
		id = j.ID
		return service.Answer{}, nil
	})
	return id, err
}

// serve answers requests until the node is closed.
func (n *Node) serve(l net.Listener) error {
	s := &http.Server{Handler: n.api, ReadHeaderTimeout: 10 * time.Second, ConnContext: api.ConnContext}
	go func() {
		<-n.stopping
		_ = s.Close() // nobody waits for an answer any more
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Close ends the node.
func (n *Node) Close() error {
	close(n.stopping)
	n.stop()
	n.running.Wait()
	return n.db.Close()
}
