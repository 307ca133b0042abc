package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// library serves documents on loopback.
func library(t *testing.T) *httptest.Server {
	t.Helper()
	var flaky atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("GET /one.pdf", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(testkit.PDF("From afar.")) })
	mux.HandleFunc("GET /two", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="../../second.pdf"`)
		_, _ = w.Write(testkit.PDF("Second.", "And third."))
	})
	mux.HandleFunc("GET /huge", func(w http.ResponseWriter, _ *http.Request) {
		for range 64 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	})
	mux.HandleFunc("GET /flaky", func(w http.ResponseWriter, _ *http.Request) {
		if flaky.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write(testkit.PDF("At last."))
	})
	mux.HandleFunc("GET /inside", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestDocumentsAreFetched(t *testing.T) {
	s, from := serve(t, dataFolder(t), "--max-file", "20MB"), library(t).URL
	for _, field := range []string{"url", "file_url"} {
		v := s.wait(s.send("/jobs", map[string]any{"operation": "parse", field: from + "/one.pdf"}).json(t)["job_id"].(string))
		if v["status"] != "completed" || v["pdf_name"] != "one.pdf" || !strings.HasPrefix(v["pdf_hash"].(string), "sha256:") || len(v["pdf_hash"].(string)) != 71 {
			t.Errorf("%s: %v", field, v)
		}
	}
	if v := s.wait(s.post("/parse", part{name: "url", content: from + "/two"}).json(t)["job_id"].(string)); v["status"] != "COMPLETED" || v["pdf_name"] != "second.pdf" {
		t.Errorf("by /parse: %v", v)
	}
	if v := s.wait(s.do(http.MethodPost, "/jobs", "application/x-www-form-urlencoded", strings.NewReader("operation=parse&url="+url.QueryEscape(from+"/flaky"))).json(t)["job_id"].(string)); v["status"] != "completed" {
		t.Errorf("an address that fails once: %v", v)
	}
	for path, want := range map[string][2]string{
		"/nothing": {"url_unreachable", "404"},
		"/inside":  {"url_unreachable", "private"},
		"/huge":    {"resource_limit", "20000000"},
	} {
		v := s.wait(s.send("/jobs", map[string]any{"operation": "parse", "url": from + path}).json(t)["job_id"].(string))
		if v["status"] != "failed" || at(v, "error_details", "error_type") != want[0] || !strings.Contains(fmt.Sprint(v["error"]), want[1]) {
			t.Errorf("%s: %v", path, v)
		}
	}
	for _, bad := range []string{"file:///etc/passwd", "ftp://example.org/a.pdf", "http://", "example.org/a.pdf", "http://user:pw@example.org/", "javascript:alert(1)", "http://[::1%25lo]/"} {
		if a := s.send("/jobs", map[string]any{"operation": "parse", "url": bad}); a.StatusCode != http.StatusBadRequest || !strings.HasPrefix(fmt.Sprint(a.json(t)["detail"]), "url:") {
			t.Errorf("%s: %d %s", bad, a.StatusCode, a.body)
		}
	}
}

// contract H82, H86, J8
func TestJobOfSeveralDocuments(t *testing.T) {
	s, from := serve(t, dataFolder(t), "--workers", "1"), library(t).URL
	a := s.post("/jobs", part{name: "operation", content: "parse"},
		part{"file", "a.pdf", string(testkit.PDF("First of all."))}, part{"file", "b.pdf", "%PDF-1.4 broken"}, part{"file", "c.pdf", string(testkit.LongPDF(120))},
		part{name: "urls", content: from + "/two," + from + "/nothing"})
	if a.StatusCode != http.StatusAccepted || a.json(t)["file_count"] != 5.0 {
		t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	v := s.wait(a.json(t)["job_id"].(string))
	want := map[string]any{"percentage": 100.0, "files_completed": 5.0, "total_files": 5.0, "pages_completed": 123.0, "total_pages": 123.0}
	if diff := cmp.Diff(want, v["progress"]); diff != "" || v["status"] != "completed" || v["pdf_name"] != "a.pdf" {
		t.Errorf("ended as %v\n%s", v, diff)
	}
	result := s.get("/jobs/" + v["job_id"].(string) + "/result").json(t)
	var got [][3]any
	for _, f := range result["files"].([]any) {
		got = append(got, [3]any{at(f, "file_name"), at(f, "status"), at(f, "result", "page_count")})
		if (at(f, "status") == "failed") != (at(f, "error_details", "message") != nil) {
			t.Errorf("file %v", f)
		}
	}
	wantFiles := [][3]any{{"a.pdf", "completed", 1.0}, {"b.pdf", "failed", nil}, {"c.pdf", "completed", 120.0}, {"second.pdf", "completed", 2.0}, {"nothing", "failed", nil}}
	if diff := cmp.Diff(wantFiles, got); diff != "" || result["file_count"] != 5.0 {
		t.Error(diff)
	}
	if text := at(result, "files", 0, "result", "chunks", 0, "text"); text != "First of all." {
		t.Errorf("text %v", text)
	}
	if md := s.get("/jobs/" + v["job_id"].(string) + "/result?format=md"); !strings.HasPrefix(string(md.body), "First of all.\n") || !strings.Contains(string(md.body), "And third.") {
		t.Errorf("markdown %.100q", md.body)
	}
	if p := s.get("/parse/" + v["job_id"].(string)).json(t); p["status"] != "Succeeded" || p["page_count"] != 123.0 || len(p["chunks"].([]any)) < 3 {
		t.Errorf("as parse: %v", p["page_count"])
	}
	none := s.wait(s.post("/jobs", part{name: "operation", content: "parse"}, part{"file", "a.pdf", ""}, part{"file", "b.pdf", "%PDF-1.4 broken"}).json(t)["job_id"].(string))
	if none["status"] != "failed" || at(none, "error_details", "error_type") != "file_corrupted" || at(none, "error_details", "facts", "files", 1, "file_name") != "b.pdf" {
		t.Errorf("when none succeeds: %v", none)
	}
}

// contract C3
func TestPresignedUpload(t *testing.T) {
	s := serve(t, dataFolder(t), "--max-file", "1MB")
	put := func(t *testing.T, to, contentType, body string) answer {
		t.Helper()
		return s.on(t).do(http.MethodPut, strings.TrimPrefix(to, s.url), contentType, strings.NewReader(body))
	}
	a := s.send("/v2/parse/upload", map[string]any{"file_name": "later.pdf", "merge_tables": true, "some_option": []int{1}})
	v := a.json(t)
	if a.StatusCode != http.StatusOK || v["upload_method"] != "PUT" || at(v, "upload_headers", "Content-Type") != "application/pdf" || !strings.HasSuffix(v["expires_at"].(string), "Z") {
		t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	id, to := v["job_id"].(string), v["upload_url"].(string)
	if p := s.get("/parse/" + id).json(t); p["status"] != "AwaitingUpload" || p["merge_tables"] != true || p["file_name"] != "later.pdf" {
		t.Errorf("before the upload: %v", p)
	}
	if j := s.get("/jobs/" + id).json(t); j["status"] != "queued" {
		t.Errorf("before the upload: %v", j)
	}
	for name, try := range map[string]func() answer{
		"another type": func() answer { return put(t, to, "text/plain", "x") },
		"no type":      func() answer { return put(t, to, "", "x") },
		"a forged address": func() answer {
			return put(t, to[:len(to)-3]+"AAA", "application/pdf", "x")
		},
	} {
		if a := try(); a.StatusCode != http.StatusForbidden || a.json(t)["error"] == "" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := put(t, to, "application/pdf", strings.Repeat("x", 1_000_001)); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too much: %d %s", a.StatusCode, a.body)
	}
	if a := put(t, to, "application/pdf", string(testkit.PDF("Here I am."))); a.StatusCode != http.StatusOK {
		t.Errorf("the upload: %d %s", a.StatusCode, a.body)
	}
	s.wait(id)
	if p := s.get("/parse/" + id).json(t); p["status"] != "Succeeded" || at(p, "chunks", 0, "embed") != "Here I am." {
		t.Errorf("after the upload: %v", p)
	}
	if a := put(t, to, "application/pdf", "again"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a second upload: %d %s", a.StatusCode, a.body)
	}
	if a := s.get("/files/" + strings.TrimPrefix(to, s.url+"/uploads/")); a.StatusCode != http.StatusForbidden {
		t.Errorf("an upload's address to read: %d", a.StatusCode)
	}
	for _, body := range []string{`{"file_name":"a.exe"}`, `{}`, `{"file_name":5}`, `[]`, `{"file_name":"no extension"}`, `{`} {
		if a := s.do(http.MethodPost, "/v2/parse/upload", "application/json", strings.NewReader(body)); a.StatusCode != http.StatusBadRequest || a.json(t)["error"] == nil {
			t.Errorf("%s: %d %s", body, a.StatusCode, a.body)
		}
	}
}
