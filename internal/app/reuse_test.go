package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// contract J12
func TestReuse(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	small, large := string(testkit.PDF("a small result")), string(testkit.LongPDF(300))
	submit := func(path, name, document string, more ...part) map[string]any {
		t.Helper()
		a := s.post(path, append([]part{{name: "operation", content: "parse"}, {name: "reuse", content: "true"}, {"file", name, document}}, more...)...)
		if a.StatusCode != http.StatusAccepted {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		return a.json(t)
	}
	for name, document := range map[string]string{"small.pdf": small, "large.pdf": large} {
		first := submit("/jobs", name, document)
		if first["status"] != "queued" || first["reused_from"] != nil {
			t.Errorf("%s: without a source: %v", name, first)
		}
		source := first["job_id"].(string)
		s.wait(source)
		result := s.get("/jobs/" + source + "/result").json(t)

		second := submit("/jobs", "other.pdf", document, part{name: "tags", content: "t"}, part{name: "expires_in", content: "60"})
		id := second["job_id"].(string)
		if second["status"] != "completed" || second["reused_from"] != source || id == source || second["pdf_name"] != "other.pdf" || !cmp.Equal(second["tags"], []any{"t"}) || second["attempt"] != 0.0 ||
			at(second, "progress", "percentage") != 100.0 || at(second, "progress", "total_pages") != result["page_count"] {
			t.Errorf("%s: %v", name, second)
		}
		if uuid := s.get("/jobs/" + second["alias_id"].(string)).json(t); uuid["status"] != "COMPLETED" || uuid["reused_from"] == source {
			t.Errorf("%s: in Vision words %v", name, uuid)
		}
		var moves []any
		for _, e := range s.get("/jobs/" + id + "/events").json(t)["events"].([]any) {
			moves = append(moves, at(e, "current_status"))
		}
		if diff := cmp.Diff([]any{"queued", "completed"}, moves); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		// Each has its own: one lives when the other is gone.
		s.do(http.MethodDelete, "/jobs/"+source, "", nil)
		for _, path := range []string{"/jobs/" + id + "/result", "/parse/" + second["alias_id"].(string)} {
			got := s.get(path).json(t)
			if diff := cmp.Diff(len(result["chunks"].([]any)), len(got["chunks"].([]any))); diff != "" {
				t.Errorf("%s: %s: %s", name, path, diff)
			}
		}
		third := submit("/jobs", name, document)
		if third["reused_from"] != id {
			t.Errorf("%s: from a job that reused itself: %v", name, third)
		}
		for _, id := range []string{id, third["job_id"].(string)} {
			s.do(http.MethodDelete, "/jobs/"+id, "", nil)
		}
		if last := submit("/jobs", name, document); last["status"] != "queued" || last["reused_from"] != nil {
			t.Errorf("%s: after all were deleted: %v", name, last)
		} else {
			s.do(http.MethodDelete, "/jobs/"+last["job_id"].(string), "", nil)
		}
	}
	s.stop()
	if left, err := filepath.Glob(filepath.Join(data, "blobs", "2*", "*")); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// What is not the same is worked on anew. // contract J12
func TestReuseOfTheSameAlone(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	document := string(testkit.PDF("x"))
	parameters := func(text string) part { return part{name: "parameters", content: text} }
	parse, reuse, file := part{name: "operation", content: "parse"}, part{name: "reuse", content: "1"}, part{"file", "a.pdf", document}
	source := s.post("/jobs", parse, file, parameters(`{"merge_tables": true, "password": ""}`)).json(t)["job_id"].(string)
	s.wait(source)
	for name, test := range map[string]struct {
		parts  []part
		reuses bool
	}{
		"the same":             {[]part{parse, reuse, file, parameters(`{"merge_tables":true}`)}, true},
		"not asked for":        {[]part{parse, file, parameters(`{"merge_tables":true}`)}, false},
		"other parameters":     {[]part{parse, reuse, file, parameters(`{}`)}, false},
		"another document":     {[]part{parse, reuse, {"file", "a.pdf", string(testkit.PDF("y"))}, parameters(`{"merge_tables":true}`)}, false},
		"twice the document":   {[]part{parse, reuse, file, file, parameters(`{"merge_tables":true}`)}, false},
		"another operation":    {[]part{{name: "operation", content: "classify"}, reuse, file, parameters(`{"categories":[{"name":"a"},{"name":"b"}]}`)}, false},
		"an address besides":   {[]part{parse, reuse, file, parameters(`{"merge_tables":true}`), {name: "url", content: "http://127.0.0.1:1/a.pdf"}}, false},
		"an address by itself": {[]part{parse, reuse, parameters(`{"merge_tables":true}`), {name: "url", content: "http://127.0.0.1:1/a.pdf"}}, false},
	} {
		a := s.post("/jobs", test.parts...)
		if v := a.json(t); a.StatusCode != http.StatusAccepted || (v["reused_from"] != nil) != test.reuses {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	a := s.post("/jobs/batch", part{name: "jobs", content: `[{"operation":"parse","file":"one","reuse":true,"parameters":{"merge_tables":true}},{"operation":"parse","file":"two","reuse":true}]`},
		part{"one", "a.pdf", document}, part{"two", "b.pdf", string(testkit.PDF("z"))})
	if v := a.json(t); a.StatusCode != http.StatusAccepted || v["completed_jobs"] != 1.0 || v["queued_jobs"] != 1.0 || at(v, "jobs", 0, "status") != "completed" {
		t.Errorf("a batch: %d %s", a.StatusCode, a.body)
	}
	if a := s.post("/jobs", parse, file, part{name: "reuse", content: "perhaps"}); a.StatusCode != http.StatusBadRequest {
		t.Errorf("reuse=perhaps: %d %s", a.StatusCode, a.body)
	}
}

// The account is told of a job that ended in its submit, as of any other.
// contract J12, J24
func TestReuseIsTold(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	submit := func() string {
		t.Helper()
		a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "reuse", content: "true"}, part{"file", "a.pdf", string(testkit.PDF("x"))},
			part{name: "notification_settings", content: `{"email":"user@example.com","events":["completed"]}`})
		return fmt.Sprint(a.json(t)["job_id"])
	}
	s.wait(submit())
	s.wait(submit())
	for {
		mails, err := os.ReadDir(filepath.Join(data, "outbox"))
		if err != nil {
			t.Fatal(err)
		}
		if len(mails) == 2 {
			return
		}
		s.pause()
	}
}
