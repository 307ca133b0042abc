package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"docket/internal/testkit"
)

// contract H44–H51, J13
func TestBatch(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	a := s.post("/jobs/batch",
		part{name: "jobs", content: `[{"operation":"parse","file":"one","tags":["x"]},{"operation":"document_processing","file":"two"},{"operation":"parse","file":"bad"}]`},
		part{"one", "1.pdf", string(testkit.PDF("one"))}, part{"two", "2.pdf", string(testkit.PDF("two"))}, part{"bad", "3.pdf", ""})
	v := a.json(t)
	if a.StatusCode != http.StatusAccepted || !strings.HasPrefix(fmt.Sprint(v["batch_id"]), "batch_") || v["total_jobs"] != 3.0 {
		t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	id := v["batch_id"].(string)
	for end := time.Now().Add(patience); v["status"] == "queued" || v["status"] == "processing"; s.pause() {
		v = s.get("/jobs/batch/" + id + "?include_progress=True").json(t)
		final := v["completed_jobs"].(float64) + v["failed_jobs"].(float64) + v["cancelled_jobs"].(float64)
		if v["overall_progress"] != float64(int(final*100/3)) {
			t.Errorf("progress %v of %v final jobs", v["overall_progress"], final)
		}
		if time.Now().After(end) {
			t.Fatalf("not done: %v", v)
		}
	}
	if v["status"] != "completed" || v["completed_jobs"] != 2.0 || v["failed_jobs"] != 1.0 || v["cancelled_jobs"] != 0.0 || v["overall_progress"] != 100.0 || v["created_at"] == nil {
		t.Errorf("ended as %v", v)
	}
	for i, operation := range []string{"parse", "document_processing", "parse"} {
		j := at(v, "jobs", i)
		if at(j, "operation") != operation || !strings.HasPrefix(fmt.Sprint(at(j, "job_id")), "job_") || at(j, "progress") == nil {
			t.Errorf("item %d: %v", i, j)
		}
		if progress, ok := at(j, "progress").(float64); !ok || progress != float64(int(progress)) || (at(j, "status") == "completed") != (progress == 100) {
			t.Errorf("item %d: progress %v", i, at(j, "progress"))
		}
	}
	for _, item := range s.get("/jobs/batch/" + id + "?include_progress=false").json(t)["jobs"].([]any) {
		if at(item, "progress") != nil {
			t.Errorf("without progress: %v", item)
		}
	}
	if a := s.call("/jobs/batch/" + id + "/cancel"); a.StatusCode != http.StatusConflict {
		t.Errorf("cancel of a batch that has ended: %d %s", a.StatusCode, a.body)
	}
	again := s.call("/jobs/batch/" + id + "/rerun")
	if w := again.json(t); again.StatusCode != http.StatusCreated || w["total_jobs"] != 1.0 || w["original_batch_id"] != id || w["batch_id"] == id {
		t.Errorf("rerun of the failed: %d %s", again.StatusCode, again.body)
	}
	if a := s.get("/jobs/batch/batch_xyz789abc123"); a.StatusCode != http.StatusNotFound || !strings.Contains(string(a.body), "Batch with ID 'batch_xyz789abc123' does not exist") {
		t.Errorf("unknown batch: %d %s", a.StatusCode, a.body)
	}
}

// An item may have several of the files, whether they are small or not.
func TestBatchItemOfSeveralFiles(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	long := strings.Repeat("a line of words\n", 6000)
	parts := []part{
		{name: "jobs", content: `[{"operation":"parse","file":["b","a","c"]},{"operation":"parse","file":"d"}]`},
		{"a", "a.txt", "alpha"}, {"b", "b.txt", long}, {"c", "c.txt", long}, {"d", "d.txt", "delta"},
	}
	made := s.post("/jobs/batch", parts...)
	if made.StatusCode != http.StatusAccepted {
		t.Fatalf("created %d %s", made.StatusCode, made.body)
	}
	id := fmt.Sprint(at(made.json(t), "jobs", 0, "job_id"))
	if v := s.wait(id); v["status"] != "completed" || v["file_count"] != 3.0 {
		t.Fatalf("ended as %v", v)
	}
	files, _ := s.get("/jobs/" + id + "/result").json(t)["files"].([]any)
	for i, name := range []string{"b.txt", "a.txt", "c.txt"} {
		if len(files) != 3 || at(files[i], "file_name") != name || at(files[i], "status") != "completed" {
			t.Fatalf("file %d: %v", i, files)
		}
	}
	for _, test := range []struct{ jobs, says string }{
		{`[{"operation":"parse","file":["a","a"]}]`, "named before"},
		{`[{"operation":"parse","file":{"a":1}}]`, "file"},
		{`[{"operation":"parse","file":["a","b","c","d"],"colour":"red"}]`, "colour"},
	} {
		parts[0].content = test.jobs
		if a := s.post("/jobs/batch", parts...); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), test.says) {
			t.Errorf("%s: %d %s", test.jobs, a.StatusCode, a.body)
		}
	}
}

func TestBatchIsCancelledAsAWhole(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	a := s.send("/jobs/batch", map[string]any{"jobs": []any{
		map[string]any{"operation": "parse", "url": "http://127.0.0.1:1/a.pdf"},
		map[string]any{"operation": "parse", "parameters": map[string]any{"urls": []string{"http://127.0.0.1:1/a.pdf", "http://127.0.0.1:1/b.pdf"}}, "tags": "x,y"},
	}})
	v := a.json(t)
	if a.StatusCode != http.StatusAccepted || v["status"] != "queued" {
		t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	c := s.call("/jobs/batch/" + v["batch_id"].(string) + "/cancel")
	if w := c.json(t); c.StatusCode != http.StatusAccepted || w["status"] != "cancelled" || w["cancelled_jobs"] != 2.0 || w["overall_progress"] != 100.0 {
		t.Errorf("cancelled: %d %s", c.StatusCode, c.body)
	}
	if a := s.call("/jobs/batch/" + v["batch_id"].(string) + "/cancel"); a.StatusCode != http.StatusOK {
		t.Errorf("a second time: %d %s", a.StatusCode, a.body)
	}
	if a := s.call("/jobs/batch/" + v["batch_id"].(string) + "/rerun"); a.StatusCode != http.StatusConflict {
		t.Errorf("rerun without failed jobs: %d %s", a.StatusCode, a.body)
	}
}

// All or nothing: every bad item is named, and no job is made. // contract J13
func TestBatchWithBadItems(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	item := func(extra string) string {
		return `{"operation":"parse","url":"https://example.org/a.pdf"` + extra + `}`
	}
	for _, test := range []struct{ jobs, says string }{
		{`[` + item("") + `,{"operation":"shred","url":"https://example.org/a.pdf"}]`, "jobs[1]: operation"},
		{`[` + item(`,"colour":"red"`) + `,` + item(`,"parameters":{"speed":1}`) + `]`, "jobs[1]"},
		{`[{"operation":"parse"}]`, "none was sent"},
		{`[{"operation":"parse","file":"missing"}]`, "no file part called"},
		{`["parse"]`, "not a JSON object"},
		{`[]`, "1 to 1000"},
		{`{}`, "not a JSON array"},
		{`[` + strings.Repeat(item("")+",", 1000) + item("") + `]`, "1 to 1000"},
		{`[{"operation":"parse","url":"ftp://example.org/a"}]`, "http"},
		{`[{"operation":"parse","url":"https://user:secret@example.org/a"}]`, "jobs[0]"},
	} {
		a := s.do(http.MethodPost, "/jobs/batch", "application/json", strings.NewReader(`{"jobs":`+test.jobs+`}`))
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), test.says) || strings.Contains(string(a.body), "secret") {
			t.Errorf("%.100s: %d %.500s", test.jobs, a.StatusCode, a.body)
		}
	}
	if a := s.post("/jobs/batch", part{name: "jobs", content: "[" + item("") + "]"}, part{"stray", "a.pdf", "x"}); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "stray") {
		t.Errorf("a stray file: %d %s", a.StatusCode, a.body)
	}
	if got := s.get("/jobs").json(t); at(got, "pagination", "total") != 0.0 {
		t.Errorf("jobs were made: %v", got)
	}
}
