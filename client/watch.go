package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/client/wire"
)

const (
	// silence is how long a stream may be still; the server sends a comment every 15 s.
	silence = 45 * time.Second
	// longestEvent is the most bytes of one event.
	longestEvent = 4 << 20
	// cuts is how many streams may end with nothing said before the job is polled instead.
	cuts = 2
	// between two questions, when it is polled.
	between = time.Second
)

// Watch goes over the changes of a job as they happen, the present state
// first, and ends after the final one. It reads the server's stream, goes on
// where a stream was cut off, and asks again and again where streams do not
// pass. It ends after the first error.
func (c *Client) Watch(ctx context.Context, id string) iter.Seq2[Update, error] {
	return func(yield func(Update, error) bool) {
		w := watch{client: c, id: id, yield: yield}
		for failed := 0; !w.over && failed < cuts; {
			before := w.seen
			err := w.stream(ctx)
			switch {
			case w.over:
				return
			case ctx.Err() != nil:
				yield(Update{}, context.Cause(ctx))
				return
			case final(err):
				yield(Update{}, err)
				return
			case w.seen > before:
				failed = 0
			default:
				failed++
			}
		}
		if !w.over {
			w.poll(ctx)
		}
	}
}

// final says that asking in another way would be refused too.
func final(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status == http.StatusNotFound)
}

type watch struct {
	client *Client
	id     string
	yield  func(Update, error) bool
	seen   int // the newest version that was told
	over   bool
}

// tell gives an update to the reader, once.
func (w *watch) tell(u Update) {
	if u.Version <= w.seen {
		return
	}
	w.seen = u.Version
	w.over = !w.yield(u, nil) || u.Status.Final()
}

// stream reads one stream to its end.
func (w *watch) stream(ctx context.Context) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	q := call{method: http.MethodGet, path: path("jobs", w.id, "status"), header: http.Header{"Accept": {"text/event-stream"}}}
	if w.seen > 0 {
		q.header.Set("Last-Event-ID", strconv.Itoa(w.seen))
	}
	r, err := w.client.send(ctx, q)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Body.Close()) }()
	if r.StatusCode == http.StatusNoContent {
		w.over = true
		return nil
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream") {
		return fmt.Errorf("no stream but %q", r.Header.Get("Content-Type"))
	}
	timer := time.AfterFunc(silence, stop)
	defer timer.Stop()
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(nil, longestEvent)
	var data []byte
	for lines.Scan() {
		timer.Reset(silence)
		line := lines.Bytes()
		switch {
		case len(line) == 0 && len(data) > 0:
			var u Update
			if err := json.Unmarshal(data, &u); err != nil {
				return fmt.Errorf("read an event: %w", err)
			}
			data = nil
			if w.tell(u); w.over {
				return nil
			}
		case bytes.HasPrefix(line, []byte("data:")):
			data = append(data, bytes.TrimPrefix(line[len("data:"):], []byte(" "))...)
		}
	}
	return errors.Join(lines.Err(), io.ErrUnexpectedEOF)
}

// poll asks until the job has ended.
func (w *watch) poll(ctx context.Context) {
	for last := (Job{}); ; {
		j, err := w.client.Job(ctx, w.id)
		if err != nil {
			w.yield(Update{}, err)
			return
		}
		if j.Status != last.Status || !j.UpdatedAt.Equal(last.UpdatedAt) || j.Progress != last.Progress {
			if !w.yield(updateOf(j, last), nil) || j.Status.Final() {
				return
			}
			last = j
		}
		if err := sleep(ctx, between); err != nil {
			w.yield(Update{}, err)
			return
		}
	}
}

// updateOf says the same as a frame of the stream; the version is not known.
func updateOf(j, last Job) Update {
	u := Update{
		JobID: j.JobID, AliasID: j.AliasID, Operation: j.Operation, Status: wire.Status(j.Status),
		Progress: j.Progress, Timestamp: j.UpdatedAt, ErrorDetails: j.ErrorDetails,
	}
	if last.Status != j.Status {
		u.PreviousStatus = wire.Status(last.Status)
	}
	return u
}
