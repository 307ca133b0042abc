package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

func invoiceOrLetter() string {
	return `{"categories":[{"name":"invoice"},{"name":"letter"}]}`
}

// A document is parsed once, and then classified and split; the answers are
// those of the document itself. contract J6
func TestChain(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "2")
	document := string(testkit.PDF("Invoice no. 7\n\nTotal amount due: 100 EUR", "Dear Sir or Madam,\n\nYours sincerely"))
	direct := s.post("/jobs", part{name: "operation", content: "classify"}, part{name: "parameters", content: invoiceOrLetter()}, part{"file", "a.pdf", document}).json(t)["job_id"].(string)
	parse := s.submit("a.pdf", []byte(document))
	from := "jobid://" + parse
	for way, a := range map[string]answer{
		"form":       s.post("/jobs", part{name: "operation", content: "classify"}, part{name: "parameters", content: invoiceOrLetter()}, part{name: "url", content: from}),
		"parameters": s.send("/jobs", map[string]any{"operation": "classify", "parameters": map[string]any{"categories": []string{"invoice", "letter"}, "url": from}}),
		"batch":      s.send("/jobs/batch", map[string]any{"jobs": []any{map[string]any{"operation": "classify", "parameters": map[string]any{"categories": []string{"invoice", "letter"}}, "file_url": from}}}),
		"platform":   s.send("/v1/api/jobs", map[string]any{"type": "classify", "parameters": map[string]any{"categories": []string{"invoice", "letter"}, "urls": []string{from}}}),
		"vision":     s.post("/classify", part{name: "categories", content: `["invoice","letter"]`}, part{name: "file_url", content: from}),
	} {
		v := a.json(t)
		id, _ := v["job_id"].(string)
		if id == "" {
			id, _ = at(v, "jobs", 0, "job_id").(string)
		}
		if id == "" {
			id, _ = at(v, "data", "id").(string)
		}
		done := s.wait(id)
		if !strings.EqualFold(fmt.Sprint(done["status"]), "completed") || done["pdf_name"] != "a.pdf" || done["file_count"] != 1.0 {
			t.Errorf("%s: %s ended as %v", way, a.body, done)
			continue
		}
		s.wait(direct)
		want, got := s.get("/jobs/"+direct+"/result").json(t), s.get("/jobs/"+id+"/result").json(t)
		delete(want, "processing_time")
		delete(got, "processing_time")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: another result:\n%s", way, diff)
		}
	}
	split := s.post("/jobs", part{name: "operation", content: "split"}, part{name: "parameters", content: invoiceOrLetter()}, part{name: "url", content: from}).json(t)["job_id"].(string)
	pieces := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "url", content: "jobid://" + split}).json(t)["job_id"].(string)
	if v := s.wait(pieces); v["status"] != "completed" || v["file_count"] != 2.0 || at(v, "progress", "total_pages") != 2.0 {
		t.Errorf("the pieces ended as %v", v)
	} else if diff := cmp.Diff([]any{split}, v["source_job_ids"]); diff != "" {
		t.Errorf("the sources of the pieces: %s", diff)
	}
	// Who uses a result is found in whichever spelling, and nobody else is.
	for _, of := range []string{split, s.get("/jobs/" + split).json(t)["alias_id"].(string)} {
		if diff := cmp.Diff([]string{pieces}, ids(s.get("/jobs?q=source:"+of).json(t))); diff != "" {
			t.Errorf("who uses %s: %s", of, diff)
		}
	}
	if users := ids(s.get("/jobs?q=source:" + parse).json(t)); len(users) != 6 || !slices.Contains(users, split) {
		t.Errorf("%s uses the parse, found %v", split, users)
	}
	if users := ids(s.get("/jobs?q=source:" + pieces).json(t)); len(users) != 0 {
		t.Errorf("nobody uses the pieces, found %v", users)
	}
	if a := s.get("/jobs?q=source:7"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "is not the id of a job") {
		t.Errorf("a source that is no id: %d %s", a.StatusCode, a.body)
	}
}

func TestChainWaitsAndFails(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	parse := s.submit("a.pdf", testkit.PDF("x"))
	waiting := s.send("/jobs", map[string]any{"operation": "parse", "url": "jobid://" + parse}).json(t)
	id := waiting["job_id"].(string)
	if at(waiting, "progress", "stage") != "waiting for another job" || !strings.Contains(fmt.Sprint(at(waiting, "progress", "message")), parse) || at(waiting, "progress", "queue_position") != nil {
		t.Errorf("waits as %v", waiting)
	}
	if v := s.get("/jobs/" + s.submit("b.pdf", testkit.PDF("y"))).json(t); at(v, "progress", "queue_position") != 1.0 {
		t.Errorf("what waits for another job stands in the line: %v", v)
	}
	if a := s.call("/jobs/" + parse + "/cancel"); a.StatusCode != http.StatusAccepted {
		t.Fatalf("cancel: %d", a.StatusCode)
	}
	v := s.wait(id)
	if v["status"] != "failed" || at(v, "error_details", "error_type") != "input_failed" || at(v, "error_details", "facts", "job_id") != parse || at(v, "error_details", "facts", "status") != "cancelled" {
		t.Errorf("ended as %v", v)
	}
	for name, test := range map[string]struct {
		a    answer
		says string
	}{
		"no job":        {s.send("/jobs", map[string]any{"operation": "parse", "url": "jobid://job_01h455vb4pex5vsknk084sn02q"}), "there is no job"},
		"no id":         {s.send("/jobs", map[string]any{"operation": "parse", "url": "jobid://7"}), "names no job"},
		"on a platform": {s.send("/v1/api/jobs", map[string]any{"type": "parse", "parameters": map[string]any{"url": "jobid://7"}}), "names no job"},
		"in a batch":    {s.send("/jobs/batch", map[string]any{"jobs": []any{map[string]any{"operation": "parse", "url": "jobid://7"}}}), "names no job"},
	} {
		if test.a.StatusCode != http.StatusBadRequest || !strings.Contains(string(test.a.body), test.says) {
			t.Errorf("%s: %d %s", name, test.a.StatusCode, test.a.body)
		}
	}
}

// Killed between the two ends, neither job is lost.
func TestChainSurvivesKill(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	source := s.submit("long.pdf", testkit.LongPDF(300))
	var ids []string
	for range 5 {
		ids = append(ids, s.post("/jobs", part{name: "operation", content: "classify"}, part{name: "parameters", content: invoiceOrLetter()}, part{name: "url", content: "jobid://" + source}).json(t)["job_id"].(string))
	}
	for s.get("/jobs/" + source).json(t)["status"] != "processing" {
		s.pause()
	}
	s.kill()
	s = serve(t, data, "--workers", "1")
	s.wait(source)
	s.kill()
	s = serve(t, data, "--workers", "1")
	for _, id := range ids {
		if v := s.wait(id); v["status"] != "completed" || at(v, "progress", "total_pages") != 300.0 {
			t.Errorf("ended as %v", v)
		}
	}
	s.stop()
	endsOnce(t, data, 6)
}
