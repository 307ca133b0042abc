package app_test

import (
	"net/http"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// contract H120–H126, H130, H132, D1
func TestPlatformJob(t *testing.T) {
	s, from := serve(t, dataFolder(t), "--workers", "1"), library(t).URL
	a := s.send("/v1/api/jobs", map[string]any{"type": "document_processing", "parameters": map[string]any{"operation": "parse", "urls": []string{from + "/one.pdf", from + "/nothing", from + "/two"}}})
	v := a.json(t)
	id, _ := at(v, "data", "id").(string)
	if a.StatusCode != http.StatusCreated || v["error"] != nil || at(v, "data", "status") != "pending" || at(v, "data", "type") != "document_processing" || !strings.HasPrefix(id, "job_") || at(v, "data", "progress") != 0.0 {
		t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	done := s.wait(id)
	for _, spelling := range []string{id, done["alias_id"].(string)} {
		v := s.get("/v1/api/jobs/" + spelling).json(t)
		data := v["data"]
		if v["error"] != nil || at(data, "id") != spelling || at(data, "status") != "completed" || at(data, "progress") != 100.0 ||
			at(data, "result", "documentsProcessed") != 2.0 || at(data, "result", "errors") != 1.0 || at(data, "createdAt") == nil || at(data, "completedAt") == nil {
			t.Errorf("ended as %v", v)
		}
		if at(data, "result", "files", 1, "error_details", "error_type") != "url_unreachable" {
			t.Errorf("files %v", at(data, "result", "files"))
		}
	}
	again := s.call("/v1/api/jobs/" + id + "/rerun")
	if w := again.json(t); again.StatusCode != http.StatusCreated || at(w, "data", "originalJobId") != id || at(w, "data", "status") != "pending" || at(w, "data", "type") != "document_processing" || at(w, "data", "completedAt") != nil || w["error"] != nil {
		t.Errorf("rerun: %d %s", again.StatusCode, again.body)
	}
	form := s.post("/v1/api/jobs", part{name: "type", content: "parse"}, part{name: "parameters", content: `{"merge_tables":true}`}, part{"file", "a.pdf", string(testkit.LongPDF(60))})
	if w := form.json(t); form.StatusCode != http.StatusCreated || at(w, "data", "type") != "parse" {
		t.Fatalf("by form: %d %s", form.StatusCode, form.body)
	}
	large := at(form.json(t), "data", "id").(string)
	s.wait(large)
	if w := s.get("/v1/api/jobs/" + large).json(t); !strings.HasSuffix(at(w, "data", "result", "resultUrl").(string), "/jobs/"+large+"/result") {
		t.Errorf("a large result: %v", w)
	}
}

// result is there in every final state. // contract H126
func TestPlatformJobThatDoesNotSucceed(t *testing.T) {
	s := serve(t, dataFolder(t))
	bad := at(s.post("/v1/api/jobs", part{name: "type", content: "document_processing"}, part{"file", "a.pdf", ""}).json(t), "data", "id").(string)
	s.wait(bad)
	data := s.get("/v1/api/jobs/" + bad).json(t)["data"]
	if at(data, "status") != "failed" || at(data, "result", "errorType") != "file_corrupted" || at(data, "result", "error") == nil || at(data, "result", "errors") != 1.0 || at(data, "result", "documentsProcessed") != 0.0 {
		t.Errorf("failed as %v", data)
	}
	idle := serve(t, dataFolder(t), "--workers", "0")
	id := at(idle.post("/v1/api/jobs", part{name: "type", content: "document_processing"}, part{"file", "a.pdf", "x"}).json(t), "data", "id").(string)
	if data := idle.get("/v1/api/jobs/" + id).json(t)["data"]; at(data, "status") != "pending" || at(data, "progress") != 0.0 || at(data, "completedAt") != nil {
		t.Errorf("waits as %v", data)
	}
	a := idle.call("/v1/api/jobs/" + id + "/cancel")
	if data := a.json(t)["data"]; a.StatusCode != http.StatusAccepted || at(data, "status") != "cancelled" || at(data, "result", "error") != "Job was cancelled" {
		t.Errorf("cancelled as %v", data)
	}
	list := idle.get("/v1/api/jobs?status=cancelled&type=document_processing&limit=5").json(t)
	if at(list, "data", "jobs", 0, "id") != id || at(list, "data", "pagination", "total") != 1.0 || at(list, "data", "pagination", "start") != 0.0 || list["error"] != nil {
		t.Errorf("list %v", list)
	}
}

func TestPlatformErrorsAreInItsEnvelope(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	for _, test := range []struct {
		name   string
		a      answer
		status int
		error  string
		says   string
	}{
		{"unknown type", s.send("/v1/api/jobs", map[string]any{"type": "teleport"}), 400, "ValidationError", "document_processing"},
		{"no type", s.send("/v1/api/jobs", map[string]any{}), 400, "ValidationError", "document_processing"},
		{"type no string", s.send("/v1/api/jobs", map[string]any{"type": 5}), 400, "ValidationError", "type"},
		{"no document", s.send("/v1/api/jobs", map[string]any{"type": "parse"}), 400, "ValidationError", "none was sent"},
		{"unknown operation", s.send("/v1/api/jobs", map[string]any{"type": "document_processing", "parameters": map[string]any{"operation": "shred", "url": "https://example.org/a"}}), 400, "ValidationError", "shred"},
		{"parameters no object", s.send("/v1/api/jobs", map[string]any{"type": "parse", "parameters": []int{1}}), 400, "ValidationError", "JSON object"},
		{"unknown field", s.send("/v1/api/jobs", map[string]any{"type": "parse", "priority": 1}), 400, "ValidationError", "priority"},
		{"no JSON", s.do(http.MethodPost, "/v1/api/jobs", "application/json", strings.NewReader(`{"type":`)), 400, "ValidationError", "not a JSON object"},
		{"no media type", s.do(http.MethodPost, "/v1/api/jobs", "text/csv", strings.NewReader(`a,b`)), 415, "UnsupportedMediaTypeError", "text/csv"},
		{"unknown id", s.get("/v1/api/jobs/b2094b38-e432-44b6-a5d0-67bed07d5de1"), 404, "NotFoundError", "b2094b38"},
		{"unknown path", s.get("/v1/api/things"), 404, "NotFoundError", "/v1/api/things"},
		{"method", s.do(http.MethodPut, "/v1/api/jobs", "", nil), 405, "MethodNotAllowedError", "PUT"},
		{"rerun of unknown", s.call("/v1/api/jobs/job1/rerun"), 404, "NotFoundError", "job1"},
		{"list", s.get("/v1/api/jobs?limit=0"), 400, "ValidationError", "limit"},
	} {
		v := test.a.json(t)
		if test.a.StatusCode != test.status || v["data"] != nil || at(v, "error", "name") != test.error || !strings.Contains(string(test.a.body), test.says) || at(v, "error", "details") == nil {
			t.Errorf("%s: %d %s", test.name, test.a.StatusCode, test.a.body)
		}
	}
}
