package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

const (
	invoiceText = "INVOICE\n\nInvoice number: INV-2024-17\nInvoice date: 2024-03-15\nDue date: 2024-04-14\n\nTotal amount: 1,234.50 EUR\n\nPlease pay within 30 days."
	letterText  = "Dear Madam,\n\nthank you for your kind letter of last week. I am writing to tell you that we are very well.\n\nYours sincerely,\nJohn Smith"
	categories  = `[{"name":"invoice","description":"a bill with an amount to pay"},{"name":"letter","description":"personal correspondence"}]`
)

func keys(v any) []string {
	object, _ := v.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

// contract H103–H105, H107–H109, H116, H117, B1, B2
func TestClassify(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	a := s.post("/classify", part{"pdf_file", "a.pdf", string(testkit.PDF(invoiceText, letterText))}, part{name: "categories", content: categories})
	v := a.json(t)
	if a.StatusCode != http.StatusAccepted || v["status"] != "processing" || v["message"] != "Classification started" || !cmp.Equal(keys(v), []string{"job_id", "message", "quota_remaining", "status"}) {
		t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	id := v["job_id"].(string)
	messages := regexp.MustCompile(`^(Starting classification\.\.\.|Processing page [1-9]\d* of [1-9]\d*|Classification completed)$`)
	five := []string{"error", "job_id", "progress", "result", "status"}
	for {
		v = s.get("/classify/" + id).json(t)
		if !cmp.Equal(keys(v), five) || !messages.MatchString(v["progress"].(string)) || v["error"] != nil {
			t.Fatalf("shows %v", v)
		}
		if v["status"] != "processing" {
			break
		}
		if v["result"] != nil {
			t.Errorf("a result before the end: %v", v)
		}
		s.pause()
	}
	if v["status"] != "completed" || v["progress"] != "Classification completed" || at(v, "result", "classification") != "invoice" || at(v, "result", "total_pages") != 2.0 || at(v, "result", "processed_pages") != 2.0 || at(v, "result", "success") != true {
		t.Errorf("ended as %v", v)
	}
	if c, ok := at(v, "result", "confidence").(float64); !ok || c <= 0 || c > 1 {
		t.Errorf("confidence %v", at(v, "result", "confidence"))
	}
	for i, want := range []string{"invoice", "letter"} {
		if page := at(v, "result", "page_results", i); at(page, "classification") != want || at(page, "page") != float64(i+1) || at(page, "success") != true || at(page, "raw_result") == nil {
			t.Errorf("page %d: %v", i+1, page)
		}
	}
	// The same job in other words.
	j := s.get("/jobs/" + id).json(t)
	if j["type"] != "classification" || j["operation"] != "classify" || j["status"] != "COMPLETED" || j["method"] != "heuristic" {
		t.Errorf("as a job: %v", j)
	}
	if r := s.get("/jobs/" + id + "/result").json(t); r["classification"] != "invoice" || r["method"] != "heuristic" || at(r, "page_results", 1, "page") != 2.0 || r["processing_time"] == nil {
		t.Errorf("its result: %v", r)
	}
	older := s.post("/classify", part{"pdf_file", "a.pdf", string(testkit.PDF(letterText))}, part{name: "conditions", content: `["invoice","letter"]`}).json(t)["job_id"].(string)
	s.wait(older)
	if v := s.get("/classify/" + older).json(t); at(v, "result", "classification") != "letter" {
		t.Errorf("by conditions: %v", v)
	}
	nothing := s.post("/classify", part{"pdf_file", "a.txt", "x"}, part{name: "categories", content: categories}).json(t)["job_id"].(string)
	s.wait(nothing)
	if v := s.get("/classify/" + nothing).json(t); at(v, "result", "classification") != "unknown" || at(v, "result", "confidence") != 0.0 || at(v, "result", "page_results", 0, "classification") != "unknown" {
		t.Errorf("of a letter: %v", v)
	}
	if r := s.get("/jobs/" + nothing + "/result").json(t); r["classification"] != "unknown" || !cmp.Equal(r["warnings"], []any{"no_category"}) {
		t.Errorf("its result: %v", r)
	}
	// contract H112
	for path, want := range map[string]string{"/classify/b2094b38-e432-44b6-a5d0-67bed07d5de1": "b2094b38-e432-44b6-a5d0-67bed07d5de1", "/classify/job1": "job1", "/extract/" + id: id, "/parse/" + id: id, "/splitter/" + id: id} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound || a.json(t)["detail"] != "Job "+want+" not found" {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
}

// contract H109, H110, J9, J17
func TestClassifyFailsInThePublishedWords(t *testing.T) {
	s := serve(t, dataFolder(t))
	pdf := string(testkit.PDF(invoiceText))
	for name, test := range map[string]struct {
		file   string
		fields []part
		error  string
	}{
		"corrupt":              {"%PDF-1.4 broken", []part{{name: "categories", content: categories}}, "Failed to process PDF: File appears to be corrupted"},
		"empty file":           {"", []part{{name: "categories", content: categories}}, "Failed to process PDF: File appears to be corrupted"},
		"no conditions":        {pdf, nil, "Invalid conditions format. Must be a valid JSON string."},
		"empty conditions":     {pdf, []part{{name: "conditions", content: "[]"}}, "Invalid conditions format. Must be a valid JSON string."},
		"malformed conditions": {pdf, []part{{name: "conditions", content: `["invoice"`}}, "Invalid conditions format. Must be a valid JSON string."},
		"plain conditions":     {pdf, []part{{name: "conditions", content: `invoice, letter`}}, "Invalid conditions format. Must be a valid JSON string."},
		"nameless categories":  {pdf, []part{{name: "categories", content: `[{"description":"x"}]`}}, "Invalid conditions format. Must be a valid JSON string."},
		"locked":               {string(testkit.EncryptedPDF("sesame", "x")), []part{{name: "categories", content: categories}}, "The PDF is password-protected. Remove the protection, or submit it again with `password`."},
	} {
		a := s.post("/classify", append(test.fields, part{"pdf_file", "a.pdf", test.file})...)
		if a.StatusCode != http.StatusAccepted {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
			continue
		}
		id := a.json(t)["job_id"].(string)
		s.wait(id)
		want := map[string]any{"job_id": id, "status": "failed", "progress": "Classification failed", "error": test.error, "result": nil}
		if diff := cmp.Diff(want, s.get("/classify/"+id).json(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, a := range map[string]answer{
		"neither": s.post("/classify", part{name: "categories", content: categories}),
		"both":    s.post("/classify", part{name: "categories", content: categories}, part{"pdf_file", "a.pdf", pdf}, part{name: "file_url", content: "https://example.org/a.pdf"}),
	} {
		if a.StatusCode != http.StatusBadRequest || !strings.HasPrefix(fmt.Sprint(a.json(t)["detail"]), "Either pdf_file or file_url must be provided") {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	// Elsewhere the same fault is a refusal.
	for _, parameters := range []string{`{}`, `{"categories":[]}`, `{"categories":"invoice"}`, `{"categories":[{"name":""}]}`} {
		if a := s.post("/jobs", part{name: "operation", content: "classify"}, part{name: "parameters", content: parameters}, part{"file", "a.pdf", pdf}); a.StatusCode != http.StatusBadRequest || a.json(t)["error_code"] != "invalid_conditions" {
			t.Errorf("%s: %d %s", parameters, a.StatusCode, a.body)
		}
	}
}

const invoiceSchema = `{"type":"object","properties":{"invoice_number":{"type":"string"},"invoice_date":{"type":"string","format":"date"},"total_amount":{"type":"number"},"vat_id":{"type":"string"}},"required":["invoice_number"],"additionalProperties":false}`

// contract C6, J16, J22
func TestExtract(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	file := part{"pdf_file", "a.pdf", string(testkit.PDF(invoiceText))}
	leaf := map[string][]string{
		"/v2/extract": {"score", "value"}, "/extract": {"page_no", "score", "value"}, "/cite": {"page_no", "score", "value"},
	}
	for _, route := range []string{"/v2/extract", "/extract", "/cite"} {
		a := s.post(route, file, part{name: "schema_data", content: invoiceSchema}, part{name: "model", content: "gamma"}, part{name: "unknown_field", content: "x"})
		v := a.json(t)
		if a.StatusCode != http.StatusOK || v["status"] != "queued" || !cmp.Equal(keys(v), []string{"job_id", "message", "quota_remaining", "status"}) {
			t.Fatalf("%s: %d %s", route, a.StatusCode, a.body)
		}
		id := v["job_id"].(string)
		s.wait(id)
		for _, path := range []string{"/extract/", "/v2/extract/", "/cite/"} {
			v := s.get(path + id).json(t)
			if v["status"] != "completed" || at(v, "result", "invoice_number", "value") != "INV-2024-17" || at(v, "result", "total_amount", "value") != 1234.5 || at(v, "metadata", "page_count") != 1.0 ||
				!cmp.Equal(at(v, "metadata", "order"), []any{"invoice_number", "invoice_date", "total_amount", "vat_id"}) || v["file_name"] != "a.pdf" {
				t.Errorf("%s shows %v", path, v)
			}
			if at(v, "result", "vat_id", "value") != nil || at(v, "result", "vat_id", "score") != 0.0 {
				t.Errorf("what is not there: %v", at(v, "result", "vat_id"))
			}
			if diff := cmp.Diff(leaf[route], keys(at(v, "result", "invoice_number"))); diff != "" {
				t.Errorf("%s: %s", route, diff)
			}
			if stamp, _ := v["created_at"].(string); !regexp.MustCompile(`\.\d{6}\+00:00$`).MatchString(stamp) {
				t.Errorf("created_at %q", stamp)
			}
		}
		if j := s.get("/jobs/" + id).json(t); j["type"] != "extraction" || j["method"] != "heuristic" {
			t.Errorf("as a job: %v", j)
		}
		if r := s.get("/jobs/" + id + "/result").json(t); at(r, "data", "invoice_number", "value") != "INV-2024-17" || at(r, "data", "min_confidence_score") == nil {
			t.Errorf("its result: %v", r)
		}
	}
	cited := s.post("/v2/extract", file, part{name: "schema_data", content: invoiceSchema}, part{name: "enable_citations", content: "True"}).json(t)["job_id"].(string)
	s.wait(cited)
	number := at(s.get("/extract/"+cited).json(t), "result", "invoice_number")
	if box, _ := at(number, "citation", "bbox").([]any); len(box) != 4 || at(number, "citation", "page") != 1.0 || at(number, "score", "grounding_score") == nil {
		t.Errorf("with citations: %v", number)
	}
	review := s.post("/v2/extract", file, part{name: "schema_data", content: `{"type":"object","properties":{"iban":{"type":"string"}},"required":["iban"]}`}, part{name: "confidence_threshold", content: "0.9"}).json(t)["job_id"].(string)
	s.wait(review)
	if v := s.get("/extract/" + review).json(t); v["status"] != "review" || v["result"] == nil {
		t.Errorf("below its threshold: %v", v)
	}
	for name, a := range map[string]answer{
		"no schema":     s.post("/v2/extract", file),
		"no JSON":       s.post("/v2/extract", file, part{name: "schema_data", content: "{"}),
		"array":         s.post("/v2/extract", file, part{name: "schema_data", content: "[]"}),
		"no object":     s.post("/v2/extract", file, part{name: "schema_data", content: `{"type":"string"}`}),
		"no properties": s.post("/v2/extract", file, part{name: "schema_data", content: `{"type":"object"}`}),
		"remote":        s.post("/v2/extract", file, part{name: "schema_data", content: `{"type":"object","properties":{"a":{"$ref":"http://127.0.0.1/x"}}}`}),
		"no file":       s.post("/v2/extract", part{name: "schema_data", content: invoiceSchema}),
	} {
		if a.StatusCode != http.StatusBadRequest || fmt.Sprint(a.json(t)["detail"]) == "" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}

// contract C7
func TestSplit(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	a := s.post("/splitter", part{"file", "pile.pdf", string(testkit.PDF(invoiceText, letterText, letterText))}, part{name: "categories", content: categories})
	v := a.json(t)
	if a.StatusCode != http.StatusAccepted || v["status"] != "processing" || v["message"] != "Split job started" {
		t.Fatalf("created %d %s", a.StatusCode, a.body)
	}
	id := v["job_id"].(string)
	s.wait(id)
	a = s.get("/splitter/" + id)
	v = a.json(t)
	if v["status"] != "completed" || v["error"] != nil || at(v, "result", "success") != true || at(v, "parameters", "page_count") != 3.0 || !cmp.Equal(at(v, "parameters", "classes"), []any{"invoice", "letter"}) || v["file_name"] != "pile.pdf" {
		t.Errorf("ended as %s", a.body)
	}
	if n := strings.Count(string(a.body), `"status":`); n != 1 {
		t.Errorf("%d keys are called status: %s", n, a.body)
	}
	files, _ := at(v, "result", "files").([]any)
	if at(v, "result", "message") != fmt.Sprintf("Successfully split PDF into %d files", len(files)) || len(files) < 2 {
		t.Errorf("result %v", v["result"])
	}
	pages := 0
	for _, f := range files {
		if !cmp.Equal(keys(f), []string{"confidence_score", "fileId", "full_path", "name", "path", "type"}) {
			t.Errorf("file %v", f)
		}
		pdf := s.get(strings.TrimPrefix(fmt.Sprint(at(f, "full_path")), s.url))
		if pdf.StatusCode != http.StatusOK || !strings.HasPrefix(string(pdf.body), "%PDF-") {
			t.Fatalf("%v answers %d", at(f, "full_path"), pdf.StatusCode)
		}
		part := s.wait(s.submit("part.pdf", pdf.body))
		pages += int(at(part, "progress", "total_pages").(float64))
	}
	if pages != 3 {
		t.Errorf("the parts have %d pages, the whole has 3", pages)
	}
	if a := s.post("/splitter", part{"file", "a.pdf", "x"}); a.StatusCode != http.StatusBadRequest || !strings.HasPrefix(fmt.Sprint(a.json(t)["detail"]), "Classes parameter is required") {
		t.Errorf("without categories: %d %s", a.StatusCode, a.body)
	}
	failed := s.post("/splitter", part{"file", "a.pdf", "no PDF"}, part{name: "categories", content: categories}).json(t)["job_id"].(string)
	s.wait(failed)
	if v := s.get("/splitter/" + failed).json(t); v["status"] != "failed" || v["error"] == nil || v["result"] != nil {
		t.Errorf("failed as %v", v)
	}
}

// Every field of three generations of clients is taken. // contract C1, J7
func TestParseTakesWhatClientsSend(t *testing.T) {
	s := serve(t, dataFolder(t))
	var parts []part
	for name, value := range map[string]string{
		"use_high_resolution": "true", "high_resolution": "True", "segmentation_method": "smart_layout_detection", "segmentation_strategy": "LayoutAnalysis", "layout_analysis": "page_by_page",
		"ocr_mode": "auto_ocr", "ocr_strategy": "auto_detection", "ocr_engine": "UnsiloedHawk", "merge_tables": "1", "validate_table_segments": "false", "validate_segments": `["Table"]`,
		"keep_segment_types": "all", "segment_filter": "table,picture", "xml_citation": "false", "output_fields": `{"html":true}`, "segment_analysis": `{"Table":{"html":"LLM"}}`,
		"page_range": "1-5", "segment_type_naming": "Unsiloed", "detect_checkboxes": "false", "error_handling": "Continue", "expires_in": "3600", "chunk_processing": `{"target_length":512}`,
		"llm_processing": `{"model_id":"x"}`, "export_format": `["docx"]`, "enhanced_table": "false", "": "", "__proto__": "x", "ключ": "значение",
	} {
		parts = append(parts, part{name: name, content: value})
	}
	a := s.post("/parse", append(parts, part{"file", "a.pdf", string(testkit.PDF("x"))}, part{"another_file", "b.bin", "ignored"})...)
	if a.StatusCode != http.StatusOK || a.json(t)["merge_tables"] != true {
		t.Fatalf("answered %d %s", a.StatusCode, a.body)
	}
	v := s.wait(a.json(t)["job_id"].(string))
	if v["status"] != "COMPLETED" || v["expires_at"].(string)[:13] == v["completed_at"].(string)[:13] && v["expires_at"] == v["completed_at"] {
		t.Errorf("ended as %v", v)
	}
}
