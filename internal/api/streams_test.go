package api

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/testkit"
)

// patience is how long a test waits for what should take a moment.
const patience = 3 * time.Minute

// bench is an API in this process, whose workers are the test.
type bench struct {
	t       testing.TB
	api     *API
	store   *store.Store
	service *service.Service
	server  *httptest.Server
	hub     *event.Hub
}

func newBench(t testing.TB, pace pace) *bench {
	t.Helper()
	return newBenchAt(t, pace, time.Now)
}

// newBenchAt goes by a clock that need not be this machine's.
func newBenchAt(t testing.TB, pace pace, now func() time.Time) *bench {
	t.Helper()
	db := testkit.Store(t)
	blobs, err := blob.Open(t.TempDir(), db)
	if err != nil {
		t.Fatal(err)
	}
	log, hub := slog.New(slog.DiscardHandler), event.NewHub()
	svc, err := service.New(t.Context(), service.Parts{Store: db, Blobs: blobs, Hub: hub, Now: now, Log: log}, service.Settings{Retention: time.Hour, Sockets: 10, Loopback: true, Limits: account.Limits{Reads: 1000, Batches: 100, Lists: 60}})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	a := New(Parts{Service: svc, Answers: 1 << 20, Stopping: stop, Log: log})
	a.streams.pace = pace
	b := &bench{t, a, db, svc, httptest.NewUnstartedServer(a), hub}
	b.server.EnableHTTP2 = true
	t.Cleanup(func() {
		close(stop)
		b.server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := a.Drain(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}

// running gives a job of the account that a worker has.
func (b *bench) running(of string) job.Job {
	b.t.Helper()
	j := testkit.Submit(b.t, b.store, of, time.Now())
	got, err := b.service.Claim(b.t.Context(), "w", 1)
	if err != nil || len(got) != 1 || got[0].ID != j.ID {
		b.t.Fatalf("claimed %v, %v", got, err)
	}
	return got[0]
}

func (b *bench) progress(j job.Job, pages int) {
	b.t.Helper()
	p := job.Progress{PagesCompleted: pages, Message: strings.Repeat("x", 4000)} // a few fill what the kernel holds
	if err := b.service.Progress(b.t.Context(), j, p); err != nil {
		b.t.Fatal(err)
	}
}

// sockets is how many are open.
func (b *bench) sockets() int {
	b.api.streams.slots.mu.Lock()
	defer b.api.streams.slots.mu.Unlock()
	return b.api.streams.slots.open[account.Local]
}

// until waits for a condition that nothing tells of.
func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(end) {
			b.t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// deaf opens a WebSocket whose client takes little and reads nothing.
func (b *bench) deaf(j job.Job) net.Conn {
	b.t.Helper()
	return b.ask(j, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
}

// ask opens a stream whose client takes little and reads nothing.
func (b *bench) ask(j job.Job, headers string) net.Conn {
	b.t.Helper()
	conn, err := new(net.Dialer).DialContext(b.t.Context(), "tcp", b.server.Listener.Addr().String())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(2 << 10); err != nil { //nolint:errcheck // it is one
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET /jobs/%s/status HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n", j.ID, headers); err != nil {
		b.t.Fatal(err)
	}
	return conn
}

func (b *bench) watch(j job.Job) *websocket.Conn {
	b.t.Helper()
	conn, _, err := websocket.Dial(b.t.Context(), b.server.URL+"/jobs/"+j.ID.String()+"/status", &websocket.DialOptions{HTTPClient: b.server.Client()}) //nolint:bodyclose // there is none after an upgrade
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// Who does not read is dropped, and the others do not notice.
func TestSlowReaderIsDropped(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace{heartbeat: patience, ping: patience, patience: 300 * time.Millisecond})
	b.server.Start()
	j := b.running(account.Local)
	b.deaf(j)
	conn := b.watch(j)
	b.until("two are open", func() bool { return b.sockets() == 2 })
	pages := 0
	b.until("one is dropped", func() bool {
		pages++
		b.progress(j, pages)
		for told := fmt.Appendf(nil, `"pages_completed":%d,`, pages); ; {
			_, frame, err := conn.Read(t.Context())
			if err != nil {
				t.Fatalf("the other one, after %d changes: %v", pages, err)
			}
			if bytes.Contains(frame, told) {
				return b.sockets() == 1
			}
		}
	})
}

func TestSlowReaderOfEventsIsDropped(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace{heartbeat: patience, ping: patience, patience: 300 * time.Millisecond})
	b.server.Start()
	j := b.running(account.Local)
	conn := b.ask(j, "Accept: text/event-stream")
	for all := []byte(nil); !bytes.Contains(all, []byte("id: 2\n")); {
		part := make([]byte, 100)
		n, err := conn.Read(part)
		if err != nil {
			t.Fatalf("%q, %v", all, err)
		}
		all = append(all, part[:n]...)
	}
	dropped := make(chan struct{})
	go func() {
		b.api.streams.open.Wait()
		close(dropped)
	}()
	pages := 0
	b.until("it is dropped", func() bool {
		pages++
		b.progress(j, pages)
		select {
		case <-dropped:
			return true
		default:
			return false
		}
	})
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil || bytes.HasSuffix(all, []byte("\r\n0\r\n\r\n")) || bytes.Contains(all, fmt.Appendf(nil, `"pages_completed":%d,`, pages)) {
		t.Errorf("read %d bytes of %d changes, %v: …%q", len(all), pages, err, all[max(0, len(all)-200):])
	}
}

// What a slow reader finds is the present, and only a little of the past.
func TestSlowReaderFindsTheNewestState(t *testing.T) {
	t.Parallel()
	slow := usualPace()
	slow.patience = patience // it may take long until there are so many changes
	b := newBench(t, slow)
	b.server.Start()
	j := b.running(account.Local)
	conn := b.deaf(j)
	b.until("it is open", func() bool { return b.sockets() == 1 })
	const pages = 300
	for n := range pages {
		b.progress(j, n+1)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	r, last, frames := bufio.NewReader(conn), fmt.Appendf(nil, `"pages_completed":%d,`, pages), 0
	for part := []byte(nil); !bytes.Contains(part, last); {
		var err error
		if part, err = r.ReadBytes('}'); err != nil {
			t.Fatalf("after %d frames: %v", frames, err)
		}
		frames += bytes.Count(part, []byte(`"job_id"`))
	}
	if frames > pages/2 {
		t.Errorf("%d frames of %d changes", frames, pages)
	}
}

// A client that died without a word is found out by a ping.
func TestDeadClientFreesItsSlot(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace{heartbeat: patience, ping: 20 * time.Millisecond, patience: 2 * time.Second})
	b.server.Start()
	j := b.running(account.Local)
	conn := b.deaf(j)
	alive := b.watch(j)
	ended := make(chan error, 1)
	go func() {
		var err error
		for err == nil { // which answers pings
			_, _, err = alive.Read(t.Context())
		}
		ended <- err
	}()
	b.until("both are open", func() bool { return b.sockets() == 2 })
	b.until("the dead one is found out", func() bool { return b.sockets() == 1 })
	if err := b.service.Fail(t.Context(), j, &job.Error{Code: job.Unreadable}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the other one ended with %v", err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(conn); err != nil || !bytes.Contains(all, []byte("\x03\xf0the client does not read")) {
		t.Errorf("%q, %v", all, err)
	}
}

// stream opens a stream of events and gives its lines.
func (b *bench) stream(path, ticket string) *bufio.Scanner {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	b.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.server.URL+path+"?ticket="+ticket, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json;q=0.5, Text/Event-Stream")
	resp, err := b.server.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s", path, resp.Status)
	}
	return bufio.NewScanner(resp.Body)
}

// reads looks for a line that begins so.
func (b *bench) reads(lines *bufio.Scanner, prefix string) string {
	b.t.Helper()
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), prefix) {
			return lines.Text()
		}
	}
	b.t.Fatalf("no %q: %v", prefix, lines.Err())
	return ""
}

// Over HTTP/2 the connection is not the stream's own.
func TestEventsOverBothVersionsOfHTTP(t *testing.T) {
	for version, start := range map[string]func(*bench){"1.1": func(b *bench) { b.server.Start() }, "2": func(b *bench) { b.server.StartTLS() }} {
		t.Run(version, func(t *testing.T) {
			b := newBench(t, pace{heartbeat: 20 * time.Millisecond, ping: patience, patience: patience})
			start(b)
			j := b.running(account.Local)
			lines := b.stream("/jobs/"+j.ID.String()+"/status", "")
			b.reads(lines, "retry: ")
			b.reads(lines, "id: 2")
			b.reads(lines, ": heartbeat")
			b.reads(lines, ": heartbeat")
			b.progress(j, 1)
			b.reads(lines, "id: 3")
			if err := b.service.Fail(t.Context(), j, &job.Error{Code: job.Unreadable}); err != nil {
				t.Fatal(err)
			}
			if data := b.reads(lines, "data: "); !strings.Contains(data, `"status":"processing"`) {
				t.Error(data)
			}
			if data := b.reads(lines, "data: "); !strings.Contains(data, `"status":"failed","previous_status":"processing"`) || !strings.Contains(data, `"error_type":"unreadable"`) {
				t.Error(data)
			}
			for lines.Scan() {
				if lines.Text() != "" {
					t.Errorf("after the end: %q", lines.Text())
				}
			}
			if lines.Err() != nil {
				t.Errorf("not ended, but broken off: %v", lines.Err())
			}
		})
	}
}

// An account hears of its own jobs.
func TestEventsAreOfTheAccount(t *testing.T) {
	b := newBench(t, usualPace())
	b.server.Start()
	_, secret, err := b.service.CreateKey(t.Context(), service.KeySpec{Account: "bob", Scopes: account.Read})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := b.service.Authenticate(string(secret), "")
	if err != nil {
		t.Fatal(err)
	}
	bob := account.With(t.Context(), caller)
	ticket, _, err := b.service.Ticket(bob, job.ID{})
	if err != nil {
		t.Fatal(err)
	}
	lines := b.stream("/events", ticket)
	b.reads(lines, "id: ")
	b.running(account.Local)
	j := b.running("bob")
	if data := b.reads(lines, "data: "); !strings.Contains(data, j.ID.In(job.TypeID)) {
		t.Error(data)
	}
	if _, _, err := b.service.Ticket(bob, b.running(account.Local).ID); job.CodeOf(err) != job.Forbidden {
		t.Errorf("a ticket for another's job: %v", err)
	}
}
