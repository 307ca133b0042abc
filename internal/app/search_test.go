package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// What ?q= finds, and how it says what it does not understand.
// contract J20, J31
func TestSearch(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	good, bad := testkit.PDF(letterText), []byte("%PDF-1.7 broken")
	submit := func(name string, content []byte, tags string) string {
		a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "tags", content: tags}, part{"file", name, string(content)})
		id := a.json(t)["job_id"].(string)
		s.wait(id)
		return id
	}
	bill := submit("Bill_March 2026.pdf", good, "a")
	broken := submit("bill-2.pdf", bad, "a,b c")
	umlaut := submit("Übersicht 100%.pdf", good, "")
	batch := s.send("/jobs/batch", map[string]any{"jobs": []any{map[string]any{"operation": "parse", "url": s.url + "/not/Found%20there.pdf?x=1"}}}).json(t)
	url1 := at(batch, "jobs", 0, "job_id").(string)
	if name := s.get("/jobs/" + url1).json(t)["pdf_name"]; name != "Found there.pdf" {
		t.Errorf("a job of an address is called %v", name)
	}
	s.wait(url1)
	uuid := s.get("/jobs/" + bill).json(t)["alias_id"].(string)
	for q, want := range map[string][]string{
		"":                                       {url1, umlaut, broken, bill},
		"bill":                                   {broken, bill},
		"BILL .pdf":                              {broken, bill},
		"bill march":                             {bill},
		`"march 2026"`:                           {bill},
		`"2026 march"`:                           nil,
		"bill_":                                  {bill},
		"%":                                      {umlaut},
		"übers":                                  {umlaut},
		"ÜBERS":                                  {umlaut},
		"found":                                  {url1},
		"nothing-of-this":                        nil,
		bill:                                     {bill},
		bill[:len(bill)-3]:                       {bill},
		strings.ToUpper(uuid):                    {bill},
		uuid[:len(uuid)-3]:                       {bill},
		uuid + " march":                          {bill},
		uuid + " other":                          nil,
		"id:" + uuid:                             {bill},
		"name:bill status:failed":                {broken},
		"status:failed":                          {url1, broken},
		"status:Completed,failed bill":           {broken, bill},
		"op:parse tag:a":                         {broken, bill},
		`tag:"b c"`:                              {broken},
		"operation:chunking tag:a bill":          {broken, bill},
		"op:extract":                             nil,
		"after:2000-01-01 bill":                  {broken, bill},
		"before:2000-01-01":                      nil,
		"before:2000-01-01 bill":                 nil,
		"batch:" + fmt.Sprint(batch["batch_id"]): {url1},
		"found batch:" + fmt.Sprint(batch["batch_id"]): {url1},
	} {
		v := s.get("/jobs?counts=1&q=" + url.QueryEscape(q)).json(t)
		if diff := cmp.Diff(want, ids(v)); diff != "" {
			t.Errorf("%q: %s", q, diff)
		}
		if total := at(v, "pagination", "total"); total != float64(len(want)) || at(v, "pagination", "truncated") != nil {
			t.Errorf("%q: %v", q, v["pagination"])
		}
		if !strings.Contains(q, "status:") && at(v, "counts", "total") != float64(len(want)) {
			t.Errorf("%q: counts %v", q, v["counts"])
		}
	}
	// The states that are not shown are counted.
	if v := s.get("/jobs?counts=true&status=failed&q=bill").json(t); at(v, "counts", "completed") != 1.0 || at(v, "counts", "failed") != 1.0 || len(ids(v)) != 1 {
		t.Errorf("counts beside a state: %v", v)
	}
	if v := s.get("/jobs?limit=1&offset=1&q=pdf").json(t); ids(v)[0] != umlaut || at(v, "pagination", "has_more") != true {
		t.Errorf("the second page: %v", v)
	}
	for q, part := range map[string]string{
		"state:failed":                      "status:",
		"foo:bar":                           "tag:",
		"status:":                           "status:failed",
		"status:done":                       "completed",
		"op:translate":                      "extract",
		"after:yesterday":                   "2024-01-15",
		"batch:x":                           "batch_",
		"id:x":                              "job_",
		"status:failed status:queued":       "commas",
		"after:2024-01-01 after:2025-01-01": "once",
		`"open`:                             `"`,
		strings.Repeat("a ", 11):            "10 words",
		strings.Repeat("a", 501):            "500",
		"\xff":                              "UTF-8",
	} {
		a := s.get("/jobs?q=" + url.QueryEscape(q))
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), `"q: `) || !strings.Contains(strings.ReplaceAll(string(a.body), `\"`, `"`), part) {
			t.Errorf("%q: %d %s", q, a.StatusCode, a.body)
		}
	}
	for _, query := range []string{"status=failed&q=status:queued", "batch=nope", "counts=maybe"} {
		if a := s.get("/jobs?" + query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.body)
		}
	}
	s.do(http.MethodDelete, "/jobs/"+bill, "", nil)
	if v := s.get("/jobs?q=march").json(t); len(ids(v)) != 0 {
		t.Errorf("a deleted job is found: %v", v)
	}
}
