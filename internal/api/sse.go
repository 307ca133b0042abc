package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"docket/internal/account"
	"docket/internal/event"
	"docket/internal/job"
)

// reconnect is after how long a client that lost its stream tries again.
const reconnect = 2 * time.Second

// eventStream writes Server-Sent Events; each is sent at once.
type eventStream struct {
	patience   time.Duration
	conn       net.Conn // taken over from the HTTP server; nil where that cannot be
	w          http.ResponseWriter
	controller *http.ResponseController
}

// event sends an event of a name; data is an object.
func (s *eventStream) event(id, name string, data any) error {
	b, err := encode(data) // has no line breaks
	if err != nil {
		return err
	}
	return s.send(fmt.Appendf(nil, "id: %s\nevent: %s\ndata: %s\n\n", id, name, b))
}

// mark tells the client's cursor and nothing else.
func (s *eventStream) mark(id string) error { return s.send([]byte("id: " + id + "\n\n")) }

func (s *eventStream) heartbeat() error { return s.send([]byte(": heartbeat\n\n")) }

func (s *eventStream) send(b []byte) error {
	var err error
	limit := time.Now().Add(s.patience)
	if s.conn != nil {
		err = s.conn.SetWriteDeadline(limit)
		if err == nil {
			_, err = s.conn.Write(fmt.Appendf(nil, "%x\r\n%s\r\n", len(b), b))
		}
	} else {
		err = s.controller.SetWriteDeadline(limit)
		if err == nil {
			_, err = s.w.Write(b)
		}
		if err == nil {
			err = s.controller.Flush()
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errReader, err)
	}
	return nil
}

// end says that this is all, and not a loss of the connection.
func (s *eventStream) end() {
	if s.conn != nil {
		_, _ = s.conn.Write([]byte("0\r\n\r\n")) // a client that has gone does not need it
	}
}

// teller tells the reader of a stream what is new.
type teller func(ctx context.Context, s *eventStream) (done bool, err error)

// serveEvents answers with a stream for the caller in the context, and closes
// the listener at its end.
func (a *API) serveEvents(ctx context.Context, w http.ResponseWriter, r *http.Request, changes *event.Listener, tell teller) error {
	s, err := a.openEvents(w, r)
	if err != nil || r.Method == http.MethodHead {
		changes.Close()
		return err
	}
	if s.conn == nil {
		defer a.metrics.watch(byStream)()
		defer changes.Close()
		return a.tellEvents(ctx, s, ctx.Done(), changes, tell)
	}
	// The request ends here: what it holds would be kept as long as the stream.
	ctx, cancel := context.WithCancel(account.With(context.Background(), account.From(ctx)))
	a.streams.open.Add(1)
	gone := a.metrics.watch(byStream)
	go func() {
		defer cancel()
		forget(s.conn)
	}()
	go func() {
		defer a.streams.open.Done()
		defer gone()
		defer s.conn.Close() //nolint:errcheck // everything was written, or nobody reads it
		defer changes.Close()
		if err := a.tellEvents(ctx, s, ctx.Done(), changes, tell); err != nil {
			a.log.Error("a stream of events failed", "error", err)
		}
	}()
	return nil
}

// forget reads what the client sends until it is gone.
func forget(conn net.Conn) {
	var b [64]byte
	for {
		if _, err := conn.Read(b[:]); err != nil {
			return
		}
	}
}

func (a *API) tellEvents(ctx context.Context, s *eventStream, gone <-chan struct{}, changes *event.Listener, tell teller) error {
	err := s.send(fmt.Appendf(nil, "retry: %d\n\n", reconnect.Milliseconds()))
	if err == nil {
		good := func() error { return a.service.StillGood(account.From(ctx)) }
		_, err = a.run(gone, changes, a.streams.pace.heartbeat, func() (done bool, err error) {
			if err := good(); err != nil {
				return false, err
			}
			return tell(ctx, s)
		}, func() error { return errors.Join(good(), s.heartbeat()) })
	}
	if err == nil {
		s.end()
	}
	if job.CodeOf(err) == job.Unauthorized && err != nil {
		s.end()
		err = nil
	}
	if errors.Is(err, errReader) || ctx.Err() != nil {
		err = nil // that a reader has gone, or is too slow, is no fault
	}
	return err
}

// openEvents answers with the head of a stream.
func (a *API) openEvents(w http.ResponseWriter, r *http.Request) (*eventStream, error) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // proxies would keep it back
	if r.ProtoMajor == 1 {
		h.Set("Connection", "close")
	}
	w.WriteHeader(http.StatusOK)
	s := &eventStream{patience: a.streams.pace.patience, w: w, controller: http.NewResponseController(w)}
	if r.ProtoMajor != 1 || r.ProtoMinor != 1 || r.Method == http.MethodHead {
		return s, nil
	}
	conn, _, err := smallBuffers{w}.Hijack()
	if err != nil {
		return nil, fmt.Errorf("take the connection over: %w", err)
	}
	return &eventStream{patience: s.patience, conn: conn}, nil
}

// streamJob is GET /jobs/{id}/status with Accept: text/event-stream. A reader
// that names the last version it has gets every later change of the status; one
// that has the final state gets 204, upon which it asks no more.
// contract J1, J26
func (a *API) streamJob(w http.ResponseWriter, r *http.Request) error {
	ctx, j, err := a.admitToJob(w, r)
	if err != nil {
		return err
	}
	f := follow(j)
	if has, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && has > 0 && has <= j.Version {
		if j.Status.Final() && has == j.Version {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		events, err := a.service.Events(ctx, j)
		if err != nil {
			return err
		}
		f.resume(has, events)
	}
	return a.serveEvents(ctx, w, r, a.service.Listen(j.ID), func(ctx context.Context, s *eventStream) (done bool, err error) {
		news, err := f.news(a.streams.reads.job(ctx, f.id))
		for _, u := range news {
			if err := s.event(strconv.FormatInt(u.Version, 10), "status", u); err != nil {
				return false, err
			}
			done = u.final()
		}
		return done, err
	})
}
