package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"docket/internal/account"
	"docket/internal/api"
	"docket/internal/config"
	"docket/internal/event"
	"docket/internal/sandbox"
	"docket/internal/service"
	"docket/internal/store"
)

// controlSocket is where commands on this machine reach a running server: it
// serves the API, and whoever may open it is the operator. // design 4
const controlSocket = "control.sock"

// asOperator lets every request be the operator's.
func asOperator(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(account.With(r.Context(), account.Operator())))
	})
}

// listenControl opens the socket in the data folder, for its owner alone.
func listenControl(ctx context.Context, folder string) (net.Listener, error) {
	path, done, err := socketPath(folder)
	if err != nil {
		return nil, err
	}
	defer done()
	// What a killed server left behind; that the folder is ours says its lock.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the old control socket: %w", err)
	}
	old := syscall.Umask(0o177)
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	// Its path may be one that is good in this call alone; the lock's owner
	// removes it at the next start.
	if l, ok := l.(*net.UnixListener); ok {
		l.SetUnlinkOnClose(false)
	}
	return l, nil
}

// serveControl answers commands until ctx ends.
func serveControl(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) {
	server := &http.Server{Handler: asOperator(h), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		log.Error("the control socket failed", "error", err)
	}
}

// control calls the API of the server that owns a data folder.
type control struct {
	client *http.Client
	stop   func() error // ends the server that lives as long as the command
}

// openControl reaches the server of the data folder, or, when none runs, one of
// its own that lives as long as the command. The error says when the folder is
// in use by something that does not listen.
func openControl(ctx context.Context, cfg config.Config) (*control, error) {
	folder := cfg.Data
	if c, err := dialControl(ctx, folder); err == nil {
		return c, nil
	}
	if _, err := os.Stat(folder); err != nil && cfg.Database == "" {
		return nil, fmt.Errorf("there is no data folder: %w; name it with --data", err)
	}
	db, err := openStore(ctx, cfg)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	stop := func() error {
		cancel()
		wg.Wait()
		return errors.Join(tellNodes(db), db.Close())
	}
	h, err := offlineAPI(ctx, db, folder)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	l, err := listenControl(ctx, folder)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	wg.Go(func() { serveControl(ctx, l, h, slog.New(slog.DiscardHandler)) })
	c, err := dialControl(ctx, folder)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	c.stop = stop
	return c, nil
}

// tellNodes has the servers of a shared database read what a command may have
// changed; the command is none of them, and nobody hears its own events.
func tellNodes(db *store.Store) error {
	bus := db.Bus()
	if bus == nil {
		return nil
	}
	return event.Look(context.Background(), bus)
}

func offlineAPI(ctx context.Context, db *store.Store, folder string) (http.Handler, error) {
	blobs, err := lastBlobs(ctx, folder, db)
	if err != nil {
		return nil, err
	}
	usual, err := config.Load(nil, func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	svc, err := service.New(ctx, service.Parts{
		Store: db, Blobs: blobs, Hub: event.NewHub(), Now: db.Now, Log: log,
		Operations: operations(sandbox.New(sandbox.Options{Log: log}), nil, nil, config.Config{}), // by name alone: nothing runs here
	}, service.Settings{Retention: usual.Retention})
	if err != nil {
		return nil, err
	}
	return withBackup(api.New(api.Parts{Service: svc, Stopping: ctx.Done(), Log: log}), svc, folder, log), nil
}

// dialControl reaches a server that runs.
func dialControl(ctx context.Context, folder string) (*control, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, done, err := socketPath(folder)
		if err != nil {
			return nil, err
		}
		defer done()
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	conn, err := dial(ctx, "", "")
	if err != nil {
		return nil, err
	}
	return &control{client: &http.Client{Transport: &http.Transport{DialContext: dial}}}, conn.Close()
}

func (c *control) close() error {
	c.client.CloseIdleConnections()
	if c.stop == nil {
		return nil
	}
	return c.stop()
}

// call sends a JSON body, or none when it is nil, and decodes the answer. The
// error is what the server says is wrong.
func (c *control) call(ctx context.Context, method, path string, body, into any) error {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", method, path, err)
		}
		content = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://docket"+path, content)
	if err != nil {
		return fmt.Errorf("make the request %s %s: %w", method, path, err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return fmt.Errorf("call the server: %w", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return refusalOf(b)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("decode the server's answer: %w", err)
	}
	return nil
}

// refusalOf reads the message of an error body.
func refusalOf(body []byte) error {
	var problem struct {
		Details struct {
			Message string `json:"message"`
		} `json:"details"`
	}
	if err := json.Unmarshal(body, &problem); err != nil || problem.Details.Message == "" {
		return fmt.Errorf("the server answers %q", body)
	}
	return errors.New(problem.Details.Message)
}
