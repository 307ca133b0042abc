package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// keyed sends a request under an Idempotency-Key.
func (s *server) keyed(key, path, contentType string, body io.Reader) answer {
	s.t.Helper()
	a, err := s.tryKeyed(key, path, contentType, body)
	if err != nil {
		s.t.Fatalf("POST %s: %v\n%s", path, err, s.stderr)
	}
	return a
}

func (s *server) tryKeyed(key, path, contentType string, body io.Reader) (answer, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Idempotency-Key", key)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	b, err := io.ReadAll(resp.Body)
	return answer{resp, b}, errors.Join(err, resp.Body.Close())
}

func (s *server) keyedForm(key, path string, parts ...part) answer {
	s.t.Helper()
	contentType, body := form(parts...)
	return s.keyed(key, path, contentType, body)
}

func (s *server) keyedJSON(key, path string, body any) answer {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.keyed(key, path, "application/json", bytes.NewReader(b))
}

// jobs is the total of the list.
func (s *server) jobs() float64 {
	s.t.Helper()
	return at(s.get("/jobs?limit=1").json(s.t), "pagination", "total").(float64)
}

// Every route that makes jobs makes the same for the same key, also after a
// restart and after the job was deleted. // contract J11
func TestIdempotencyKeyOnEveryRoute(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	pdf, large := string(testkit.PDF("x")), string(testkit.LongPDF(150))
	ended := s.submit("ended.pdf", []byte(pdf))
	s.call("/jobs/" + ended + "/cancel")
	before := s.jobs()
	creates := map[string]func(key string) answer{
		"jobs": func(key string) answer {
			return s.keyedForm(key, "/jobs", part{name: "operation", content: "parse"}, part{"file", "a.pdf", large}, part{name: "metadata", content: `{"b":1,"a":2}`})
		},
		"jobs as JSON": func(key string) answer {
			return s.keyedJSON(key, "/jobs", map[string]any{"operation": "parse", "url": "http://127.0.0.1:1/a.pdf"})
		},
		"batch": func(key string) answer {
			return s.keyedForm(key, "/jobs/batch", part{name: "jobs", content: `[{"operation":"parse","file":"one"},{"operation":"parse","file":"two"}]`}, part{"one", "1.pdf", pdf}, part{"two", "2.pdf", large})
		},
		"rerun":    func(key string) answer { return s.keyed(key, "/jobs/"+ended+"/rerun", "", nil) },
		"parse":    func(key string) answer { return s.keyedForm(key, "/parse", part{"file", "a.pdf", pdf}) },
		"classify": func(key string) answer { return s.keyedForm(key, "/classify", part{"pdf_file", "a.pdf", pdf}) },
		"splitter": func(key string) answer {
			return s.keyedForm(key, "/splitter", part{"file", "a.pdf", pdf}, part{name: "categories", content: `[{"name":"invoice"}]`})
		},
		"upload": func(key string) answer {
			return s.keyedJSON(key, "/v2/parse/upload", map[string]any{"file_name": "a.pdf"})
		},
		"platform": func(key string) answer {
			return s.keyedForm(key, "/v1/api/jobs", part{name: "type", content: "parse"}, part{"file", "a.pdf", pdf})
		},
		"platform rerun": func(key string) answer { return s.keyed(key, "/v1/api/jobs/"+ended+"/rerun", "", nil) },
	}
	for _, path := range []string{"/v2/extract", "/extract", "/cite"} {
		creates[path] = func(key string) answer {
			return s.keyedForm(key, path, part{"pdf_file", "a.pdf", pdf}, part{name: "schema_data", content: `{"type":"object","properties":{"a":{"type":"string"}}}`})
		}
	}
	first := map[string]answer{}
	for name, create := range creates {
		first[name] = create("key of " + name)
		if a := first[name]; a.StatusCode >= 300 || a.Header.Get("Idempotency-Replayed") != "" {
			t.Fatalf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	made := float64(len(creates) + 1) // two in the batch
	again := func(when string) {
		t.Helper()
		for name, create := range creates {
			a, want := create("key of "+name), first[name]
			if diff := cmp.Diff(string(want.body), string(a.body)); diff != "" || a.StatusCode != want.StatusCode || a.Header.Get("Location") != want.Header.Get("Location") || a.Header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("%s %s: %d, %v: %s", name, when, a.StatusCode, a.Header, diff)
			}
		}
	}
	again("at once")
	if got := s.jobs() - before; got != made {
		t.Errorf("%v jobs were made, want %v", got, made)
	}
	s.kill()
	s = serve(t, data, "--workers", "0")
	again("after kill -9")
	for _, id := range ids(s.get("/jobs?limit=100").json(t)) {
		s.do(http.MethodDelete, "/jobs/"+id, "", nil)
	}
	again("after the jobs were deleted")
	if got := s.jobs(); got != 0 {
		t.Errorf("%v jobs are back", got)
	}
	if left, err := filepath.Glob(filepath.Join(data, "blobs", "2*", "*")); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// contract J11
func TestIdempotencyKeyOfAnotherRequest(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	pdf, other := string(testkit.PDF("x")), string(testkit.PDF("y"))
	operation, file := part{name: "operation", content: "parse"}, part{"file", "a.pdf", pdf}
	first := s.keyedForm("k", "/jobs", operation, file, part{name: "metadata", content: `{"a":1,"b":[2]}`})
	id := first.json(t)["job_id"]
	for name, a := range map[string]answer{
		"another boundary": s.keyedForm("k", "/jobs", operation, file, part{name: "metadata", content: `{"a":1,"b":[2]}`}),
		"another order":    s.keyedForm("k", "/jobs", part{name: "metadata", content: `{"b": [2], "a": 1}`}, file, operation),
		"another name":     s.keyedForm("k", "/jobs", operation, part{"file", "b.pdf", pdf}, part{name: "metadata", content: `{"a":1,"b":[2]}`}),
	} {
		if a.StatusCode != http.StatusAccepted || a.json(t)["job_id"] != id {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	for name, a := range map[string]answer{
		"another document": s.keyedForm("k", "/jobs", operation, part{"file", "a.pdf", other}, part{name: "metadata", content: `{"a":1,"b":[2]}`}),
		"another field":    s.keyedForm("k", "/jobs", operation, file, part{name: "metadata", content: `{"a":2,"b":[2]}`}),
		"one field more":   s.keyedForm("k", "/jobs", operation, file, part{name: "metadata", content: `{"a":1,"b":[2]}`}, part{name: "tags", content: "t"}),
		"two documents":    s.keyedForm("k", "/jobs", operation, file, file, part{name: "metadata", content: `{"a":1,"b":[2]}`}),
		"another route":    s.keyedForm("k", "/parse", file),
		"the platform":     s.keyedForm("k", "/v1/api/jobs", part{name: "type", content: "parse"}, file),
		"a rerun":          s.keyed("k", "/jobs/"+id.(string)+"/rerun", "", nil),
		"a batch":          s.keyedJSON("k", "/jobs/batch", map[string]any{"jobs": []any{map[string]any{"operation": "parse", "url": "http://127.0.0.1:1/"}}}),
	} {
		if a.StatusCode != http.StatusConflict || !strings.Contains(string(a.body), "was used at 2") || a.Header.Get("Retry-After") != "" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	for _, key := range []string{"", strings.Repeat("k", 256), "tab\there", "\xff"} {
		a := s.keyedForm(key, "/jobs", operation, file)
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "Idempotency-Key") {
			t.Errorf("key %q: %d %s", key, a.StatusCode, a.body)
		}
	}
	if a := s.keyedForm(strings.Repeat("k", 255), "/parse", file); a.StatusCode != http.StatusOK {
		t.Errorf("a long key: %d %s", a.StatusCode, a.body)
	}
	if got := s.jobs(); got != 2 {
		t.Errorf("%v jobs were made", got)
	}
}

// A request that is refused leaves its key free. // contract J11
func TestRefusedRequestLeavesItsKey(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0", "--max-file", "100kB")
	file := part{"file", "a.pdf", string(testkit.PDF("x"))}
	running := s.submit("a.pdf", testkit.PDF("x"))
	for name, a := range map[string]answer{
		"no operation": s.keyedForm("k", "/jobs", file),
		"no document":  s.keyedForm("k", "/parse"),
		"too large":    s.keyedForm("k", "/parse", part{"file", "a.pdf", strings.Repeat("x", 100_001)}),
		"no type":      s.keyedForm("k", "/v1/api/jobs", file),
		"a bad item":   s.keyedJSON("k", "/jobs/batch", map[string]any{"jobs": []any{map[string]any{"operation": "shred"}}}),
		"a bad page":   s.keyedJSON("k", "/jobs/batch?limit=x", map[string]any{"jobs": []any{map[string]any{"operation": "parse", "url": "http://127.0.0.1:1/"}}}),
		"not ended":    s.keyed("k", "/jobs/"+running+"/rerun", "", nil),
		"not there":    s.keyed("k", "/jobs/b2094b38-e432-44b6-a5d0-67bed07d5de1/rerun", "", nil),
	} {
		if a.StatusCode < 400 || a.StatusCode >= 500 || strings.Contains(string(a.body), "Idempotency") {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := s.keyedForm("k", "/parse", file); a.StatusCode != http.StatusOK || a.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("after that: %d %s", a.StatusCode, a.body)
	}
}

// A hundred requests with one key make one job. // contract J11
func TestOneKeyMakesOneJob(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	document := string(testkit.LongPDF(150))
	if len(document) <= 64<<10 {
		t.Fatal("the document is to be a file")
	}
	answers := make(chan string, 100)
	var wg sync.WaitGroup
	for range cap(answers) {
		wg.Go(func() {
			contentType, body := form(part{name: "operation", content: "parse"}, part{"file", "a.pdf", document})
			a, err := s.tryKeyed("one", "/jobs", contentType, body)
			if err != nil {
				answers <- err.Error()
				return
			}
			answers <- fmt.Sprint(a.StatusCode, string(a.body))
		})
	}
	wg.Wait()
	want := <-answers
	for range cap(answers) - 1 {
		if got := <-answers; got != want || !strings.HasPrefix(got, "202") {
			t.Errorf("answered %s, and %s", got, want)
		}
	}
	if got := s.jobs(); got != 1 {
		t.Errorf("%v jobs were made", got)
	}
	if files, err := filepath.Glob(filepath.Join(data, "blobs", "2*", "*", "*", "*")); err != nil || len(files) != 1 {
		t.Errorf("stored %v, %v", files, err)
	}
	if tmp, err := os.ReadDir(filepath.Join(data, "blobs", "tmp")); err != nil || len(tmp) != 0 {
		t.Errorf("left %v, %v", tmp, err)
	}
}

// A full queue refuses a job and leaves its key free; what was answered before
// is answered again. // contract J11, J29
func TestIdempotencyKeyAtAFullQueue(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0", "--max-waiting", "1")
	file := part{"file", "a.pdf", string(testkit.PDF("x"))}
	first := s.keyedForm("one", "/parse", file)
	if again := s.keyedForm("one", "/parse", file); again.StatusCode != http.StatusOK || !bytes.Equal(again.body, first.body) {
		t.Errorf("the first again: %d %s", again.StatusCode, again.body)
	}
	if a := s.keyedForm("two", "/parse", file); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many: %d %s", a.StatusCode, a.body)
	}
	s.call("/jobs/" + fmt.Sprint(first.json(t)["job_id"]) + "/cancel")
	if a := s.keyedForm("two", "/parse", file); a.StatusCode != http.StatusOK || a.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("with room again: %d %s", a.StatusCode, a.body)
	}
}
