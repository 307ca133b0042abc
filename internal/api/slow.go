package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"docket/internal/job"
)

// tempo is how fast a client must be: so many bytes in so much time, again and
// again. A rate lets a long upload over a slow line finish, which one time-out
// for the whole would not, and ends a client that sends a byte now and then.
type tempo struct {
	least int64
	time  time.Duration
}

// tempos are those of a client that sends and of one that reads. The kernel
// takes up to some megabytes of an answer before a slow reader is noticed, and
// then gives them out in large pieces. The time to read is the longer one: it
// runs already while the server waits for what is left of the body.
type tempos struct{ sending, reading tempo }

func usualTempos() tempos {
	return tempos{sending: tempo{20 << 10, 20 * time.Second}, reading: tempo{64 << 10, time.Minute}}
}

// steadyBody is the body of a request whose client must keep the tempo. Only
// the time counts in which the server waits for the client.
type steadyBody struct {
	io.ReadCloser
	control *http.ResponseController
	tempo   tempo
	bytes   int64         // that are still to come
	time    time.Duration // in which they are to come
}

// steady makes the client keep the tempo from now on. The deadline also ends
// the server's own reading of what a handler has left.
func steady(w http.ResponseWriter, r *http.Request, t tempo) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	b := &steadyBody{ReadCloser: r.Body, control: http.NewResponseController(w), tempo: t, bytes: t.least, time: t.time}
	b.until(time.Now().Add(t.time))
	// A deadline of an earlier answer must not hit "100 Continue".
	_ = b.control.SetWriteDeadline(time.Time{})
	if d := deadlineOf(r); d != nil {
		d.at = time.Time{}
	}
	r.Body = b
}

// until sets the deadline. Where that cannot be done there is no connection
// that could be held.
func (b *steadyBody) until(t time.Time) { _ = b.control.SetReadDeadline(t) }

// Read fails with code TooSlow when the client did not keep the tempo.
func (b *steadyBody) Read(p []byte) (int, error) {
	begin := time.Now()
	b.until(begin.Add(b.time))
	n, err := b.ReadCloser.Read(p)
	b.bytes, b.time = b.bytes-int64(n), b.time-time.Since(begin)
	if b.bytes <= 0 {
		b.bytes, b.time = b.tempo.least, b.tempo.time
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, &job.Error{Code: job.TooSlow, Err: err, Facts: job.Facts{"least": b.tempo.least, "time": b.tempo.time.String()}}
	case err != nil: // the end: from now on the server watches whether the client goes
		b.until(time.Time{})
	}
	return n, err
}

// deadline is up to when a connection can be written to. To set it costs as
// much as a good part of a poll, so it is only set anew when half of the time
// is over.
type deadline struct{ at time.Time }

type deadlineKey struct{}

// ConnContext is for the HTTP server's field of that name.
func ConnContext(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, deadlineKey{}, &deadline{})
}

// deadlineOf is that of the request's connection; nil where requests share it,
// or when the server does not keep it.
func deadlineOf(r *http.Request) *deadline {
	if r.ProtoMajor != 1 {
		return nil
	}
	d, _ := r.Context().Value(deadlineKey{}).(*deadline)
	return d
}

// lateWriter knows whether the answer has begun, and with which status, and
// makes the client read it in tempo.
type lateWriter struct {
	http.ResponseWriter
	tempo  tempo
	known  *deadline // of the connection; nil: not known
	status int       // 0 until the answer has begun
	fresh  bool      // nothing was written since the client got new time

	waited  time.Duration // for what the client asked to wait for
	account string        // of the caller, once it is known
}

func (w *lateWriter) begun() bool { return w.status != 0 }

// WriteHeader begins the answer; one like "100 Continue" comes before it.
func (w *lateWriter) WriteHeader(status int) {
	if status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// begin also ends what is left of the time for an earlier answer on the same
// connection.
func (w *lateWriter) begin(status int) {
	w.status, w.fresh = status, true
	w.renew()
}

// renew gives the client new time, at least half of that of its tempo.
func (w *lateWriter) renew() { w.tempo.renew(w.ResponseWriter, w.known, time.Now()) }

// renew gives the client of a connection new time, at least half of the tempo's;
// known is nil when it is not known until when it has.
func (t tempo) renew(w http.ResponseWriter, known *deadline, now time.Time) {
	if known != nil {
		if known.at.Sub(now) > t.time/2 {
			return
		}
		known.at = now.Add(t.time)
	}
	_ = http.NewResponseController(w).SetWriteDeadline(now.Add(t.time))
}

// Write gives the client new time for every piece. A long one is cut, or it
// would have to be taken all at once.
func (w *lateWriter) Write(p []byte) (int, error) {
	if !w.begun() {
		w.begin(http.StatusOK)
	}
	for written := 0; ; {
		if !w.fresh {
			w.renew()
		}
		w.fresh = false
		n, err := w.ResponseWriter.Write(p[written:min(len(p), written+int(w.tempo.least))])
		if written += n; err != nil || written == len(p) {
			return written, err
		}
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *lateWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
