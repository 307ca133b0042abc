package app_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"docket/internal/api"
	"docket/internal/testkit"
)

// soakTime names the variable that makes the run longer.
const soakTime = "DOCKET_TEST_SOAK"

// Everything that the server does, mixed and again and again: every route,
// webhooks to receivers good and bad, WebSockets and event streams that are
// closed or left, documents large and broken, bodies that end early, cancels
// and deletes. When it has warmed up, memory, open files and threads stay as
// they are; when it is over, no goroutine is left of it.
func TestSoak(t *testing.T) {
	length, clients := 8*time.Second, 12
	if testing.Short() {
		length, clients = 3*time.Second, 6
	}
	if d, err := time.ParseDuration(os.Getenv(soakTime)); err == nil {
		length = d
	}
	s := serveAs(t, dataFolder(t), frugal, "--workers", "2", "--max-file", "5MB", "--max-websockets", "1000")
	s.await("the server is ready", func() bool { return s.get("/readyz").StatusCode == http.StatusOK }) // the engine may have to be compiled
	k := &soak{chaos: &chaos{server: s, seen: map[string]string{}}, routes: (&api.API{}).Routes(), documents: documents()}
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError, http.StatusGone} {
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(receiver.Close)
		k.webhooks = append(k.webhooks, fmt.Sprint(s.webhook(map[string]any{"url": receiver.URL})["id"]))
	}
	idle := s.goroutines()
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	held := watch(ctx, s, length/200)
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 11))
			for ctx.Err() == nil {
				k.act(ctx, random)
			}
		})
	}
	wg.Wait()
	held.check(t)
	// What was begun for a client ends with it; its connections may stay a while.
	few := idle + 4*clients
	s.await("no more goroutines than before, and those of idle connections", func() bool { return s.goroutines() <= few })
	t.Logf("%d goroutines before, %d afterwards", idle, s.goroutines())
	t.Logf("%d requests, %d jobs, of which %d were deleted", k.requests, len(k.ids)+k.deleted, k.deleted)
	s.stop()
	for line := range strings.Lines(s.stderr.String()) {
		if strings.Contains(line, "panic") || strings.Contains(line, "level=ERROR") {
			t.Errorf("the server said: %.500s", line)
		}
	}
}

// goroutines is how many the server has now.
func (s *server) goroutines() int {
	s.t.Helper()
	var n int
	_, rest, _ := strings.Cut(string(s.get("/metrics").body), "\ngo_goroutines ")
	if _, err := fmt.Sscan(rest, &n); err != nil {
		s.t.Fatalf("read the number of goroutines: %v", err)
	}
	return n
}

// soak is a load of everything.
type soak struct {
	*chaos
	routes    []api.Route
	documents []string
	webhooks  []string
}

// documents are small ones, long ones, broken ones, and one that is too large.
func documents() []string {
	long := string(testkit.LongPDF(60))
	return []string{
		string(testkit.PDF("Invoice total 12.50")), string(testkit.PDF("a", "b", "c")), long, long[:len(long)/2],
		"%PDF-1.4 broken", string(testkit.EncryptedPDF("secret", "x")), "", strings.Repeat("\x00\xff", 1<<20), strings.Repeat("x", 6<<20),
	}
}

func (k *soak) act(ctx context.Context, random *rand.Rand) {
	id := k.pick(random)
	switch random.IntN(20) {
	case 0, 1, 2, 3, 4:
		k.submit(random)
	case 5, 6, 7:
		k.read(random, id)
	case 8:
		k.ask(http.MethodGet, "/jobs/"+id+"?wait=0.3", "", "")
	case 9, 10:
		k.follow(ctx, "/jobs/"+id+"/status", random.IntN(2) == 0)
	case 11:
		k.follow(ctx, "/events", random.IntN(2) == 0)
	case 12, 13:
		k.socket(ctx, id, random.IntN(2) == 0)
	case 14:
		k.ask(http.MethodPost, "/jobs/"+id+"/cancel", "", "")
	case 15:
		k.made(k.ask(http.MethodPost, "/jobs/"+id+"/rerun", "", ""))
	case 16:
		k.batch(random)
	case 17:
		k.upload(random)
	case 18:
		k.cutOff(ctx, random)
	case 19:
		k.ask(http.MethodPost, "/webhooks/"+k.webhooks[random.IntN(len(k.webhooks))]+"/test", "", "")
		k.ask(http.MethodPost, "/tickets", "application/json", `{"job_id":"`+id+`"}`)
	}
}

func (k *soak) document(random *rand.Rand) string {
	if n := random.IntN(40); n < len(k.documents) {
		return k.documents[n]
	}
	return k.documents[random.IntN(2)]
}

// submit sends a document to one of the routes that take one.
func (k *soak) submit(random *rand.Rand) {
	file := func(field string) part { return part{field, "a.pdf", k.document(random)} }
	all := []struct {
		path  string
		parts []part
	}{
		{"/jobs", []part{{name: "operation", content: "parse"}, {name: "tags", content: "a,b"}, file("file")}},
		{"/jobs", []part{{name: "operation", content: "parse"}, file("file"), file("file")}},
		{"/parse", []part{file("file")}},
		{"/v2/extract", []part{{name: "schema_data", content: `{"type":"object","properties":{"total":{"type":"string"}}}`}, file("pdf_file")}},
		{"/classify", []part{{name: "categories", content: categories}, file("pdf_file")}},
		{"/splitter", []part{{name: "categories", content: categories}, file("file")}},
		{"/v1/api/jobs", []part{{name: "type", content: "document_processing"}, file("file")}},
	}
	one := all[random.IntN(len(all))]
	contentType, body := form(one.parts...)
	k.note(k.ask(http.MethodPost, one.path, contentType, body.String()))
}

// note remembers a job that was made, in whatever words.
func (k *soak) note(a answer) {
	if a.StatusCode/100 != 2 {
		return
	}
	v := a.json(k.t)
	for _, id := range []any{v["job_id"], at(v, "data", "id")} {
		if id != nil {
			k.add(fmt.Sprint(id))
		}
	}
}

// read asks one of the routes that only read, with an id where one belongs.
func (k *soak) read(random *rand.Rand, id string) {
	route := k.routes[random.IntN(len(k.routes))]
	if route.Method != http.MethodGet || route.Pattern == "/events" { // which has no end
		return
	}
	path := strings.NewReplacer("{id}", id, "{delivery}", "msg_1", "{signed}", "x", "{name}", "jobs", "{file}", "x", "{n}", "0").Replace(route.Pattern)
	if strings.HasPrefix(path, "/webhooks/") {
		path = strings.Replace(path, id, k.webhooks[random.IntN(len(k.webhooks))], 1)
	}
	k.ask(http.MethodGet, path+"?limit=20&job_ids="+id, "", "")
}

// follow reads a stream of events for a moment and closes it or leaves it.
func (k *soak) follow(ctx context.Context, path string, leave bool) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url+path, http.NoBody)
	if err != nil {
		k.t.Error(err)
		return
	}
	r.Header.Set("Accept", "text/event-stream")
	resp, err := k.client.Do(r)
	if err != nil {
		return // the time is over
	}
	if !leave {
		_, _ = io.Copy(io.Discard, resp.Body) // until the time is over
	}
	_ = resp.Body.Close()
}

// socket reads a WebSocket for a moment and closes it or leaves it.
func (k *soak) socket(ctx context.Context, id string, leave bool) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, k.url+"/jobs/"+id+"/status", &websocket.DialOptions{HTTPClient: k.client}) //nolint:bodyclose // there is none after an upgrade
	if err != nil {
		return // the job has been deleted, or the time is over
	}
	defer conn.CloseNow() //nolint:errcheck // closed already, or left
	if leave {
		return
	}
	for err == nil {
		_, _, err = conn.Read(ctx)
	}
}

func (k *soak) batch(random *rand.Rand) {
	contentType, body := form(part{name: "jobs", content: `[{"operation":"parse","file":"one"},{"operation":"parse","file":"two"}]`},
		part{"one", "a.pdf", k.document(random)}, part{"two", "b.pdf", k.document(random)})
	a := k.ask(http.MethodPost, "/jobs/batch", contentType, body.String())
	if a.StatusCode != http.StatusAccepted {
		return
	}
	v := a.json(k.t)
	for i := range 2 {
		k.add(fmt.Sprint(at(v, "jobs", i, "job_id")))
	}
	k.ask(http.MethodGet, "/jobs/batch/"+fmt.Sprint(v["batch_id"]), "", "")
}

// upload makes a job whose document is sent afterwards, or never.
func (k *soak) upload(random *rand.Rand) {
	a := k.ask(http.MethodPost, "/v2/parse/upload", "application/json", `{"file_name":"a.pdf"}`)
	k.note(a)
	if a.StatusCode != http.StatusOK || random.IntN(4) == 0 {
		return
	}
	to, err := url.Parse(fmt.Sprint(a.json(k.t)["upload_url"]))
	if err != nil {
		k.t.Error(err)
		return
	}
	k.ask(http.MethodPut, to.Path, "application/pdf", k.document(random))
}

// cutOff sends half a request and goes.
func (k *soak) cutOff(ctx context.Context, random *rand.Rand) {
	contentType, body := form(part{name: "operation", content: "parse"}, part{"file", "a.pdf", k.documents[2]})
	text := fmt.Sprintf("POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", contentType, body.Len(), body)
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(k.url, "http://"))
	if err != nil {
		return // the time is over
	}
	_, _ = io.WriteString(conn, text[:random.IntN(len(text))])
	_ = conn.Close()
}
