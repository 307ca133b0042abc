package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"docket/internal/testkit"
)

// receiver keeps what it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int // of its answers
	calls  []call
}

type call struct {
	header http.Header
	raw    []byte
	body   map[string]any
}

func listen(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, _ := io.ReadAll(req.Body)
		c := call{header: req.Header, raw: raw}
		if err := json.Unmarshal(raw, &c.body); err != nil || req.Method != http.MethodPost {
			t.Errorf("%s with %q", req.Method, raw)
		}
		r.mu.Lock()
		r.calls = append(r.calls, c)
		status := r.status
		r.mu.Unlock()
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// got waits until as many calls as wanted have come in.
func (r *receiver) got(s *server, n int) []call {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); s.pause() {
		r.mu.Lock()
		calls := slices.Clone(r.calls)
		r.mu.Unlock()
		if len(calls) >= n {
			return calls
		}
	}
	s.t.Fatalf("%d of %d messages came: %s", len(r.calls), n, s.stderr)
	return nil
}

func (s *server) webhook(fields map[string]any) map[string]any {
	s.t.Helper()
	a := s.send("/webhooks", fields)
	if a.StatusCode != http.StatusCreated {
		s.t.Fatalf("register a webhook: %d %s", a.StatusCode, a.body)
	}
	return a.json(s.t)
}

// contract H78–H82, H118, E, J24
func TestWebhookTellsEveryChange(t *testing.T) {
	s, r := serve(t, dataFolder(t), "--workers", "1"), listen(t)
	hook := s.webhook(map[string]any{"url": r.URL + "/hook"})
	id := s.submit("a.pdf", testkit.PDF("Tell me."))
	s.wait(id)
	calls := r.got(s, 3)
	slices.SortFunc(calls, func(a, b call) int { return int(a.body["sequence"].(float64) - b.body["sequence"].(float64)) })
	verifier, err := standardwebhooks.NewWebhook(hook["secret"].(string))
	if err != nil {
		t.Fatal(err)
	}
	var moves [][2]any
	for _, c := range calls {
		moves = append(moves, [2]any{c.body["previous_status"], c.body["current_status"]})
		if err := verifier.Verify(c.raw, c.header); err != nil {
			t.Errorf("signature: %v", err)
		}
		b := c.body
		if b["event"] != "job.status_changed" || b["job_id"] != id || b["status"] != b["current_status"] || b["event_id"] != c.header.Get("Webhook-Id") || b["timestamp"] == nil ||
			at(b, "progress", "percentage") == nil || at(b, "progress", "files_completed") == nil || at(b, "progress", "total_files") != 1.0 || c.header.Get("Content-Type") != "application/json" {
			t.Errorf("told %s", c.raw)
		}
	}
	if diff := cmp.Diff([][2]any{{nil, "queued"}, {"queued", "processing"}, {"processing", "completed"}}, moves); diff != "" {
		t.Error(diff)
	}
	last := calls[2].body
	if at(last, "result", "chunks", 0, "text") != "Tell me." || !strings.HasSuffix(fmt.Sprint(last["result_url"]), "/jobs/"+id+"/result") || last["error"] != nil {
		t.Errorf("told %v", last)
	}
	// The receiver has a message before its answer is written down.
	var list map[string]any
	for end := time.Now().Add(patience); time.Now().Before(end); s.pause() {
		list = s.get("/webhooks/" + hook["id"].(string) + "/deliveries").json(t)
		if at(list, "deliveries", 0, "status") == "delivered" {
			break
		}
	}
	if at(list, "pagination", "total") != 3.0 || at(list, "deliveries", 0, "status") != "delivered" || at(list, "deliveries", 0, "attempts", 0, "status") != 200.0 ||
		at(list, "deliveries", 0, "attempts", 0, "request_headers", "webhook-id") != at(list, "deliveries", 0, "id") {
		t.Errorf("deliveries %v", list)
	}
}

// The seed's receiver of classifications reads status, result and error.
// contract H118, H119
func TestWebhookOfAClassification(t *testing.T) {
	s, r := serve(t, dataFolder(t), "--workers", "1"), listen(t)
	s.webhook(map[string]any{"url": r.URL, "events": []string{"completed", "failed"}, "operations": []string{"classify"}})
	for _, file := range []string{string(testkit.PDF(letterText)), "%PDF-1.4 broken"} {
		s.wait(s.post("/classify", part{"pdf_file", "a.pdf", file}, part{name: "categories", content: categories}).json(t)["job_id"].(string))
	}
	s.wait(s.submit("other.pdf", testkit.PDF("not asked for")))
	calls := r.got(s, 2)
	byStatus := map[any]map[string]any{}
	for _, c := range calls {
		byStatus[c.body["status"]] = c.body
	}
	if b := byStatus["completed"]; at(b, "result", "classification") != "letter" || at(b, "result", "confidence") == nil || len(fmt.Sprint(b["job_id"])) != 36 {
		t.Errorf("completed: %v", b)
	}
	if b := byStatus["failed"]; b["error"] == nil || b["result"] != nil || at(b, "error_details", "error_type") != "file_corrupted" {
		t.Errorf("failed: %v", b)
	}
}

func TestWebhookOfOneJob(t *testing.T) {
	s, r := serve(t, dataFolder(t)), listen(t)
	secret := s.get("/webhooks/secret").json(t)["secret"].(string)
	a := s.send("/jobs", map[string]any{"operation": "parse", "url": library(t).URL + "/one.pdf", "webhook_url": r.URL})
	if a.StatusCode != http.StatusAccepted {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	path := "/jobs/" + a.json(t)["job_id"].(string) + "/deliveries"
	for end := time.Now().Add(patience); at(s.get(path).json(t), "deliveries", 2, "status") != "delivered" && time.Now().Before(end); {
		s.pause()
	}
	if v := s.get(path).json(t); at(v, "deliveries", 0, "target") != r.URL || at(v, "deliveries", 2, "attempts", 0, "status") != 200.0 {
		t.Errorf("deliveries of the job: %v", v)
	}
	old, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.got(s, 3) {
		if err := old.Verify(c.raw, c.header); err != nil {
			t.Error(err)
		}
	}
	// After a rotation both secrets verify.
	rotated := s.call("/webhooks/secret").json(t)
	if rotated["secret"] == secret || rotated["old_secret_valid_until"] == nil {
		t.Errorf("rotated: %v", rotated)
	}
	current, err := standardwebhooks.NewWebhook(rotated["secret"].(string))
	if err != nil {
		t.Fatal(err)
	}
	s.send("/jobs", map[string]any{"operation": "parse", "url": library(t).URL + "/one.pdf", "webhook_url": r.URL})
	for _, c := range r.got(s, 6)[3:] {
		if err := current.Verify(c.raw, c.header); err != nil {
			t.Error(err)
		}
		if err := old.Verify(c.raw, c.header); err != nil {
			t.Error(err)
		}
	}
}

func TestWebhookIsTriedAgainAndReplayed(t *testing.T) {
	s, r := serve(t, dataFolder(t)), listen(t)
	hook := s.webhook(map[string]any{"url": r.URL, "events": []string{"completed"}})
	path := "/webhooks/" + hook["id"].(string)
	r.answer(http.StatusInternalServerError)
	s.wait(s.submit("a.pdf", testkit.PDF("x")))
	first := r.got(s, 1)[0]
	r.answer(http.StatusOK)
	second := r.got(s, 2)[1] // five seconds later
	if id := first.header.Get("Webhook-Id"); id == "" || id != second.header.Get("Webhook-Id") || !bytes.Equal(first.raw, second.raw) {
		t.Errorf("tried again as %v, first %v", second.header, first.header)
	}
	delivery := fmt.Sprint(at(s.get(path+"/deliveries?status=delivered").json(t), "deliveries", 0, "id"))
	for end := time.Now().Add(patience); delivery == "<nil>" && time.Now().Before(end); s.pause() {
		delivery = fmt.Sprint(at(s.get(path+"/deliveries?status=delivered").json(t), "deliveries", 0, "id"))
	}
	v := s.get(path + "/deliveries/" + delivery).json(t)
	if at(v, "attempts", 0, "status") != 500.0 || at(v, "attempts", 1, "status") != 200.0 || at(v, "attempts", 2) != nil {
		t.Errorf("attempts %v", v["attempts"])
	}
	if a := s.call(path + "/deliveries/" + delivery + "/replay"); a.StatusCode != http.StatusAccepted || a.json(t)["replayed"] != 1.0 {
		t.Errorf("replay: %d %s", a.StatusCode, a.body)
	}
	if third := r.got(s, 3)[2]; third.header.Get("Webhook-Id") != delivery {
		t.Errorf("replayed as %v", third.header)
	}
	if a := s.call(path + "/test"); a.StatusCode != http.StatusAccepted {
		t.Errorf("test: %d %s", a.StatusCode, a.body)
	}
	if b := r.got(s, 4)[3].body; b["event"] != "webhook.test" {
		t.Errorf("test told %v", b)
	}
	if a := s.send(path+"/replay", map[string]any{"after": "2000-01-01T00:00:00Z"}); a.StatusCode != http.StatusAccepted || a.json(t)["replayed"].(float64) < 1 {
		t.Errorf("replay of a range: %d %s", a.StatusCode, a.body)
	}
	// 410 ends it.
	r.answer(http.StatusGone)
	s.wait(s.submit("a.pdf", testkit.PDF("x")))
	for end := time.Now().Add(patience); s.get(path).json(t)["enabled"] == true && time.Now().Before(end); {
		s.pause()
	}
	if v := s.get(path).json(t); v["enabled"] != false || v["disabled_reason"] == nil {
		t.Errorf("after 410: %v", v)
	}
	if a := s.call(path + "/enable"); a.json(t)["enabled"] != true {
		t.Errorf("enable: %s", a.body)
	}
	if a := s.do(http.MethodDelete, path, "", nil); a.StatusCode != http.StatusOK || s.get(path).StatusCode != http.StatusNotFound {
		t.Errorf("delete: %d %s", a.StatusCode, a.body)
	}
}

func TestBadWebhooksAreRefused(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	for _, body := range []string{
		`{}`, `{"url":5}`, `{"url":""}`, `{"url":"ftp://example.com"}`, `{"url":"http://user:pw@example.com"}`, `{"url":"https://example.com","events":["done"]}`,
		`{"url":"https://example.com","operations":["shred"]}`, `{"url":"https://example.com","allow_cidrs":["10.0.0.1"]}`, `{"url":"https://example.com","colour":"red"}`, `[`,
	} {
		if a := s.do(http.MethodPost, "/webhooks", "application/json", strings.NewReader(body)); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, a.StatusCode, a.body)
		}
	}
	for _, path := range []string{"/webhooks/whe_unknown", "/webhooks/%27", "/webhooks/whe_unknown/deliveries"} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if a := s.send("/jobs", map[string]any{"operation": "parse", "url": "https://example.com/a.pdf", "webhook_url": "gopher://x"}); a.StatusCode != http.StatusBadRequest {
		t.Errorf("webhook_url: %d %s", a.StatusCode, a.body)
	}
}

// No message is lost when the server is killed between the change and the
// sending, or while it sends. // contract H78, J24
func TestKillMinusNineLosesNoMessage(t *testing.T) {
	jobs, kills := 60, 4
	if testing.Short() {
		jobs, kills = 12, 1
	}
	data, r := dataFolder(t), listen(t)
	s := serve(t, data)
	hook := s.webhook(map[string]any{"url": r.URL})
	var all []string
	for i := range jobs {
		all = append(all, s.submit("a.pdf", testkit.PDF("x")))
		if i%(jobs/kills) == jobs/kills-1 {
			s.kill()
			s = serve(t, data)
		}
	}
	for _, id := range all {
		s.wait(id)
	}
	want := map[string]bool{}
	for _, id := range all {
		for _, status := range []string{"queued", "processing", "completed"} {
			want[id+" "+status] = true
		}
	}
	seen := map[string]string{}
	for end := time.Now().Add(patience); len(seen) < len(want) && time.Now().Before(end); s.pause() {
		for _, c := range r.got(s, 0) {
			key, id := fmt.Sprint(c.body["job_id"], " ", c.body["status"]), c.header.Get("Webhook-Id")
			if !want[key] || (seen[key] != "" && seen[key] != id) {
				t.Fatalf("told of %q as %s and %s", key, seen[key], id)
			}
			seen[key] = id
		}
	}
	if len(seen) != len(want) {
		t.Errorf("%d of %d changes were told; %s", len(seen), len(want), s.get("/webhooks/"+hook["id"].(string)+"/deliveries?status=pending").body)
	}
}

// A receiver that hangs, redirects inside, or talks without end holds up
// nobody but itself.
func TestBadReceiversDelayNobody(t *testing.T) {
	s, good := serve(t, dataFolder(t)), listen(t)
	ends := make(chan struct{})
	defer close(ends) // before the servers are closed, which wait for their answers
	for name, answer := range map[string]http.HandlerFunc{
		"hangs": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-ends:
			case <-r.Context().Done():
			}
		},
		"redirects": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusTemporaryRedirect)
		},
		"talks": func(w http.ResponseWriter, _ *http.Request) {
			for range 10 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		},
	} {
		bad := httptest.NewServer(answer)
		t.Cleanup(bad.Close)
		t.Cleanup(bad.CloseClientConnections)
		s.webhook(map[string]any{"url": bad.URL + "/" + name})
	}
	s.webhook(map[string]any{"url": "https://" + strings.TrimPrefix(good.URL, "http://")}) // no TLS there
	if a := s.send("/webhooks", map[string]any{"url": "http://10.255.255.1/private"}); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a private address: %d %s", a.StatusCode, a.body)
	}
	hook := s.webhook(map[string]any{"url": good.URL})
	for range 10 {
		s.submit("a.pdf", testkit.PDF("x"))
	}
	good.got(s, 30)
	if v := s.get("/webhooks/" + hook["id"].(string)).json(t); v["enabled"] != true {
		t.Errorf("the good one: %v", v)
	}
	for _, w := range s.get("/webhooks").json(t)["webhooks"].([]any) {
		list := s.get(fmt.Sprint("/webhooks/", at(w, "id"), "/deliveries?limit=100")).json(t)
		for _, d := range list["deliveries"].([]any) {
			if reason := at(d, "attempts", 0, "error"); strings.Contains(fmt.Sprint(at(w, "url")), "private") && reason != nil && !strings.Contains(fmt.Sprint(reason), "private") {
				t.Errorf("a private address: %v", reason)
			}
		}
	}
}
