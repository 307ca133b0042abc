package app_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// contract A8, H57, H58, H59, H61, H63, J1, J2
func TestWebSocketFollowsAJob(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	busy := s.submit("long.pdf", testkit.LongPDF(2000))
	s.until(busy, "processing")
	id := s.submit("watched.pdf", testkit.LongPDF(300))
	uuid := s.get("/jobs/" + id).json(t)["alias_id"].(string)
	sockets := map[string]*socket{id: s.watch(id), uuid: s.watch(uuid)}
	for asked, w := range sockets {
		if f := w.next(); f.Status != "queued" || f.JobID != id || f.AliasID != uuid || f.Version != 1 || f.Previous != "" || f.Progress == nil {
			t.Errorf("the snapshot of %s: %+v", asked, f)
		}
	}
	s.call("/jobs/" + busy + "/cancel")
	for asked, w := range sockets {
		frames, closed := w.rest()
		if diff := cmp.Diff([]string{"processing", "completed"}, coherent(t, frames)); diff != "" {
			t.Errorf("%s: %s", asked, diff)
		}
		last := frames[len(frames)-1]
		if last.Progress == nil || *last.Progress.Percentage != 100 || last.Previous != "processing" || frames[0].Previous != "queued" {
			t.Errorf("%s: %v", asked, frames)
		}
		if len(frames) < 3 { // it takes longer than the half second between two writes of progress
			t.Errorf("%s: no progress between %v", asked, frames)
		}
		if closed.Code != websocket.StatusNormalClosure || !strings.Contains(closed.Reason, "completed") {
			t.Errorf("%s: closed with %v", asked, closed)
		}
	}
}

// Whoever comes late gets the final state and the end. // contract H60, H62, H63
func TestWebSocketOfAnEndedJob(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	done, broken := s.submit("a.pdf", testkit.PDF("x")), s.submit("b.pdf", []byte("%PDF-1.7 x"))
	s.wait(done)
	s.wait(broken)
	s.until(s.submit("long.pdf", testkit.LongPDF(2000)), "processing")
	cancelled := s.submit("c.pdf", testkit.PDF("x"))
	s.call("/jobs/" + cancelled + "/cancel")
	for id, want := range map[string][2]string{done: {"completed"}, broken: {"failed", "file_corrupted"}, cancelled: {"cancelled", "cancelled"}} {
		frames, closed := s.watch(id).rest()
		if len(frames) != 1 || frames[0].Status != want[0] || closed.Code != websocket.StatusNormalClosure {
			t.Fatalf("%s: %v, %v", want[0], frames, closed)
		}
		coherent(t, frames)
		if d := frames[0].Details; d != nil && (d.ErrorType != want[1] || d.Message == "") {
			t.Errorf("%s: %+v", want[0], d)
		}
	}
}

// contract H60, H62, J22
func TestWebSocketEnds(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	end := map[string]func(s *server, id string){
		"cancel": func(s *server, id string) { s.call("/jobs/" + id + "/cancel") },
		"delete": func(s *server, id string) { s.do(http.MethodDelete, "/jobs/"+id, "", nil) },
	}
	for name, act := range end {
		t.Run(name, func(t *testing.T) {
			s := s.on(t)
			running := s.submit("long.pdf", testkit.LongPDF(2000))
			s.until(running, "processing")
			queued := s.submit("next.pdf", testkit.PDF("x"))
			for _, test := range []struct{ id, first string }{{queued, "queued"}, {running, "processing"}} {
				w := s.watch(test.id)
				before := w.next()
				act(s, test.id)
				frames, closed := w.rest()
				words := coherent(t, append([]frame{before}, frames...))
				if diff := cmp.Diff([]string{test.first, "cancelled"}, words); diff != "" {
					t.Error(diff)
				}
				last := frames[len(frames)-1]
				if last.Details.ErrorType != "cancelled" || closed.Code != websocket.StatusNormalClosure {
					t.Errorf("ended as %+v, %v", last, closed)
				}
			}
		})
	}
	t.Run("fail", func(t *testing.T) {
		s := s.on(t)
		busy := s.submit("long.pdf", testkit.LongPDF(2000))
		s.until(busy, "processing")
		w := s.watch(s.submit("broken.pdf", []byte("%PDF-1.7 x")))
		s.call("/jobs/" + busy + "/cancel")
		frames, closed := w.rest()
		if diff := cmp.Diff([]string{"queued", "processing", "failed"}, coherent(t, frames)); diff != "" || closed.Code != websocket.StatusNormalClosure {
			t.Error(diff, closed)
		}
		if d := frames[len(frames)-1].Details; d.ErrorType != "file_corrupted" || d.Message == "" {
			t.Errorf("%+v", d)
		}
	})
}

// Who cannot be let in hears why, in a way that it can hear. // contract J28, J30
func TestWebSocketRefusals(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id := s.submit("a.pdf", testkit.PDF("x"))
	const unknown = "/jobs/job_01hm6f4yk0f8xa7zq3v5c9d2ft/status"
	for _, test := range []struct {
		name, path, origin string
		status             int
		code               websocket.StatusCode
		says               string
	}{
		{name: "unknown job", path: unknown, status: 404, says: "does not exist"},
		{name: "unknown job, to a browser", path: unknown, origin: "http://localhost:3000", code: 4404, says: "job_01hm6f4yk0f8xa7zq3v5c9d2ft"},
		{name: "a long id, to a browser", path: "/jobs/" + strings.Repeat("%C3%A9", 90) + "/status", origin: "http://localhost:3000", code: 4404, says: "é"},
		{name: "foreign page", path: "/jobs/" + id + "/status", origin: "https://example.org", code: 4403, says: "https://example.org"},
		{name: "page without an origin", path: "/jobs/" + id + "/status", origin: "null", code: 4403, says: "null"},
		{name: "name that looks like ours", path: "/jobs/" + id + "/status", origin: "http://localhost.example.org", code: 4403, says: "may not"},
		{name: "key in the address", path: "/jobs/" + id + "/status?api_key=sesame", status: 400, says: "keys are not taken from the address"},
		{name: "token in the address, to a browser", path: "/jobs/" + id + "/status?token=sesame", origin: "http://localhost", code: 4400, says: "keys are not taken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := s.on(t)
			var headers []string
			if test.origin != "" {
				headers = []string{"Origin", test.origin}
			}
			w, a := s.dial(test.path, headers...)
			if test.status != 0 {
				if w != nil || a.StatusCode != test.status || !strings.Contains(string(a.body), test.says) {
					t.Errorf("answered %d: %s", a.StatusCode, a.body)
				}
				return
			}
			if w == nil {
				t.Fatalf("answered %d: %s", a.StatusCode, a.body)
			}
			if frames, closed := w.rest(); len(frames) != 0 || closed.Code != test.code || !strings.Contains(closed.Reason, test.says) {
				t.Errorf("%v, closed with %v", frames, closed)
			}
		})
	}
	for _, origin := range []string{"http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:8000", "https://localhost"} {
		if w, a := s.dial("/jobs/"+id+"/status", "Origin", origin); w == nil || w.next().Status != "queued" {
			t.Errorf("a page of %s: %d %s", origin, a.StatusCode, a.body)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/jobs/"+id+"/status", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Upgrade", "websocket")
	r.Header.Set("Connection", "Upgrade")
	resp, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Sec-WebSocket-Version") != "13" {
		t.Errorf("half a handshake: %d %v", resp.StatusCode, resp.Header)
	}
}

// contract H64, H95, J29
func TestTenWebSocketsAnAccount(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id := s.submit("a.pdf", testkit.PDF("x"))
	var open []*socket
	for range 9 {
		w := s.watch(id)
		w.next()
		open = append(open, w)
	}
	raw := s.rawSocket(id)
	if w, a := s.dial("/jobs/" + id + "/status"); w != nil || a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || !strings.Contains(string(a.body), "10 WebSockets") {
		t.Fatalf("the eleventh: %d %s", a.StatusCode, a.body)
	}
	w, a := s.dial("/jobs/"+id+"/status", "Origin", "http://localhost:3000")
	if w == nil {
		t.Fatalf("the eleventh, of a browser: %d %s", a.StatusCode, a.body)
	}
	if frames, closed := w.rest(); len(frames) != 0 || closed.Code != 4429 || !strings.Contains(closed.Reason, "10 WebSockets") {
		t.Errorf("the eleventh, of a browser: %v, closed with %v", frames, closed)
	}
	s.events("/jobs/"+id+"/status", "").next() // is not counted

	// A client dies without a close frame.
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	open = append(open, s.untilLetIn(id))
	// Another one closes as it should.
	if err := open[0].conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	open = append(open[1:], s.untilLetIn(id))
	// All of them hear of the end, and then there is room for as many.
	s.call("/jobs/" + id + "/cancel")
	for _, w := range open {
		if frames, closed := w.rest(); len(frames) == 0 || frames[len(frames)-1].Status != "cancelled" || closed.Code != websocket.StatusNormalClosure {
			t.Errorf("%v, closed with %v", frames, closed)
		}
	}
	id = s.submit("b.pdf", testkit.PDF("x"))
	for n := range 10 {
		if w, a := s.dial("/jobs/" + id + "/status"); w == nil {
			t.Errorf("%d, after all others have ended: %d %s", n, a.StatusCode, a.body)
		}
	}
}

// rawSocket opens a WebSocket of which nothing more is read than the answer's
// first bytes.
func (s *server) rawSocket(id string) net.Conn {
	s.t.Helper()
	u, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", u.Host)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	const handshake = "GET /jobs/%s/status HTTP/1.1\r\nHost: %s\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := fmt.Fprintf(conn, handshake, id, u.Host); err != nil {
		s.t.Fatal(err)
	}
	b := make([]byte, len("HTTP/1.1 101"))
	if _, err := conn.Read(b); err != nil || string(b) != "HTTP/1.1 101" {
		s.t.Fatalf("%q, %v", b, err)
	}
	return conn
}

// untilLetIn tries until the server has seen that a slot is free.
func (s *server) untilLetIn(id string) *socket {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); s.pause() {
		if w, _ := s.dial("/jobs/" + id + "/status"); w != nil {
			return w
		}
	}
	s.t.Fatal("the slot is never free again")
	return nil
}

func TestMaxWebSockets(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0", "--max-websockets", "1")
	id := s.submit("a.pdf", testkit.PDF("x"))
	s.watch(id)
	if w, a := s.dial("/jobs/" + id + "/status"); w != nil || a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the second: %d", a.StatusCode)
	}
}

// What a client says is not listened to, but for its being too much.
func TestWebSocketIgnoresMessages(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id := s.submit("a.pdf", testkit.PDF("x"))
	w := s.watch(id)
	w.next()
	for _, text := range []string{"ping", `{"type":"subscribe"}`, ""} {
		if err := w.conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	s.call("/jobs/" + id + "/cancel")
	if frames, closed := w.rest(); len(frames) != 1 || closed.Code != websocket.StatusNormalClosure {
		t.Errorf("%v, closed with %v", frames, closed)
	}
	w = s.watch(s.submit("b.pdf", testkit.PDF("x")))
	w.next()
	if err := w.conn.Write(t.Context(), websocket.MessageBinary, make([]byte, 600)); err != nil {
		t.Fatal(err)
	}
	if frames, closed := w.rest(); len(frames) != 0 || closed.Code != websocket.StatusMessageTooBig {
		t.Errorf("%v, closed with %v", frames, closed)
	}
}

func TestServerThatStopsSaysSo(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id := s.submit("a.pdf", testkit.PDF("x"))
	w, e := s.watch(id), s.events("/jobs/"+id+"/status", "")
	w.next()
	e.next()
	closed := make(chan websocket.CloseError, 1)
	go func() {
		_, c := w.rest()
		closed <- c
	}()
	if took := s.stop(); took > ending {
		t.Errorf("stopping took %v", took)
	}
	if c := <-closed; c.Code != websocket.StatusGoingAway {
		t.Errorf("closed with %v", c)
	}
	if left := e.rest(); len(left) != 0 {
		t.Errorf("the stream of events: %v", left)
	}
}
