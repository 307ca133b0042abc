package app_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"docket/internal/testkit"
)

// spans keeps what is sent to a collector.
type spans struct {
	*httptest.Server
	mu   sync.Mutex
	raw  []byte
	all  []*otlp.Span
	from []string // the services
}

func collect(t *testing.T) *spans {
	t.Helper()
	c := &spans{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if bad := proto.Unmarshal(body, &request); err != nil || bad != nil || r.URL.Path != "/v1/traces" || r.Header.Get("X-Collector-Key") != "let me in" {
			t.Errorf("%s with %v: %v, %v", r.URL.Path, r.Header, err, bad)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw = append(c.raw, body...)
		for _, resource := range request.GetResourceSpans() {
			for _, a := range resource.GetResource().GetAttributes() {
				if a.GetKey() == "service.name" {
					c.from = append(c.from, a.GetValue().GetStringValue())
				}
			}
			for _, scope := range resource.GetScopeSpans() {
				c.all = append(c.all, scope.GetSpans()...)
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(c.Close)
	return c
}

// of gives the spans of a trace by name.
func (c *spans) of(id string) map[string]*otlp.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := map[string]*otlp.Span{}
	for _, s := range c.all {
		if hex.EncodeToString(s.GetTraceId()) == id {
			found[s.GetName()] = s
		}
	}
	return found
}

// traced is a server that sends traces soon.
func traced(t *testing.T, data string, to *spans, flags ...string) *server {
	t.Helper()
	return serveAs(t, data, func(c *exec.Cmd) {
		c.Env = append(c.Env, "OTEL_EXPORTER_OTLP_ENDPOINT="+to.URL, "OTEL_EXPORTER_OTLP_HEADERS=x-collector-key=let%20me%20in", "OTEL_SERVICE_NAME=letters", "OTEL_BSP_SCHEDULE_DELAY=50")
	}, flags...)
}

// A submit, the wait, the attempt with its parts and the message are one trace,
// which the caller began: also when another process goes on with the job. It
// tells nothing of documents, addresses and keys.
func TestTraceOfAJob(t *testing.T) {
	const caller, trace = "b7ad6b7169203331", "0af7651916cd43dd8448eb211c80319c"
	c, r, data := collect(t), listen(t), dataFolder(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(testkit.PDF("whispered-content"))
	}))
	t.Cleanup(elsewhere.Close)
	front := traced(t, data, c, "--workers", "0")
	front.webhook(map[string]any{"url": r.URL + "/whispered-hook", "events": []string{"completed"}})
	contentType, body := form(part{name: "operation", content: "parse"}, part{name: "url", content: elsewhere.URL + "/whispered-path?whispered=signature"},
		part{name: "parameters", content: `{"password":"whispered-password"}`})
	a, err := front.try(http.MethodPost, "/jobs", contentType, body, "Traceparent", "00-"+trace+"-"+caller+"-01", "Tracestate", "vendor=1")
	if err != nil || a.StatusCode != http.StatusAccepted {
		t.Fatalf("submit: %d %s, %v", a.StatusCode, a.body, err)
	}
	front.stop()
	back := traced(t, data, c, "--workers", "1")
	back.wait(a.json(t)["job_id"].(string))
	told := r.got(back, 1)[0]
	back.get("/jobs")
	back.stop()

	found := c.of(trace)
	parents := map[string]string{
		"POST /jobs": caller, "commit": "POST /jobs", "queue": "POST /jobs", "attempt parse": "POST /jobs", "fetch": "attempt parse", "parse": "attempt parse",
		"read pages": "parse", "build structure": "parse", "store the outcome": "attempt parse", "send webhook": "POST /jobs",
	}
	got := map[string]string{}
	for name, s := range found {
		parent := hex.EncodeToString(s.GetParentSpanId())
		for other, p := range found {
			if hex.EncodeToString(p.GetSpanId()) == parent {
				parent = other
			}
		}
		if got[name] = parent; s.GetStatus().GetCode() != otlp.Status_STATUS_CODE_UNSET {
			t.Errorf("%s: %v", name, s.GetStatus())
		}
	}
	if diff := cmp.Diff(parents, got); diff != "" {
		t.Error(diff)
	}
	if want := fmt.Sprintf("00-%s-%x-01", trace, found["send webhook"].GetSpanId()); told.header.Get("Traceparent") != want || told.header.Get("Tracestate") != "vendor=1" {
		t.Errorf("the receiver is told of %q, %q, want %q", told.header.Get("Traceparent"), told.header.Get("Tracestate"), want)
	}
	if i := bytes.Index(c.raw, []byte("whispered")); i >= 0 {
		t.Errorf("a span tells %q", c.raw[max(0, i-100):i+30])
	}
	if slices.ContainsFunc(c.all, func(s *otlp.Span) bool { return strings.HasPrefix(s.GetName(), "GET ") }) {
		t.Error("reads are traced that nobody traces")
	}
	if slices.ContainsFunc(c.from, func(name string) bool { return name != "letters" }) {
		t.Errorf("spans are from %v", c.from)
	}
}

// A job that fails says with which code, and the log in which trace.
func TestTraceOfAFailure(t *testing.T) {
	c := collect(t)
	s := traced(t, dataFolder(t), c, "--workers", "1")
	s.wait(s.submit("a.pdf", []byte("%PDF-1.4 whispered")))
	s.stop()
	var failed *otlp.Span
	for _, one := range c.all {
		if one.GetName() == "attempt parse" {
			failed = one
		}
	}
	if failed.GetStatus().GetMessage() != "file_corrupted" || failed.GetStatus().GetCode() != otlp.Status_STATUS_CODE_ERROR || bytes.Contains(c.raw, []byte("whispered")) {
		t.Errorf("%v", failed)
	}
	if line := fmt.Sprintf("trace_id=%x", failed.GetTraceId()); !strings.Contains(s.stderr.String(), line) {
		t.Errorf("no line has %s: %s", line, s.stderr)
	}
}

// A collector that takes connections and never answers holds nobody up, neither
// a job nor the end.
func TestCollectorIsAway(t *testing.T) {
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	s := serve(t, dataFolder(t), "--workers", "1", "--trace-endpoint", "http://"+silent.Addr().String())
	s.wait(s.submit("a.pdf", testkit.PDF("x")))
	if took := s.stop(); took > ending {
		t.Errorf("the end took %v", took)
	}
	if log := s.stderr.String(); !strings.Contains(log, "the last traces were not sent") {
		t.Errorf("nobody was told: %s", log)
	}
}
