package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"docket/internal/testkit"
)

// create makes a platform job and gives its id.
func (s *server) create(kind string, parameters map[string]any) string {
	s.t.Helper()
	a := s.send("/v1/api/jobs", map[string]any{"type": kind, "parameters": parameters})
	v := a.json(s.t)
	if a.StatusCode != http.StatusCreated || v["error"] != nil || at(v, "data", "type") != kind || at(v, "data", "status") != "pending" {
		s.t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	return at(v, "data", "id").(string)
}

// contract H131, D1, J3, J6, J16
func TestCrawlJob(t *testing.T) {
	s, site := serve(t, dataFolder(t), "--workers", "1"), testkit.NewSite(t, 30)
	id := s.create("web_crawling", map[string]any{"urls": []string{site.URL}, "max_depth": 3, "delay": 0, "exclude": []string{"/traps"}})
	done := s.wait(id)
	if done["status"] != "completed" || done["type"] != "web_crawling" || done["operation"] != "web_crawling" || done["file_count"] != 0.0 || at(done, "progress", "pages_completed") != 31.0 || at(done, "progress", "total_pages") != 31.0 {
		t.Fatalf("ended as %v", done)
	}
	data := s.get("/v1/api/jobs/" + id).json(t)["data"]
	if at(data, "progress") != 100.0 || at(data, "result", "pagesCrawled") != 31.0 || at(data, "result", "errors") != 0.0 || at(data, "result", "pages", 0, "title") != "Home" {
		t.Errorf("result %v", at(data, "result"))
	}
	lines := s.get("/jobs/" + id + "/result?format=jsonl")
	if strings.Count(string(lines.body), "\n") != 31 || lines.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("lines %v %.200s", lines.Header, lines.body)
	}
	if md := s.get("/jobs/" + id + "/result?format=md"); !strings.Contains(string(md.body), "# Page 7\n") {
		t.Errorf("markdown %.200s", md.body)
	}
	if a := s.get("/jobs/" + id + "/result?format=html"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "jsonl") {
		t.Errorf("html: %d %s", a.StatusCode, a.body)
	}
	again := at(s.call("/v1/api/jobs/"+id+"/rerun").json(t), "data", "id").(string)
	if v := s.wait(again); v["status"] != "completed" || v["original_job_id"] != id {
		t.Errorf("rerun %v", v)
	}
	// The same through the other routes, where addresses may stand outside.
	other := s.wait(s.send("/jobs", map[string]any{"operation": "web_crawling", "urls": []string{site.URL + "/page/1"}, "parameters": map[string]any{"max_depth": 0}}).json(t)["job_id"].(string))
	form := s.wait(s.post("/jobs", part{name: "operation", content: "WEB_CRAWLING"}, part{name: "url", content: site.URL + "/page/2"}, part{name: "parameters", content: `{"max_depth":0}`}).json(t)["job_id"].(string))
	platform := s.post("/v1/api/jobs", part{name: "type", content: "web_crawling"}, part{name: "parameters", content: fmt.Sprintf(`{"max_depth":0,"urls":[%q]}`, site.URL+"/page/3")})
	form3 := s.wait(at(platform.json(t), "data", "id").(string))
	for n, v := range []map[string]any{other, form, form3} {
		r := s.get("/jobs/" + v["job_id"].(string) + "/result").json(t)
		if at(r, "pages", 0, "title") != fmt.Sprintf("Page %d", n+1) || at(r, "pages", 1) != nil {
			t.Errorf("%d: %v", n+1, r)
		}
	}
	large := s.create("web_crawling", map[string]any{"urls": []string{site.URL}, "max_depth": 9, "max_pages": 300, "delay": 0, "page_timeout": 4})
	s.wait(large)
	if r := at(s.get("/v1/api/jobs/"+large).json(t), "data", "result"); !strings.HasSuffix(fmt.Sprint(at(r, "resultUrl")), large+"/result") || at(r, "pagesCrawled") != 300.0 || at(r, "pages") != nil {
		t.Errorf("a large result: %v", r)
	}
	failed := s.wait(s.create("web_crawling", map[string]any{"urls": []string{site.URL + "/missing"}}))
	if failed["status"] != "failed" || at(failed, "error_details", "error_type") != "url_unreachable" || at(failed, "error_details", "facts", "pages", 0, "url") != site.URL+"/missing" {
		t.Errorf("without a page: %v", failed)
	}
}

// contract H131, J16
func TestEmbeddingJob(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	id := s.create("batch_embedding", map[string]any{"texts": []string{"One text.", "Another text."}})
	done := s.wait(id)
	if done["status"] != "completed" || done["type"] != "batch_embedding" || done["file_count"] != 0.0 {
		t.Fatalf("ended as %v", done)
	}
	r := at(s.get("/v1/api/jobs/"+id).json(t), "data", "result")
	vector, _ := at(r, "vectors", 1, "embedding").([]any)
	if at(r, "embeddings") != 2.0 || at(r, "model") != "lexical" || at(r, "dimensions") != 1024.0 || len(vector) != 1024 || at(r, "vectors", 1, "text") != "Another text." {
		t.Errorf("result %.300v", r)
	}
	a := s.post("/v1/api/jobs", part{name: "type", content: "batch_embedding"}, part{name: "parameters", content: `{"chunk_length":64}`}, part{"file", "a.pdf", string(testkit.LongPDF(40))}, part{"file", "b.pdf", "%PDF-1.4 broken"})
	large := at(a.json(t), "data", "id").(string)
	if v := s.wait(large); v["status"] != "completed" || v["file_count"] != 2.0 {
		t.Errorf("documents: %v", v)
	}
	if r := at(s.get("/v1/api/jobs/"+large).json(t), "data", "result"); at(r, "resultUrl") == nil || at(r, "errors") != 1.0 || at(r, "model") != "lexical" {
		t.Errorf("a large result: %v", r)
	}
	lines := s.get("/jobs/" + large + "/result?format=jsonl")
	var last map[string]any
	all := strings.Split(strings.TrimSpace(string(lines.body)), "\n")
	if err := json.Unmarshal([]byte(all[len(all)-1]), &last); err != nil || len(all) < 20 || last["file_name"] != "a.pdf" || last["page_number"] == nil {
		t.Errorf("%d lines, %v", len(all), err)
	}
}

// What is wrong is said at once, with the field and the remedy. // contract J6
func TestWrongPlatformParameters(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	const u = "https://example.org"
	for _, test := range []struct {
		kind       string
		parameters map[string]any
		says       string
	}{
		{"web_crawling", nil, "no address to begin at"},
		{"web_crawling", map[string]any{"urls": "ftp://example.org"}, "only http and https"},
		{"web_crawling", map[string]any{"urls": []int{1}}, "not a JSON array of strings"},
		{"web_crawling", map[string]any{"urls": []string{"http://192.168.0.1/"}}, "private"},
		{"web_crawling", map[string]any{"urls": []string{u}, "depth": 1}, "parameters.depth: web_crawling has no such parameter"},
		{"web_crawling", map[string]any{"urls": []string{u}, "max_pages": "many"}, "parameters.max_pages: it is not a number"},
		{"web_crawling", map[string]any{"urls": []string{u}, "max_depth": 1000}, "from 0 to 100"},
		{"web_crawling", map[string]any{"urls": []string{u}, "include": []string{"^docs"}}, "parameters.include[0]"},
		{"document_processing", map[string]any{"url": u, "operation": 7}, "parameters.operation: it is not a text"},
		{"document_processing", map[string]any{"url": u, "operation": "shred"}, `parameters.operation: "shred" is not an operation on documents`},
		{"document_processing", map[string]any{"url": u, "colour": 1}, "parameters.colour: document_processing has no such parameter"},
		{"document_processing", map[string]any{"url": u, "parameters": 7}, "parameters.parameters: it is not a JSON object"},
		{"document_processing", map[string]any{"url": u, "parameters": map[string]any{"colour": 1}}, "parameters.parameters.colour: there is no such parameter"},
		{"document_processing", map[string]any{"url": u, "parameters": map[string]any{"merge_tables": "yes"}}, "parameters.parameters.merge_tables: it is of the wrong kind (string)"},
		{"document_processing", map[string]any{"url": u, "operation": "extract"}, "parameters.parameters.schema: there is none"},
		{"document_processing", map[string]any{"url": u, "operation": "classify", "parameters": map[string]any{"categories": 7}}, "parameters.parameters.categories"},
		{"document_processing", map[string]any{"urls": []string{u, "ftp://example.org"}}, "urls[1]: only http and https"},
		{"document_processing", map[string]any{"urls": 7}, "urls: it is not a JSON array of strings"},
		{"document_processing", map[string]any{"url": "http://10.0.0.1/"}, "--private-networks"},
		{"import", map[string]any{"url": u, "parameters": map[string]any{"strategy": "x"}}, "parameters.parameters.strategy: there is no strategy"},
		{"import", map[string]any{"url": u, "parameters": "x"}, "parameters.parameters: it is not a JSON object"},
		{"batch_embedding", nil, "needs texts, documents or jobs"},
		{"batch_embedding", map[string]any{"texts": []string{"a", ""}}, "parameters.texts[1]: it is empty"},
		{"batch_embedding", map[string]any{"texts": []string{"a"}, "model": "x"}, "parameters.model"},
	} {
		body := map[string]any{"type": test.kind}
		if test.parameters != nil {
			body["parameters"] = test.parameters
		}
		a := s.send("/v1/api/jobs", body)
		if v := a.json(t); a.StatusCode != http.StatusBadRequest || at(v, "error", "name") != "ValidationError" || !strings.Contains(fmt.Sprint(at(v, "error", "message"), at(v, "error", "details", "suggestions")), test.says) {
			t.Errorf("%s %v: %d %s", test.kind, test.parameters, a.StatusCode, a.body)
		}
		delete(body, "type")
		body["operation"] = test.kind
		if a := s.send("/jobs", body); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), strings.Split(test.says, ":")[0]) {
			t.Errorf("/jobs %s %v: %d %s", test.kind, test.parameters, a.StatusCode, a.body)
		}
	}
	a := s.post("/jobs", part{name: "operation", content: "web_crawling"}, part{name: "url", content: u}, part{"file", "a.pdf", "x"})
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "not documents") {
		t.Errorf("with a document: %d %s", a.StatusCode, a.body)
	}
}

// A crawl that is killed half-way goes on where it was, and one that is
// cancelled ends within a second.
func TestCrawlIsKilledAndCancelled(t *testing.T) {
	pages := 500
	if testing.Short() {
		pages = 100
	}
	data, site := dataFolder(t), testkit.NewSite(t, pages)
	s := serve(t, data, "--workers", "1")
	id := s.create("web_crawling", map[string]any{"urls": []string{site.URL}, "max_depth": 8, "max_pages": 2 * pages, "delay": 0.002, "exclude": []string{"/traps"}})
	read := func() float64 {
		n, _ := at(s.get("/jobs/"+id).json(t), "progress", "pages_completed").(float64)
		return n
	}
	for read() < float64(pages)/3 {
		s.pause()
	}
	s.kill()
	s = serve(t, data, "--workers", "1")
	v := s.wait(id)
	if v["status"] != "completed" || at(v, "progress", "pages_completed") != float64(pages+1) || v["attempt"] != 2.0 {
		t.Errorf("ended as %v", v)
	}
	twice := 0
	for path, n := range site.Visits() {
		if path != "/robots.txt" {
			twice += n - 1
		}
	}
	if twice > 1 { // that one was on its way
		t.Errorf("%d pages were fetched again", twice)
	}
	id = s.create("web_crawling", map[string]any{"urls": []string{site.URL + "/slow", site.URL + "/huge"}, "page_timeout": 100})
	for site.Visits()["/slow"] == 0 {
		s.pause()
	}
	begin := time.Now()
	s.call("/v1/api/jobs/" + id + "/cancel")
	if v := s.wait(id); v["status"] != "cancelled" || time.Since(begin) > 20*time.Second { // within a second when nothing else runs
		t.Errorf("cancelled after %v: %v", time.Since(begin), v)
	}
}

// Beyond this machine's own use nothing private is visited, neither by address
// nor by redirect.
func TestCrawlStaysOutside(t *testing.T) {
	data := dataFolder(t)
	_, key := newKey(t, data, "acme", "read,write")
	site := testkit.NewSite(t, 3)
	s := serve(t, data, "--workers", "1").as(key)
	if a := s.send("/v1/api/jobs", map[string]any{"type": "web_crawling", "parameters": map[string]any{"urls": []string{site.URL}}}); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "private") {
		t.Errorf("by address: %d %s", a.StatusCode, a.body)
	}
	s.stop()
	target, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	outside := httptest.NewServer(http.RedirectHandler("http://127.0.0.2:"+target.Port()+"/", http.StatusFound))
	defer outside.Close()
	s = serve(t, data, "--workers", "1", "--private-networks", "127.0.0.1/32").as(key)
	v := s.wait(s.create("web_crawling", map[string]any{"urls": []string{outside.URL}}))
	if v["status"] != "failed" || !strings.Contains(fmt.Sprint(v["error"]), "private") {
		t.Errorf("by redirect: %v", v)
	}
	if n := len(site.Visits()); n > 0 {
		t.Errorf("it was visited: %v", site.Visits())
	}
}
