package testkit_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// failures notes what a test would have failed with.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

// canned answers every request with one answer.
type canned struct {
	status int
	header http.Header
	body   io.ReadCloser
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: c.header, Body: c.body, Request: r}, nil
}

// ask sends a request through the checker, and gives the answer's body and what
// the checker said of it.
func ask(t *testing.T, method, path string, c canned) (io.Reader, []string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://docket.example"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	f := &failures{TB: t}
	res, err := testkit.NewContract(f).RoundTripper(c).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	})
	return res.Body, f.said
}

const (
	asJSON   = "application/json"
	notFound = `{"error":"Job not found","error_code":"not_found","detail":"Job x not found","details":{"error_type":"not_found","message":"Job with ID 'x' does not exist","job_id":"x"},"suggestions":[]}`
	foreign  = `{"data":null,"error":{"name":"NotFoundError","message":"There is nothing here.","details":{}}}`
	waiting  = `{"job_id":"47c536aa-9fab-48ca-b27c-2fd74d30490a","status":"processing","progress":"Starting classification...","error":null,"result":null}`
	queued   = `{"id":"job_1","job_id":"job_1","alias_id":"47c536aa-9fab-48ca-b27c-2fd74d30490a","status":"queued","type":"extraction","operation":"extract",` +
		`"created_at":"2024-01-15T10:30:00Z","updated_at":"2024-01-15T10:30:00Z","pdf_name":"a.pdf","pdf_hash":"","user_id":"local","file_count":1,` +
		`"progress":{"percentage":0,"files_completed":0,"total_files":1},"tags":[],"attempt":0}`
)

// with puts one text in the place of another, which must be there.
func with(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic("no " + pairs[i] + " in " + s)
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	return s
}

func TestContract(t *testing.T) {
	tests := []struct {
		name   string
		method string // GET when empty
		path   string
		status int
		header string // "Name: value", beside the type
		kind   string
		body   string
		want   string // part of what is said; nothing when empty
	}{
		{name: "right", path: "/healthz", status: 200, kind: asJSON, body: `{"status":"ok"}`},
		{name: "head", method: "HEAD", path: "/healthz", status: 200, kind: asJSON},
		{name: "status", path: "/healthz", status: 201, kind: asJSON, body: `{"status":"ok"}`, want: "no answer 201"},
		{name: "type", path: "/healthz", status: 200, kind: "text/html", body: `{"status":"ok"}`, want: `its type is "text/html"`},
		{name: "no type", path: "/healthz", status: 200, body: `{"status":"ok"}`, want: "its type is"},
		{name: "no JSON", path: "/healthz", status: 200, kind: asJSON, body: `ok`, want: "no JSON"},
		{name: "empty", path: "/healthz", status: 200, kind: asJSON, want: "no JSON"},
		{name: "two values", path: "/healthz", status: 200, kind: asJSON, body: `{"status":"ok"}{}`, want: "no JSON"},
		{name: "value", path: "/healthz", status: 200, kind: asJSON, body: `{"status":"bad"}`, want: "/status"},
		{name: "key missing", path: "/healthz", status: 200, kind: asJSON, body: `{}`, want: "missing property 'status'"},

		{name: "job", path: "/jobs/job_1", status: 200, kind: asJSON, body: queued},
		{name: "new key where bodies are open", path: "/jobs/job_1", status: 200, kind: asJSON, body: with(queued, `"id"`, `"new":1,"id"`)},
		{name: "words of the other dialect", path: "/jobs/job_1", status: 200, kind: asJSON, body: with(queued, "queued", "PROCESSING"), want: "/status"},
		{name: "two layouts of time", path: "/jobs/job_1", status: 200, kind: asJSON, body: with(queued, `"updated_at":"2024-01-15T10:30:00Z"`, `"updated_at":"2024-01-15T10:30:00.000Z"`), want: "/updated_at"},
		{name: "no date", path: "/jobs/job_1", status: 200, kind: asJSON, body: with(queued, `"created_at":"2024-01-15`, `"created_at":"2024-13-15`), want: "/created_at"},
		{name: "error of a job that waits", path: "/jobs/job_1", status: 200, kind: asJSON, body: with(queued, `"id"`, `"error":"no","id"`), want: "'not' failed"},
		{name: "failed without a reason", path: "/jobs/job_1", status: 200, kind: asJSON, body: with(queued, "queued", "failed"), want: "missing properties"},
		{name: "upper case where there is one vocabulary", path: "/jobs/job_1/status", status: 200, kind: asJSON,
			body: with(queued, "queued", "PROCESSING", "30:00Z", "30:00.000Z", "30:00Z", "30:00.000Z"), want: "/status"},
		{name: "fixed path before a parameter", path: "/jobs/status", status: 200, kind: asJSON, body: `{"jobs":[]}`},
		{name: "parameter behind a fixed path without the method", method: "DELETE", path: "/jobs/batch", status: 404, kind: asJSON, body: notFound},
		{name: "escaped slash", path: "/jobs/a%2Fresult", status: 404, kind: asJSON, body: notFound},

		{name: "classification", path: "/classify/x", status: 200, kind: asJSON, body: waiting},
		{name: "new key where bodies are closed", path: "/classify/x", status: 200, kind: asJSON, body: with(waiting, `"result"`, `"new":1,"result"`), want: "additional properties 'new'"},
		{name: "ellipsis", path: "/classify/x", status: 200, kind: asJSON, body: with(waiting, "...", "…"), want: "/progress"},

		{name: "not modified", path: "/jobs/job_1", status: 304, header: `ETag: W/"7"`},
		{name: "not modified with a body", path: "/jobs/job_1", status: 304, kind: asJSON, body: queued, want: "should have none"},
		{name: "header", path: "/jobs/job_1", status: 200, header: `ETag: "7"`, kind: asJSON, body: queued, want: "header ETag"},
		{name: "header missing", path: "/jobs", status: 503, kind: asJSON, body: notFound, want: "no Retry-After"},
		{name: "header there", path: "/jobs", status: 503, header: "Retry-After: 5", kind: asJSON, body: notFound},

		{name: "unknown path", path: "/nowhere", status: 404, kind: asJSON, body: notFound},
		{name: "unknown path that answers", path: "/nowhere", status: 200, kind: asJSON, body: notFound, want: "must be 404"},
		{name: "unknown path, shape of another dialect", path: "/nowhere", status: 404, kind: asJSON, body: foreign, want: "missing properties"},
		{name: "unknown path of the platform", path: "/v1/nowhere", status: 404, kind: asJSON, body: foreign},
		{name: "unknown path of the platform, shape of another dialect", path: "/v1/nowhere", status: 404, kind: asJSON, body: notFound, want: "missing property 'data'"},
		{name: "unknown method", method: "PATCH", path: "/jobs", status: 405, header: "Allow: GET, POST", kind: asJSON, body: notFound},
		{name: "unknown method without Allow", method: "PATCH", path: "/jobs", status: 405, kind: asJSON, body: notFound, want: "no Allow"},
		{name: "unknown method that answers", method: "PATCH", path: "/jobs", status: 200, kind: asJSON, body: notFound, want: "must be 405"},

		{name: "file", path: "/openapi/jobs.yaml", status: 200, kind: "application/yaml; charset=utf-8", body: "openapi"},
		{name: "file of another ending", path: "/openapi/jobs.json", status: 404, kind: asJSON, body: notFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := canned{tt.status, http.Header{}, io.NopCloser(strings.NewReader(tt.body))}
			if tt.kind != "" {
				c.header.Set("Content-Type", tt.kind)
			}
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				c.header.Set(name, value)
			}
			if tt.method == "" {
				tt.method = http.MethodGet
			}
			body, said := ask(t, tt.method, tt.path, c)
			switch {
			case tt.want == "" && len(said) > 0:
				t.Error(said)
			case tt.want != "" && (len(said) != 1 || !strings.Contains(said[0], tt.want)):
				t.Errorf("said %q, want %q", said, tt.want)
			}
			if b, err := io.ReadAll(body); err != nil || string(b) != tt.body {
				t.Errorf("left the body %q, %v", b, err)
			}
		})
	}
}

// A stream must reach its reader as it comes.
func TestContractLeavesOtherBodiesAlone(t *testing.T) {
	body := &untouched{}
	_, said := ask(t, http.MethodGet, "/files/x", canned{200, http.Header{"Content-Type": {"application/octet-stream"}}, body})
	if len(said) > 0 || body.read {
		t.Errorf("said %q, read %v", said, body.read)
	}
}

type untouched struct{ read bool }

func (u *untouched) Read([]byte) (int, error) {
	u.read = true
	return 0, io.EOF
}

func (u *untouched) Close() error { return nil }

// Half an answer is for the test to judge, which may have cut it off itself.
func TestContractPassesBrokenBodiesOn(t *testing.T) {
	cut := errors.New("cut off")
	half := io.NopCloser(io.MultiReader(strings.NewReader(`{"sta`), broken{cut}))
	body, said := ask(t, http.MethodGet, "/healthz", canned{200, http.Header{"Content-Type": {asJSON}}, half})
	if len(said) > 0 {
		t.Error(said)
	}
	b, err := io.ReadAll(body)
	if string(b) != `{"sta` || !errors.Is(err, cut) {
		t.Errorf("read %q, %v", b, err)
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestRoutes(t *testing.T) {
	routes, err := testkit.Routes()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []testkit.Route{
		{Method: "POST", Path: "/jobs/batch/{id}/rerun", File: "jobs.yaml"},
		{Method: "PUT", Path: "/uploads/{signed}", File: "vision.yaml"},
		{Method: "GET", Path: "/classify/{id}", File: "classify.yaml"},
		{Method: "GET", Path: "/v1/api/jobs", File: "platform.yaml"},
	} {
		if !slices.Contains(routes, want) {
			t.Errorf("no %v", want)
		}
	}
}
