package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// crawled crawls a few pages and gives the id of the job and how many there
// are.
func (s *server) crawled(site string) (id string, pages int) {
	s.t.Helper()
	id, result := s.platform("web_crawling", map[string]any{"urls": []string{site}, "max_depth": 8, "delay": 0, "exclude": []string{"/traps"}})
	n, _ := result["pagesCrawled"].(float64)
	return id, int(n)
}

// The pages of a crawl are documents for every operation, without waiting for
// it, also together with other sources. contract J6
func TestCrawlFeedsOtherJobs(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "2")
	site := testkit.NewSite(t, 6)
	crawl, n := s.crawled(site.URL)
	parsed := s.submit("own.pdf", testkit.PDF("Sent by hand."))
	from, other := "jobid://"+crawl, "jobid://"+parsed
	schema := map[string]any{"schema": map[string]any{"type": "object", "properties": map[string]any{"invoice_number": map[string]any{"type": "string"}}}}
	for _, test := range []struct {
		operation  string
		parameters map[string]any
	}{
		{"parse", map[string]any{}}, {"classify", map[string]any{"categories": []string{"invoice", "letter"}}}, {"extract", schema}, {"document_processing", map[string]any{"operation": "parse"}},
	} {
		v := s.wait(s.send("/jobs", map[string]any{"operation": test.operation, "parameters": test.parameters, "urls": []string{from, other}}).json(t)["job_id"].(string))
		if v["status"] != "completed" || v["file_count"] != float64(n+1) || at(v, "progress", "files_completed") != float64(n+1) {
			t.Errorf("%s: %v", test.operation, v)
		}
	}
	// As lines of a list for an import, a job for each page.
	_, made := s.platform("import", map[string]any{"url": from, "tags": []string{"pages"}})
	if b := s.waitBatch(made["batch_id"].(string)); made["submitted"] != float64(n) || b["completed_jobs"] != float64(n) {
		t.Errorf("imported %v: %v", made, b)
	}
	page := s.get("/jobs?tags=pages&limit=1").json(t)
	if url, _ := at(page, "jobs", 0, "metadata", "url").(string); !strings.HasPrefix(url, site.URL) {
		t.Errorf("a page of the import is %v", page)
	}
	_, embedded := s.platform("batch_embedding", map[string]any{"job_ids": []string{crawl, parsed, crawl}})
	if embedded["errors"] != 0.0 || embedded["resultUrl"] == nil && len(embedded["files"].([]any)) != n+1 {
		t.Errorf("embedded %v", embedded)
	}
	for _, format := range []string{"jsonl", "csv", "md", "xlsx", "zip"} {
		if _, v := s.platform("export", map[string]any{"format": format, "job_ids": []string{crawl, parsed}}); v["results"] != 2.0 || v["missing"] != 0.0 {
			t.Errorf("exported as %s: %v", format, v)
		}
	}
	_, exported := s.platform("export", map[string]any{"url": from})
	var line struct {
		JobID  string `json:"job_id"`
		Result struct {
			Pages []any `json:"pages"`
		} `json:"result"`
	}
	if err := json.Unmarshal(s.fetch(exported["url"]), &line); err != nil || line.JobID != crawl || len(line.Result.Pages) != n {
		t.Errorf("exported %+v %v", line, err)
	}
}

// Results of any kind are embedded, and each vector says of which job it is.
func TestResultsAreEmbedded(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "2")
	document := part{"file", "a.pdf", string(testkit.PDF("Invoice no. R-7\n\nTotal amount due: 100 EUR"))}
	classify := s.post("/jobs", part{name: "operation", content: "classify"}, part{name: "parameters", content: invoiceOrLetter()}, document).json(t)["job_id"].(string)
	extract := s.post("/jobs", part{name: "operation", content: "extract"}, part{name: "parameters", content: `{"schema":{"type":"object","properties":{"invoice_number":{"type":"string"}}}}`}, document).json(t)["job_id"].(string)
	parse := s.post("/jobs", part{name: "operation", content: "parse"}, document).json(t)["job_id"].(string)
	_, export := s.platform("export", map[string]any{"format": "md", "job_ids": []string{parse}})
	if export["jobs"] != 1.0 {
		t.Errorf("exported %v", export)
	}
	// None of them need have ended.
	embed := at(s.send("/v1/api/jobs", map[string]any{"type": "batch_embedding", "parameters": map[string]any{"job_ids": []string{classify, extract, "jobid://" + parse}, "texts": []string{"a text"}}}).json(t), "data", "id")
	if v := s.wait(embed.(string)); v["status"] != "completed" {
		t.Fatalf("ended as %v", v)
	}
	texts := map[string]string{}
	for line := range strings.Lines(string(s.get("/jobs/" + embed.(string) + "/result?format=jsonl").body)) {
		var v struct {
			JobID string `json:"job_id"`
			Text  string `json:"text"`
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		texts[v.JobID] += v.Text
	}
	if len(texts) != 4 || !strings.Contains(texts[classify], "invoice") || !strings.Contains(texts[extract], "R-7") || !strings.Contains(texts[parse], "Total amount") || texts[""] != "a text" {
		t.Errorf("%q", texts)
	}
}

// What cannot be a source is refused by its place in the list, with what to do.
func TestWrongSources(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	parse := s.submit("a.pdf", testkit.PDF("x"))
	imported, _ := s.platform("import", map[string]any{}, part{"file", "a.zip", zipOf(t, "a.pdf", string(testkit.PDF("y")))})
	embedded := s.wait(s.create("batch_embedding", map[string]any{"texts": []string{"a"}}))["job_id"].(string)
	const unknown = "job_01h455vb4pex5vsknk084sn02q"
	for _, test := range []struct {
		kind       string
		parameters map[string]any
		says       []string
	}{
		{"batch_embedding", map[string]any{"job_ids": []string{parse, unknown}}, []string{"parameters.job_ids[1]", "there is no job " + unknown}},
		{"batch_embedding", map[string]any{"job_ids": []string{parse, "seven"}}, []string{"parameters.job_ids[1]", "names no job"}},
		{"batch_embedding", map[string]any{"job_ids": parse}, []string{"parameters.job_ids", "not a JSON array"}},
		{"batch_embedding", map[string]any{"job_ids": []string{}}, []string{"parameters.job_ids", "names no job"}},
		{"batch_embedding", map[string]any{"job_ids": []int{7}}, []string{"parameters.job_ids", "not a JSON array"}},
		{"batch_embedding", map[string]any{"job_ids": []string{imported}}, []string{"parameters.job_ids[0]", "no text to embed"}},
		{"export", map[string]any{"job_ids": []string{parse, imported}}, []string{"parameters.job_ids[1]", "is an import", "batch_"}},
		{"export", map[string]any{"url": "https://example.org/a.pdf"}, []string{"urls", "no such parameter"}},
		{"parse", map[string]any{"job_ids": []string{parse}}, []string{"needs a document"}},
		{"parse", map[string]any{"url": "jobid://" + embedded}, []string{"no documents to hand on"}},
		{"web_crawling", map[string]any{"url": "jobid://" + parse}, []string{"url: only http"}},
	} {
		for route, body := range map[string]map[string]any{
			"/v1/api/jobs": {"type": test.kind, "parameters": test.parameters},
			"/jobs":        {"operation": test.kind, "parameters": test.parameters},
			"/jobs/batch":  {"jobs": []any{map[string]any{"operation": test.kind, "parameters": test.parameters}}},
		} {
			a := s.send(route, body)
			if a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s %s %v: %d %s", route, test.kind, test.parameters, a.StatusCode, a.body)
				continue
			}
			for _, says := range test.says {
				if !strings.Contains(string(a.body), says) {
					t.Errorf("%s %s %v: %s does not say %q", route, test.kind, test.parameters, a.body, says)
				}
			}
		}
	}
}

// Ten jobs wait for each other; a failure of the first reaches the last, with
// the words that say where it began.
func TestLongChains(t *testing.T) {
	t.Parallel()
	s := serve(t, dataFolder(t), "--workers", "2")
	chain := func(document []byte) string {
		id := s.submit("a.pdf", document)
		for range 9 {
			v := s.send("/jobs/batch", map[string]any{"jobs": []any{map[string]any{"operation": "parse", "url": "jobid://" + id}}}).json(t)
			id = at(v, "jobs", 0, "job_id").(string)
		}
		return id
	}
	good, bad := chain(testkit.PDF("Through ten hands.")), chain([]byte("%PDF-1.4 broken"))
	if v := s.wait(good); v["status"] != "completed" || v["pdf_name"] != "a.pdf" {
		t.Errorf("the last of ten: %v", v)
	}
	if text := string(s.get("/jobs/" + good + "/result?format=txt").body); !strings.Contains(text, "Through ten hands.") {
		t.Errorf("the last of ten has %q", text)
	}
	v := s.wait(bad)
	if v["status"] != "failed" || at(v, "error_details", "error_type") != "input_failed" || !strings.Contains(fmt.Sprint(at(v, "error_details", "message")), "whose result was to be the input, failed") {
		t.Errorf("the last of ten behind a failure: %v", v)
	}
	// The result of an export is a document, too: it is imported again.
	export := at(s.send("/v1/api/jobs", map[string]any{"type": "export", "parameters": map[string]any{"format": "zip", "include_documents": true, "job_ids": []string{good}}}).json(t), "data", "id").(string)
	_, made := s.platform("import", map[string]any{"url": "jobid://" + export})
	if b := s.waitBatch(made["batch_id"].(string)); b["completed_jobs"] != 1.0 {
		t.Errorf("imported from an export: %v, %v", made, b)
	}
	// An export of several jobs has those that did not fail; of one that failed it fails.
	if v := s.wait(s.create("export", map[string]any{"job_ids": []string{bad}})); v["status"] != "failed" || at(v, "error_details", "error_type") != "input_failed" {
		t.Errorf("export of what failed: %v", v)
	}
	if _, v := s.platform("export", map[string]any{"job_ids": []string{bad, good}}); v["jobs"] != 1.0 {
		t.Errorf("export of both: %v", v)
	}
	s.do(http.MethodDelete, "/jobs/"+good, "", nil)
	if a := s.send("/v1/api/jobs", map[string]any{"type": "export", "parameters": map[string]any{"job_ids": []string{good}}}); a.StatusCode != http.StatusBadRequest {
		t.Errorf("export of what was deleted: %d %s", a.StatusCode, a.body)
	}
}
