package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"docket/internal/api"
	"docket/internal/testkit"
)

// classOf says with what the requests to a route count. // contract J29
func classOf(route api.Route) string {
	lists := []string{"/jobs", "/v1/api/jobs", "/webhooks", "/webhooks/{id}/deliveries", "/keys", "/accounts", "/audit", "/batches", "/stats"}
	switch {
	case route.Method != http.MethodGet:
		return ""
	case route.Pattern == "/jobs/status", route.Pattern == "/jobs/batch/{id}":
		return "batches"
	case slices.Contains(lists, route.Pattern):
		return "lists"
	}
	for _, one := range []string{"/jobs/{id}", "/parse/{id}", "/v2/extract/{id}", "/extract/{id}", "/cite/{id}", "/classify/{id}", "/splitter/{id}", "/v1/api/jobs/{id}"} {
		if strings.HasPrefix(route.Pattern, one) {
			return "reads"
		}
	}
	return ""
}

// Every route that reads a job, many jobs or a list counts in the window of its
// key, says so in the draft's headers, and answers one too many with 429 in its
// dialect; other routes and other keys are not concerned.
// contract D3, H89, H92, H93, H94, H96, H115, J29
func TestRateLimitsOfAllRoutes(t *testing.T) {
	const reads, batches, lists = 60, 9, 17
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1", "--private-networks", "127.0.0.0/8",
		"--max-reads", strconv.Itoa(reads), "--max-batch-reads", strconv.Itoa(batches), "--max-lists", strconv.Itoa(lists))
	own1, owner := newKey(t, data, "owner", "read,write,admin")
	_, second := newKey(t, data, "owner", "read,write,admin")
	p := own(s.as(s.as(owner).keyWith(map[string]int{"reads": 1_000_000}, "read", "write")), own1)
	limits := map[string]int{"reads": reads, "batches": batches, "lists": lists}
	left := map[string]int{"reads": reads, "batches": batches, "lists": lists}
	each := func(visit func(class, path string)) {
		for _, route := range (&api.API{}).Routes() {
			if route.Method != http.MethodGet || route.Pattern == "/events" { // which would not end
				continue
			}
			for _, path := range p.paths(route.Pattern) {
				if route.Pattern == "/jobs/status" {
					path += "?job_ids=" + p.jobs["parse"][0]
				}
				visit(classOf(route), path)
			}
		}
	}
	each(func(class, path string) {
		a := s.as(owner).get(path)
		got := a.Header.Get("RateLimit-Policy")
		if class == "" {
			if got != "" || a.StatusCode == http.StatusTooManyRequests {
				t.Errorf("%s does not count: %d %s", path, a.StatusCode, got)
			}
			return
		}
		left[class]--
		if want := fmt.Sprintf("%q;q=%d;w=60", class, limits[class]); a.StatusCode == http.StatusTooManyRequests || got != want {
			t.Errorf("%s: %d, policy %s, want %s", path, a.StatusCode, got, want)
		}
		if got, want := a.Header.Get("RateLimit"), fmt.Sprintf("%q;r=%d;t=", class, left[class]); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s…", path, got, want)
		}
		if got := a.Header.Get("X-RateLimit-Remaining"); strings.HasPrefix(path, "/v1/") && got != strconv.Itoa(left[class]) {
			t.Errorf("%s: X-RateLimit-Remaining %q", path, got)
		}
	})
	use(s.as(owner), "/jobs/"+p.jobs["parse"][0], left["reads"])
	use(s.as(owner), "/jobs/batch/"+p.batch, left["batches"])
	use(s.as(owner), "/v1/api/jobs", left["lists"])
	each(func(class, path string) {
		a := s.as(owner).get(path)
		if class == "" {
			return
		}
		after, err := strconv.Atoi(a.Header.Get("Retry-After"))
		if a.StatusCode != http.StatusTooManyRequests || err != nil || after < 1 || after > 60 || !strings.Contains(string(a.body), strconv.Itoa(limits[class])) {
			t.Errorf("%s beyond the limit: %d, Retry-After %q, %s", path, a.StatusCode, a.Header.Get("Retry-After"), a.body)
		}
		if got, want := a.Header.Get("RateLimit"), fmt.Sprintf("%q;r=0;t=%d", class, after); got != want {
			t.Errorf("%s beyond the limit: %s, want %s", path, got, want)
		}
	})
	refusedStreams(s.as(owner), p.jobs["parse"][0])
	if a := s.as(second).get("/jobs/" + p.jobs["parse"][0]); a.StatusCode != http.StatusOK {
		t.Errorf("another key of the account: %d %s", a.StatusCode, a.body)
	}
	if a := s.as(owner).submitAs("parse"); a.StatusCode != http.StatusOK {
		t.Errorf("a submit is no read: %d %s", a.StatusCode, a.body)
	}
}

// keyWith makes a key of the same account with limits of its own.
func (s *server) keyWith(limits map[string]int, scopes ...string) string {
	s.t.Helper()
	return fmt.Sprint(s.send("/keys", map[string]any{"scopes": scopes, "limits": limits}).json(s.t)["key"])
}

// submitAs sends a small document to one of the routes that take one.
func (s *server) submitAs(route string) answer {
	s.t.Helper()
	return s.post("/"+route, part{"file", "a.pdf", string(testkit.PDF("x"))})
}

// use makes so many requests, all of which must be served.
func use(s *server, path string, n int) {
	s.t.Helper()
	for i := range n {
		if a := s.get(path); a.StatusCode != http.StatusOK {
			s.t.Fatalf("request %d of %d: %d %s", i+1, n, a.StatusCode, a.body)
		}
	}
}

// refusedStreams: to open a stream of a job is to read it. // contract J28
func refusedStreams(s *server, id string) {
	s.t.Helper()
	if a := s.with("/jobs/"+id+"/status", "Accept", "text/event-stream"); a.StatusCode != http.StatusTooManyRequests {
		s.t.Errorf("a stream of events: %d %s", a.StatusCode, a.body)
	}
	address := "ws" + strings.TrimPrefix(s.url, "http") + "/jobs/" + id + "/status"
	_, answer, err := websocket.Dial(s.t.Context(), address, &websocket.DialOptions{HTTPHeader: http.Header{"X-Api-Key": {s.key}}}) //nolint:bodyclose // the library closes it
	if err == nil || answer.StatusCode != http.StatusTooManyRequests {
		s.t.Errorf("a WebSocket: %v, %v", answer, err)
	}
	conn, _, err := websocket.Dial(s.t.Context(), address, &websocket.DialOptions{HTTPHeader: http.Header{"X-Api-Key": {s.key}, "Origin": {s.url}}}) //nolint:bodyclose // the library closes it
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.CloseNow() //nolint:errcheck // the server closes it
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if _, _, err := conn.Read(ctx); websocket.CloseStatus(err) != 4429 {
		s.t.Errorf("a browser's WebSocket: %v", err)
	}
}

// A key may have limits of its own, higher or lower; in open mode there are
// none. // contract J27, J29
func TestLimitsOfOneKey(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--max-reads", "2")
	id := s.submit("a.pdf", testkit.PDF("x"))
	use(s, "/jobs/"+id, 10)
	if a := s.get("/jobs/" + id); a.Header.Get("RateLimit") != "" {
		t.Errorf("open mode shows %s", a.Header.Get("RateLimit"))
	}
	_, root := newKey(t, data, "local", "read,write,admin")
	mine := s.as(s.as(root).keyWith(map[string]int{"reads": 7}, "read"))
	use(mine, "/jobs/"+id, 6)
	if a := mine.with("/jobs/"+id, "If-None-Match", mine.get("/jobs/"+id).Header.Get("ETag")); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the 8th read: %d", a.StatusCode)
	}
	use(s.as(root), "/jobs/"+id, 2)
	if a := s.as(root).get("/jobs/" + id); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the third read with a usual key: %d", a.StatusCode)
	}
}

// More jobs than may wait are refused with queue_full on every route that makes
// one, a batch as a whole; when one has gone there is room for one.
// contract J29
func TestQueueFull(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0", "--max-waiting", "3")
	first := s.submit("a.pdf", testkit.PDF("x"))
	batch := func(n int) answer {
		items := make([]map[string]string, n)
		for i := range items {
			items[i] = map[string]string{"operation": "parse", "url": "http://127.0.0.1/a.pdf"}
		}
		return s.send("/jobs/batch", map[string]any{"jobs": items})
	}
	if a := batch(3); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("three more in a batch: %d %s", a.StatusCode, a.body)
	}
	if got := at(s.get("/jobs").json(t), "pagination", "total"); got != 1.0 {
		t.Errorf("the refused batch left %v jobs", got)
	}
	if a := batch(2); a.StatusCode != http.StatusAccepted {
		t.Errorf("two more in a batch: %d %s", a.StatusCode, a.body)
	}
	file := part{"file", "a.pdf", string(testkit.PDF("x"))}
	pdf := part{"pdf_file", "a.pdf", string(testkit.PDF("x"))}
	for path, parts := range map[string][]part{
		"/jobs": {{name: "operation", content: "parse"}, file}, "/parse": {file}, "/splitter": {file, {name: "categories", content: categories}},
		"/v2/extract": {pdf, {name: "schema_data", content: `{"type":"object","properties":{"a":{"type":"string"}}}`}},
		"/classify":   {pdf, {name: "categories", content: categories}}, "/v1/api/jobs": {{name: "type", content: "document_processing"}, file},
	} {
		if a := s.post(path, parts...); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || !strings.Contains(string(a.body), "waiting") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if a := s.send("/v2/parse/upload", map[string]string{"file_name": "a.pdf"}); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("/v2/parse/upload: %d %s", a.StatusCode, a.body)
	}
	var v struct {
		Details struct {
			ErrorType string `json:"error_type"`
		} `json:"details"`
	}
	if err := json.Unmarshal(s.post("/jobs", part{name: "operation", content: "parse"}, file).body, &v); err != nil || v.Details.ErrorType != "queue_full" {
		t.Errorf("error_type %q, %v", v.Details.ErrorType, err)
	}
	if a := s.call("/jobs/" + first + "/cancel"); a.StatusCode != http.StatusAccepted {
		t.Fatalf("cancel: %d %s", a.StatusCode, a.body)
	}
	if a := s.call("/jobs/" + first + "/rerun"); a.StatusCode != http.StatusCreated {
		t.Errorf("a rerun into the room: %d %s", a.StatusCode, a.body)
	}
	if a := s.call("/jobs/" + first + "/rerun"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a rerun too many: %d %s", a.StatusCode, a.body)
	}
}

// A client that waits for "100 Continue" and is refused is told so before it
// sends the body.
func TestRefusedBeforeTheBody(t *testing.T) {
	full := serve(t, dataFolder(t), "--workers", "0", "--max-waiting", "1", "--max-file", "1MB")
	full.submit("a.pdf", testkit.PDF("x"))
	data := dataFolder(t)
	keyed := serve(t, data, "--max-file", "1MB")
	newKey(t, data, "local", "read,write")
	for name, test := range map[string]struct {
		s      *server
		head   string
		status int
	}{
		"without a key":   {keyed, "POST /jobs HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000\r\n", http.StatusUnauthorized},
		"queue full":      {full, "POST /parse HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000\r\n", http.StatusTooManyRequests},
		"too large":       {full, "POST /v1/api/jobs HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 5000000000000\r\n", http.StatusTooManyRequests},
		"a wrong type":    {full, "POST /tickets HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 50000\r\n", http.StatusUnsupportedMediaType},
		"a bad link":      {full, "PUT /uploads/x HTTP/1.1\r\nContent-Length: 50000\r\n", http.StatusForbidden},
		"an unknown path": {full, "POST /nothing HTTP/1.1\r\nContent-Length: 50000\r\n", http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if got := refusal(t, test.s, test.head); got != test.status {
				t.Errorf("answered with %d, want %d", got, test.status)
			}
		})
	}
}

// refusal sends a head that waits for "100 Continue", and gives the status of
// the first answer.
func refusal(t *testing.T, s *server, head string) int {
	t.Helper()
	address, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing more is read
	_, err1 := fmt.Fprintf(conn, "%sHost: %s\r\nExpect: 100-continue\r\n\r\n", head, address.Host)
	line, err2 := bufio.NewReader(conn).ReadString('\n')
	var status int
	_, err3 := fmt.Sscanf(line, "HTTP/1.1 %d", &status)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return status
}
