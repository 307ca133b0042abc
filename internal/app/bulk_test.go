package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"docket/internal/testkit"
)

// zipOf packs documents, name and content by turns.
func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// platform creates a job by form or JSON, waits for it, and gives its id and
// its result.
func (s *server) platform(kind string, parameters map[string]any, files ...part) (id string, result map[string]any) {
	s.t.Helper()
	b, err := json.Marshal(parameters)
	if err != nil {
		s.t.Fatal(err)
	}
	var a answer
	if len(files) == 0 {
		a = s.send("/v1/api/jobs", map[string]any{"type": kind, "parameters": parameters})
	} else {
		a = s.post("/v1/api/jobs", append([]part{{name: "type", content: kind}, {name: "parameters", content: string(b)}}, files...)...)
	}
	id, _ = at(a.json(s.t), "data", "id").(string)
	if a.StatusCode != http.StatusCreated {
		s.t.Fatalf("%s: %d %s", kind, a.StatusCode, a.body)
	}
	if v := s.wait(id); v["status"] != "completed" {
		s.t.Fatalf("%s ended as %v", kind, v)
	}
	v := s.get("/v1/api/jobs/" + id).json(s.t)
	result, _ = at(v, "data", "result").(map[string]any)
	return id, result
}

// waitBatch waits until all jobs of a batch have ended.
func (s *server) waitBatch(id string) map[string]any {
	s.t.Helper()
	for {
		v := s.get("/jobs/batch/" + id + "?limit=1").json(s.t)
		if v["overall_progress"] == 100.0 {
			return v
		}
		select {
		case <-s.t.Context().Done():
			s.t.Fatalf("batch %s did not end: %v", id, v)
		default:
			s.pause()
		}
	}
}

func (s *server) fetch(url any) []byte {
	s.t.Helper()
	a := s.get(strings.TrimPrefix(fmt.Sprint(url), s.url))
	if a.StatusCode != http.StatusOK {
		s.t.Fatalf("%v: %d %s", url, a.StatusCode, a.body)
	}
	return a.body
}

// results reads an export of lines, by the name of the document.
func results(t *testing.T, lines []byte) map[string]any {
	t.Helper()
	all := map[string]any{}
	for line := range bytes.Lines(lines) {
		var v map[string]any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		result, _ := v["result"].(map[string]any)
		delete(result, "processing_time")
		all[v["file_name"].(string)] = map[string]any{"result": result, "status": v["status"], "operation": v["operation"]}
	}
	return all
}

// What is exported with its documents and imported again has the same results.
// contract H131, J13
func TestExportAndImportAgain(t *testing.T) {
	n := 120
	if testing.Short() {
		n = 20
	}
	s := serve(t, dataFolder(t), "--workers", "2")
	var files []string
	for i := range n {
		files = append(files, fmt.Sprintf("folder/%03d.pdf", i), string(testkit.PDF(fmt.Sprintf("Document no. %d.", i))))
	}
	first, made := s.platform("import", map[string]any{"operation": "parse", "tags": []string{"first"}}, part{"file", "documents.zip", zipOf(t, files...)})
	if made["submitted"] != float64(n) || made["errors"] != 0.0 || made["batch_id"] != strings.Replace(first, "job_", "batch_", 1) {
		t.Fatalf("imported %v", made)
	}
	if b := s.waitBatch(made["batch_id"].(string)); b["completed_jobs"] != float64(n) {
		t.Fatalf("the batch is %v", b)
	}
	filter := map[string]any{"tags": "first"}
	_, lines := s.platform("export", map[string]any{"filter": filter})
	_, archive := s.platform("export", map[string]any{"format": "zip", "filter": filter, "include_documents": true})
	if lines["jobs"] != float64(n) || lines["results"] != float64(n) || lines["missing"] != 0.0 || lines["format"] != "jsonl" {
		t.Errorf("exported %v", lines)
	}
	packed := s.fetch(archive["url"])
	if archive["bytes"] != float64(len(packed)) {
		t.Errorf("the archive has %d bytes: %v", len(packed), archive)
	}
	for _, reuse := range []bool{false, true} {
		tag := fmt.Sprintf("again-%v", reuse)
		_, again := s.platform("import", map[string]any{"operation": "parse", "tags": []string{tag}, "reuse": reuse}, part{"file", "export.zip", string(packed)})
		if b := s.waitBatch(again["batch_id"].(string)); again["submitted"] != float64(n) || again["errors"] != 0.0 || b["completed_jobs"] != float64(n) {
			t.Errorf("imported again: %v, %v", again, b)
		}
		_, twice := s.platform("export", map[string]any{"filter": map[string]any{"tags": tag, "operation": "parse"}})
		if diff := cmp.Diff(results(t, s.fetch(lines["url"])), results(t, s.fetch(twice["url"]))); diff != "" {
			t.Errorf("reuse %v: other results:\n%s", reuse, diff)
		}
		job := s.get("/jobs/batch/" + again["batch_id"].(string)).json(t)
		one := s.get("/jobs/" + at(job, "jobs", 0, "job_id").(string)).json(t)
		if reuse != (one["reused_from"] != nil) {
			t.Errorf("reuse %v: %v", reuse, one)
		}
	}
}

// Every format holds every job; a text that looks like a formula is none.
func TestFormatsOfExport(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "2")
	s.wait(s.submit("=cmd|' C calc'!A0.pdf", testkit.PDF("+1234 is no formula")))
	s.wait(s.submit("broken.pdf", []byte("%PDF-1.4 broken")))
	invoice := s.post("/jobs", part{name: "operation", content: "extract"}, part{name: "parameters", content: `{"schema":{"type":"object","properties":{"invoice_number":{"type":"string"},"total":{"type":"number"}}}}`},
		part{"file", "invoice.pdf", string(testkit.PDF(invoiceText))})
	s.wait(fmt.Sprint(invoice.json(t)["job_id"]))
	filter := map[string]any{"status": []string{"completed", "FAILED"}}
	get := func(format string) []byte {
		id, made := s.platform("export", map[string]any{"format": format, "filter": filter})
		if made["jobs"] != 3.0 || made["results"] != 2.0 {
			t.Errorf("%s: %v", format, made)
		}
		body := s.fetch(made["url"])
		if direct := s.fetch("/jobs/" + id + "/result?format=" + format); !bytes.Equal(direct, body) {
			t.Errorf("%s: the result in the format is something else", format)
		}
		return body
	}
	body := get("csv")
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	columns := map[string]int{}
	for n, name := range rows[0] {
		columns[name] = n
	}
	cell := func(row int, name string) string { return rows[row][columns[name]] }
	if cell(1, "file_name") != "'=cmd|' C calc'!A0.pdf" {
		t.Errorf("the name is %q", cell(1, "file_name"))
	}
	if cell(1, "result.text")[:2] != "'+" || cell(2, "error_type") != "file_corrupted" || cell(3, "result.total") != "1234.50" || cell(3, "result.invoice_number") != "INV-2024-17" {
		t.Errorf("rows %q", rows)
	}
	body = get("xlsx")
	book, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.GetRows("Results")
	if err != nil || len(sheet) != 4 || sheet[3][columns["result.total"]] != "1234.5" || sheet[1][columns["result.text"]][:2] != "'+" {
		t.Errorf("sheet %q, %v", sheet, err)
	}
	body = get("md")
	if text := string(body); !strings.Contains(text, "# broken.pdf\n") || !strings.Contains(text, "INV-2024-17") || !strings.Contains(text, "> Failed to process PDF") {
		t.Errorf("markdown:\n%s", text)
	}
	body = get("zip")
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(archive.File) != 3 || archive.File[2].Name != "manifest.json" {
		t.Errorf("the archive has %d files, %v", len(archive.File), err)
	}
	body = get("jsonl")
	if n := bytes.Count(body, []byte("\n")); n != 3 {
		t.Errorf("%d lines", n)
	}
}

func TestImportOfLists(t *testing.T) {
	s, from := serve(t, dataFolder(t), "--workers", "2"), library(t).URL
	list := strings.Join([]string{
		`{"url":"` + from + `/one.pdf","operation":"classify","parameters":{"categories":["a","b"]},"tags":["x"],"metadata":{"k":1}}`,
		`{"name":"text.pdf","content":"%PDF-1.4 broken"}`,
		`{"url":"ftp://example.org/a"}`,
		`{"url":"` + from + `/two","operation":"shred"}`,
		`{"name":"both","url":"https://example.org","content":""}`,
		`{"title":"typo"}`,
		`no json`,
		``,
	}, "\n")
	id, made := s.platform("import", map[string]any{"operation": "parse"}, part{"file", "list.jsonl", list})
	if made["items"] != 7.0 || made["submitted"] != 2.0 || made["errors"] != 5.0 {
		t.Errorf("imported %v", made)
	}
	for n, says := range []string{"no address", "shred", "send one", "title", "not an object"} {
		if got := fmt.Sprint(at(made, "faults", n, "error_details", "message")); !strings.Contains(got, says) {
			t.Errorf("fault %d: %s, want %q", n, got, says)
		}
	}
	lines := s.fetch("/jobs/" + id + "/result?format=jsonl")
	if n := bytes.Count(lines, []byte("\n")); n != 7 || !bytes.Equal(lines, s.fetch(made["items_url"])) {
		t.Errorf("%d items are listed", n)
	}
	b := s.waitBatch(made["batch_id"].(string))
	jobs := s.get("/jobs/batch/" + made["batch_id"].(string)).json(t)
	if b["total_jobs"] != 2.0 || at(jobs, "jobs", 0, "operation") != "classify" || at(jobs, "jobs", 0, "status") != "completed" || at(jobs, "jobs", 1, "status") != "failed" {
		t.Errorf("the batch is %v", jobs)
	}
	if v := s.get("/jobs/" + at(jobs, "jobs", 0, "job_id").(string)).json(t); at(v, "tags", 0) != "x" || at(v, "metadata", "k") != 1.0 {
		t.Errorf("the first is %v", v)
	}
	_, made = s.platform("import", map[string]any{}, part{"file", "urls.txt", "# a remark\n" + from + "/one.pdf\n\n" + from + "/two\nnonsense\n"})
	if made["submitted"] != 2.0 || made["errors"] != 1.0 {
		t.Errorf("imported %v", made)
	}
	_, made = s.platform("import", map[string]any{"operation": "parse", "urls": []string{from + "/one.pdf", from + "/two"}})
	if made["submitted"] != 2.0 || made["errors"] != 0.0 {
		t.Errorf("imported %v", made)
	}
}

func TestBulkJobsAreRefused(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	for _, test := range []struct {
		kind, parameters string
		files            []part
		says             string
	}{
		{"export", `{"format":"pdf"}`, nil, "parameters.format"},
		{"export", `{"filter":{"status":"queued"}}`, nil, "filter.status"},
		{"export", `{"filter":{"operation":["shred"]}}`, nil, "filter.operation"},
		{"export", `{"filter":{"created_after":"yesterday"}}`, nil, "filter.created_after"},
		{"export", `{"filter":{"created_before":7}}`, nil, "created_before"},
		{"export", `{"filter":{"batch_id":"7"}}`, nil, "filter.batch_id"},
		{"export", `{"filter":{"colour":"red"}}`, nil, "colour"},
		{"export", `{"filter":[]}`, nil, "JSON object"},
		{"export", `{"filtre":{}}`, nil, "filtre"},
		{"export", `{"include_documents":true}`, nil, "include_documents"},
		{"export", `{}`, []part{{"file", "a.pdf", "x"}}, "takes no documents"},
		{"import", `{}`, nil, "needs a document"},
		{"import", `{"operation":"shred"}`, []part{{"file", "a.zip", "x"}}, "shred"},
		{"import", `{"operation":"classify"}`, []part{{"file", "a.zip", "x"}}, "categories"},
		{"import", `{"operation":"import"}`, []part{{"file", "a.zip", "x"}}, "not an operation on documents"},
		{"import", `{"format":"rar"}`, []part{{"file", "a.zip", "x"}}, "parameters.format"},
		{"import", `{"reuse":"perhaps"}`, []part{{"file", "a.zip", "x"}}, "parameters.reuse"},
		{"import", `{"priority":1}`, []part{{"file", "a.zip", "x"}}, "priority"},
	} {
		for path, name := range map[string]string{"/v1/api/jobs": "type", "/jobs": "operation"} {
			a := s.post(path, append([]part{{name: name, content: test.kind}, {name: "parameters", content: test.parameters}}, test.files...)...)
			if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), test.says) {
				t.Errorf("%s %s %s: %d %s, want %q", path, test.kind, test.parameters, a.StatusCode, a.body, test.says)
			}
		}
	}
}

// processing waits until a job is being worked on and has passed a number of
// items.
func (s *server) processing(id string, items float64) {
	s.t.Helper()
	for {
		v := s.get("/jobs/" + id).json(s.t)
		done, _ := at(v, "progress", "files_completed").(float64)
		if v["status"] != "queued" && done >= items {
			return
		}
		s.pause()
	}
}

// Killed in the middle, an import makes every job once, and an export has
// every result once.
func TestBulkJobsSurviveKill(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 1000
	}
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "{\"name\":\"%d.txt\",\"content\":\"%%PDF-1.4 broken\"}\n", i)
	}
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	a := s.post("/v1/api/jobs", part{name: "type", content: "import"}, part{name: "parameters", content: `{"format":"jsonl"}`}, part{"file", "list", lines.String()})
	id, _ := at(a.json(t), "data", "id").(string)
	batch := strings.Replace(id, "job_", "batch_", 1)
	for _, items := range []float64{100, 600} {
		s.processing(id, items)
		s.kill()
		s = serve(t, data, "--workers", "1")
	}
	if v := s.wait(id); v["status"] != "completed" || at(v, "progress", "files_completed") != float64(n) {
		t.Fatalf("the import ended as %v", v)
	}
	if b := s.waitBatch(batch); b["total_jobs"] != float64(n) || b["failed_jobs"] != float64(n) {
		t.Errorf("the batch is %v", b)
	}
	a = s.send("/jobs", map[string]any{"operation": "export", "parameters": map[string]any{"filter": map[string]any{"batch_id": batch, "status": "failed"}}})
	export := a.json(t)["job_id"].(string)
	s.processing(export, 10)
	s.kill()
	s = serve(t, data, "--workers", "1")
	if v := s.wait(export); v["status"] != "completed" {
		t.Fatalf("the export ended as %v", v)
	}
	seen := map[string]int{}
	for line := range bytes.Lines(s.fetch("/jobs/" + export + "/result?format=jsonl")) {
		var v struct {
			Name string `json:"file_name"`
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		seen[v.Name]++
	}
	for i := range n {
		if name := fmt.Sprintf("%d.txt", i); seen[name] != 1 {
			t.Errorf("%s is there %d times", name, seen[name])
		}
	}
}

// An import that is cancelled stops; the jobs that it has made stay.
func TestImportIsCancelled(t *testing.T) {
	var lines strings.Builder
	const n = 10_000
	for range n {
		lines.WriteString("{\"content\":\"%PDF-1.4 broken\"}\n")
	}
	s := serve(t, dataFolder(t), "--workers", "1")
	a := s.post("/v1/api/jobs", part{name: "type", content: "import"}, part{name: "parameters", content: `{"format":"jsonl"}`}, part{"file", "list", lines.String()})
	id, _ := at(a.json(t), "data", "id").(string)
	s.processing(id, 64)
	if a := s.call("/jobs/" + id + "/cancel"); a.StatusCode != http.StatusAccepted {
		t.Fatalf("cancel: %d %s", a.StatusCode, a.body)
	}
	if v := s.wait(id); v["status"] != "cancelled" {
		t.Fatalf("ended as %v", v)
	}
	batch := strings.Replace(id, "job_", "batch_", 1)
	made := s.get("/jobs/batch/" + batch + "?limit=1").json(t)["total_jobs"].(float64)
	if made < 64 || made >= n {
		t.Errorf("%v of %d jobs were made", made, n)
	}
	if a := s.call("/jobs/batch/" + batch + "/cancel"); a.StatusCode != http.StatusAccepted && a.StatusCode != http.StatusConflict {
		t.Errorf("cancel the batch: %d %s", a.StatusCode, a.body)
	}
	if b := s.waitBatch(batch); b["total_jobs"] != made {
		t.Errorf("the batch has grown: %v", b)
	}
}
