package app_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// until polls until the job's status is the word.
func (s *server) until(id, word string) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); s.pause() {
		if s.get("/jobs/"+id).status(s.t) == word {
			return
		}
	}
	s.t.Fatalf("job %s is not %s after %v: %s", id, word, patience, s.get("/jobs/"+id).body)
}

// contract H40, H62, H124, J22
func TestCancel(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	running := s.submit("long.pdf", testkit.LongPDF(2000))
	s.until(running, "processing")
	queued := s.submit("next.pdf", testkit.PDF("x"))
	uuid := s.get("/jobs/" + queued).json(t)["alias_id"].(string)

	a := s.call("/jobs/" + queued + "/cancel")
	if a.StatusCode != http.StatusAccepted || a.status(t) != "cancelled" || at(a.json(t), "error_details", "error_type") != "cancelled" {
		t.Errorf("a queued job: %d %s", a.StatusCode, a.body)
	}
	if a := s.call("/jobs/" + queued + "/cancel"); a.StatusCode != http.StatusOK || a.status(t) != "cancelled" {
		t.Errorf("a second time: %d %s", a.StatusCode, a.body)
	}
	if v := s.get("/jobs/" + uuid).json(t); v["status"] != "FAILED" || v["error"] != "Job was cancelled" {
		t.Errorf("in Vision words: %v", v)
	}
	begin := time.Now()
	if a := s.call("/jobs/" + running + "/cancel"); a.StatusCode != http.StatusAccepted || a.status(t) != "processing" || a.json(t)["cancel_requested"] != true {
		t.Errorf("a running job: %d %s", a.StatusCode, a.body)
	}
	s.until(running, "cancelled")
	if took := time.Since(begin); took > 40*time.Second {
		t.Errorf("cancelling took %v", took)
	}
	if a := s.get("/jobs/" + running + "/result"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "was cancelled") {
		t.Errorf("its result: %d %s", a.StatusCode, a.body)
	}
	done := s.submit("after.pdf", testkit.PDF("the worker is free again"))
	s.wait(done)
	if a := s.call("/jobs/" + done + "/cancel"); a.StatusCode != http.StatusConflict || !strings.Contains(string(a.body), "completed already") {
		t.Errorf("a completed job: %d %s", a.StatusCode, a.body)
	}
	if a := s.call("/v1/api/jobs/" + done + "/cancel"); a.StatusCode != http.StatusBadRequest || at(a.json(t), "error", "name") != "ValidationError" {
		t.Errorf("a completed job of the platform: %d %s", a.StatusCode, a.body)
	}
}

// contract H127–H129, D2, J22
func TestRerun(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	for name, content := range map[string][]byte{"small.pdf": testkit.PDF("again"), "large.pdf": testkit.LongPDF(150), "broken.pdf": []byte("%PDF-1.7 x")} {
		a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "tags", content: "t"}, part{name: "metadata", content: `{"k":"v"}`}, part{"file", name, string(content)})
		original := s.wait(a.json(t)["job_id"].(string))
		a = s.call("/jobs/" + original["job_id"].(string) + "/rerun")
		v := a.json(t)
		id := v["job_id"].(string)
		if a.StatusCode != http.StatusCreated || a.Header.Get("Location") != "/jobs/"+id || v["status"] != "queued" || id == original["job_id"] || v["original_job_id"] != original["job_id"] {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		again := s.wait(id)
		for _, key := range []string{"status", "pdf_name", "pdf_hash", "tags", "metadata", "operation"} {
			if diff := cmp.Diff(original[key], again[key]); diff != "" {
				t.Errorf("%s: %s: %s", name, key, diff)
			}
		}
		// The copy lives when the original is gone.
		if a := s.do(http.MethodDelete, "/jobs/"+original["job_id"].(string), "", nil); a.StatusCode != http.StatusOK {
			t.Errorf("%s: delete: %d", name, a.StatusCode)
		}
		third := s.wait(s.call("/jobs/" + id + "/rerun").json(t)["job_id"].(string))
		if third["status"] != original["status"] || third["original_job_id"] != id {
			t.Errorf("%s: third run %v", name, third)
		}
	}
	waiting := serve(t, dataFolder(t), "--workers", "0")
	id := waiting.submit("a.pdf", testkit.PDF("x"))
	if a := waiting.call("/jobs/" + id + "/rerun"); a.StatusCode != http.StatusConflict {
		t.Errorf("an unfinished job: %d %s", a.StatusCode, a.body)
	}
	if a := waiting.call("/v1/api/jobs/" + id + "/rerun"); a.StatusCode != http.StatusBadRequest || at(a.json(t), "error", "name") != "ValidationError" || a.json(t)["data"] != nil {
		t.Errorf("an unfinished job of the platform: %d %s", a.StatusCode, a.body)
	}
	waiting.call("/jobs/" + id + "/cancel")
	if a := waiting.call("/jobs/" + id + "/rerun"); a.StatusCode != http.StatusCreated {
		t.Errorf("a cancelled job: %d %s", a.StatusCode, a.body)
	}
}

// A rerun may change parameters, so that a password needs no second upload.
// contract J22
func TestRerunWithOtherParameters(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	locked := testkit.EncryptedPDF("sesame", "secret words")
	for name, test := range map[string]struct{ operation, parameters, wrong, right string }{
		"parse":      {"parse", `{"merge_tables":true,"password":"wrong"}`, `{"password":"worse"}`, `{"password":"sesame"}`},
		"within one": {"document_processing", `{"operation":"parse","parameters":{"page_range":"1"}}`, `{"parameters":{"password":"worse"}}`, `{"parameters":{"password":"sesame"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := s.on(t)
			a := s.post("/jobs", part{name: "operation", content: test.operation}, part{name: "parameters", content: test.parameters}, part{"file", "locked.pdf", string(locked)})
			first := s.wait(a.json(t)["job_id"].(string))["job_id"].(string)
			rerun := func(parameters string) map[string]any {
				a := s.do(http.MethodPost, "/jobs/"+first+"/rerun", "application/json", strings.NewReader(`{"parameters":`+parameters+`}`))
				if a.StatusCode != http.StatusCreated {
					t.Fatalf("rerun: %d %s", a.StatusCode, a.body)
				}
				return s.wait(a.json(t)["job_id"].(string))
			}
			if v := rerun(test.wrong); v["status"] != "failed" || at(v, "error_details", "error_type") != "password_protected" {
				t.Errorf("with a wrong password: %v", v)
			}
			v := rerun(test.right)
			if v["status"] != "completed" || v["original_job_id"] != first {
				t.Fatalf("with the password: %v", v)
			}
			if a := s.get("/jobs/" + v["job_id"].(string) + "/result"); !strings.Contains(string(a.body), "secret words") {
				t.Errorf("the result: %s", a.body)
			}
			// A rerun of that one still knows it.
			if v := s.wait(s.call("/jobs/" + v["job_id"].(string) + "/rerun").json(t)["job_id"].(string)); v["status"] != "completed" {
				t.Errorf("run a third time: %v", v)
			}
		})
	}
	id := s.submit("a.pdf", testkit.PDF("x"))
	s.wait(id)
	for _, test := range []struct {
		contentType, body string
		status            int
		says              string
	}{
		{"application/json", ``, 201, ""},
		{"application/json", `{}`, 201, ""},
		{"application/json", `{"parameters":null}`, 201, ""},
		{"application/json", `{"parameters":{"page_range":"x"}}`, 400, "page_range"},
		{"application/json", `{"parameters":{"speed":9}}`, 400, "speed"},
		{"application/json", `{"parameters":[1]}`, 400, "parameters: it is not a JSON object"},
		{"application/json", `{"password":"sesame"}`, 400, "Allowed: parameters"},
		{"application/json", `{`, 400, "JSON"},
		{"application/x-www-form-urlencoded", `parameters={"page_range":"1"}`, 201, ""},
		{"text/plain", `hello`, 415, "application/json"},
	} {
		a := s.do(http.MethodPost, "/jobs/"+id+"/rerun", test.contentType, strings.NewReader(test.body))
		if a.StatusCode != test.status || !strings.Contains(string(a.body), test.says) {
			t.Errorf("%s %s: %d %s", test.contentType, test.body, a.StatusCode, a.body)
		}
	}
	chunked := struct{ io.Reader }{strings.NewReader("")} // whose length is not known before
	if a := s.do(http.MethodPost, "/jobs/"+id+"/rerun", "", chunked); a.StatusCode != http.StatusCreated {
		t.Errorf("an empty body in chunks: %d %s", a.StatusCode, a.body)
	}
}

// contract A4, H33, H37, H87, H90, H91, J22
func TestDelete(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	running := s.submit("long.pdf", testkit.LongPDF(2000))
	s.until(running, "processing")
	queued := s.submit("large.pdf", testkit.LongPDF(200))
	for _, id := range []string{queued, running} {
		a := s.do(http.MethodDelete, "/jobs/"+id, "", nil)
		if a.StatusCode != http.StatusOK || a.json(t)["message"] != "Job "+id+" deleted" {
			t.Errorf("delete: %d %s", a.StatusCode, a.body)
		}
		for _, path := range []string{"", "/result", "/status", "/events"} {
			a := s.get("/jobs/" + id + path)
			v := a.json(t)
			if a.StatusCode != http.StatusNotFound || v["error"] != "Job not found" || at(v, "details", "error_type") != "not_found" || at(v, "details", "job_id") != id ||
				at(v, "details", "message") != "Job with ID '"+id+"' does not exist" || v["detail"] != "Job "+id+" not found" {
				t.Errorf("%s after that: %d %s", path, a.StatusCode, a.body)
			}
			want := []any{"Check the job ID for typos", "Verify the job belongs to your account", "Job may have been automatically deleted after retention period"}
			if diff := cmp.Diff(want, v["suggestions"]); diff != "" {
				t.Error(diff)
			}
		}
	}
	done := s.submit("after.pdf", testkit.PDF("the worker is free again"))
	s.wait(done)
	if got := s.get("/jobs").json(t); at(got, "pagination", "total") != 1.0 || !cmp.Equal(ids(got), []string{done}) {
		t.Errorf("the list after that: %v", got)
	}
	s.do(http.MethodDelete, "/jobs/"+done, "", nil)
	s.stop()
	if left, err := filepath.Glob(filepath.Join(data, "blobs", "2*", "*")); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if tmp, err := os.ReadDir(filepath.Join(data, "blobs", "tmp")); err != nil || len(tmp) != 0 {
		t.Errorf("left %v, %v", tmp, err)
	}
}

// contract J26
func TestHistory(t *testing.T) {
	s := serve(t, dataFolder(t))
	id := s.submit("a.pdf", testkit.PDF("x"))
	s.wait(id)
	v := s.get("/jobs/" + id + "/events").json(t)
	var got [][3]any
	last := 0.0
	for _, e := range v["events"].([]any) {
		got = append(got, [3]any{at(e, "event"), at(e, "previous_status"), at(e, "current_status")})
		if n := at(e, "version").(float64); n <= last {
			t.Errorf("version %v after %v", n, last)
		} else {
			last = n
		}
	}
	want := [][3]any{{"job.created", nil, "queued"}, {"job.status_changed", "queued", "processing"}, {"job.status_changed", "processing", "completed"}}
	if diff := cmp.Diff(want, got); diff != "" || v["job_id"] != id {
		t.Errorf("%v\n%s", v, diff)
	}
}

// contract J21
func TestPollersCanWaitAndSaveBytes(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id := s.submit("a.pdf", testkit.PDF("x"))
	paths := []string{"/jobs/" + id, "/parse/" + id, "/v1/api/jobs/" + id, "/jobs/" + id + "/status"}
	conditional := func(path, tag string) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("If-None-Match", tag)
		resp, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return answer{Response: resp}
	}
	for _, path := range paths {
		tag := s.get(path).Header.Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) {
			t.Errorf("%s: ETag %q", path, tag)
		}
		if a := conditional(path, tag); a.StatusCode != http.StatusNotModified {
			t.Errorf("%s with its ETag: %d", path, a.StatusCode)
		}
		// A stale tag is answered at once, however long the wait.
		begin := time.Now()
		if a := conditional(path+"?wait=60", `W/"0"`); a.StatusCode != http.StatusOK || time.Since(begin) > 20*time.Second {
			t.Errorf("%s with a stale ETag: %d after %v", path, a.StatusCode, time.Since(begin))
		}
	}
	if v := s.get("/jobs/" + id + "?wait=0.2").json(t); v["status"] != "queued" {
		t.Errorf("a wait that ends: %v", v)
	}
	told := make(chan string, len(paths))
	for _, path := range paths {
		go func() {
			a, err := s.try(http.MethodGet, path+"?wait=60", "", nil)
			told <- fmt.Sprint(path, " ", string(a.body), " ", err)
		}()
	}
	s.pause()
	s.call("/jobs/" + id + "/cancel")
	for range paths {
		if got := <-told; !strings.Contains(got, `ancelled"`) {
			t.Errorf("told %s", got)
		}
	}
	for _, wrong := range []string{"-1", "soon", "NaN"} {
		if a := s.get("/jobs/" + id + "?wait=" + wrong); a.StatusCode != http.StatusBadRequest {
			t.Errorf("wait=%s: %d", wrong, a.StatusCode)
		}
	}
}

// The account's own jobs ahead, and a guess once one was seen.
func TestQueuePositionAndETA(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	for i := range 5 {
		id := s.submit("a.pdf", testkit.PDF("x"))
		if v := s.get("/jobs/" + id).json(t); at(v, "progress", "queue_position") != float64(i) {
			t.Errorf("job %d: %v", i, v["progress"])
		}
	}
}

// updated_at advances with the progress. // contract H10, H25, H31
func TestProgressMovesWhileAJobRuns(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	a := s.post("/parse", part{"file", "long.pdf", string(testkit.LongPDF(1200))})
	id := a.json(t)["job_id"].(string)
	if v := s.get("/jobs/" + id).json(t); v["status"] == "queued" && v["created_at"] != v["updated_at"] {
		t.Errorf("a new job: %v", v)
	}
	seen := map[any]bool{}
	pages := -1.0
	for {
		v := s.get("/jobs/" + id).json(t)
		if v["status"] == "COMPLETED" {
			break
		}
		if done := at(v, "progress", "pages_completed").(float64); done < pages {
			t.Errorf("pages fell from %v to %v", pages, done)
		} else if done > pages && done > 0 {
			pages = done
			seen[v["updated_at"]] = true
			if at(v, "progress", "total_pages") != 1200.0 {
				t.Errorf("progress %v", v["progress"])
			}
		}
		s.pause()
	}
	if len(seen) < 2 {
		t.Errorf("progress was seen at %d times only", len(seen))
	}
}
