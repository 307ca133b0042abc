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

const (
	invoiceTable = "<table><tr><th>Item</th><th>Price</th></tr><tr><td>Bolt</td><td>3.50</td></tr></table>"
	invoicePage  = "<!doctype html><h1>Invoice</h1><p>Invoice number: 4711</p>" + invoiceTable
	letterMail   = "From: a@example.com\nTo: b@example.com\nSubject: Invoice\n\nInvoice number: 4711\n"
)

func wordInvoice() string {
	return string(testkit.DOCX(`<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Invoice</w:t></w:r></w:p><w:p><w:r><w:t>Invoice number: 4711</w:t></w:r></w:p>`))
}

// documents have "Invoice" and the number 4711 each, in every kind of file.
func documentsOfAllKinds() map[string]string {
	return map[string]string{
		"a.pdf":  string(testkit.PDF("Invoice\n\nInvoice number: 4711")),
		"a.docx": wordInvoice(),
		"a.pptx": string(testkit.PPTX([]string{testkit.Slide("", `<p:sp><p:txBody><a:p><a:r><a:t>Invoice</a:t></a:r></a:p><a:p><a:r><a:t>Invoice number: 4711</a:t></a:r></a:p></p:txBody></p:sp>`)})),
		"a.html": invoicePage,
		"a.md":   "# Invoice\n\nInvoice number: 4711\n",
		"a.eml":  letterMail,
		"a.csv":  "Invoice,Invoice number\nx,4711\n",
		"a.txt":  "Invoice\n\nInvoice number: 4711\n",
		"a.png":  string(testkit.PNG(testkit.TextImage("Invoice", "Invoice number: 4711"))),
		// What a client calls a file is not believed.
		"docx.pdf": wordInvoice(),
		"no-name":  invoicePage,
	}
}

func TestEveryOperationTakesEveryFormat(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	formats := map[string]string{"docx.pdf": "docx", "no-name": "html"}
	for name, content := range documentsOfAllKinds() {
		v := s.wait(s.submit(name, []byte(content)))
		if v["status"] != "completed" {
			t.Errorf("%s: %v", name, v)
			continue
		}
		result := s.get("/jobs/" + v["job_id"].(string) + "/result").json(t)
		want := formats[name]
		if want == "" {
			want = name[2:]
		}
		text := string(s.get("/jobs/" + v["job_id"].(string) + "/result?format=txt").body)
		if result["file_type"] != want || !strings.Contains(text, "Invoice") || !strings.Contains(text, "4711") {
			t.Errorf("%s: file type %v, text %q", name, result["file_type"], text)
		}
	}
	schema := `{"type":"object","properties":{"invoice_number":{"type":"string"}}}`
	for _, name := range []string{"a.docx", "a.html", "a.eml", "a.png"} {
		file := part{"file", name, documentsOfAllKinds()[name]}
		v := s.wait(s.post("/jobs", part{name: "operation", content: "extract"}, part{name: "parameters", content: `{"schema":` + schema + `}`}, file).json(t)["job_id"].(string))
		result := s.get("/jobs/" + v["job_id"].(string) + "/result").json(t)
		if found := fmt.Sprint(result); v["status"] != "completed" || !strings.Contains(found, "value:4711") {
			t.Errorf("extract from %s: %s", name, found)
		}
		v = s.wait(s.post("/jobs", part{name: "operation", content: "classify"}, part{name: "parameters", content: `{"categories":[{"name":"invoice"},{"name":"contract"}]}`}, file).json(t)["job_id"].(string))
		if result := s.get("/jobs/" + v["job_id"].(string) + "/result").json(t); at(result, "classification") != "invoice" {
			t.Errorf("classify %s: %v", name, result)
		}
	}
	many := s.wait(s.post("/jobs", part{name: "operation", content: "document_processing"}, part{"file", "a.docx", wordInvoice()}, part{"file", "a.csv", "a,b\n"}).json(t)["job_id"].(string))
	if many["status"] != "completed" || at(s.get("/jobs/"+many["job_id"].(string)+"/result").json(t), "documentsProcessed") != 2.0 {
		t.Errorf("documents: %v", many)
	}
}

// Only PDFs can be cut into PDFs, and whoever sends something else learns what
// it was.
func TestSplitTakesPDFsAlone(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	v := s.wait(s.post("/jobs", part{name: "operation", content: "split"}, part{name: "parameters", content: `{"categories":["a","b"]}`}, part{"file", "a.docx", wordInvoice()}).json(t)["job_id"].(string))
	want := map[string]any{
		"detected": "Word document (DOCX)", "allowed": []any{"pdf"},
		"mime": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	}
	if diff := cmp.Diff(want, at(v, "error_details", "facts")); diff != "" || at(v, "error_details", "error_type") != "unsupported_format" {
		t.Errorf("%v: %s", v, diff)
	}
	if message := fmt.Sprint(at(v, "error_details", "message")); !strings.Contains(message, "Word document (DOCX)") || !strings.Contains(message, "Submit a PDF") {
		t.Errorf("message %q", message)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	for name, test := range map[string]struct{ content, code, message string }{
		"old word":   {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 504) + "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00", "unsupported_format", "The file is a legacy Word document (DOC), which this operation does not read. Submit one of these: pdf, docx, pptx"},
		"locked":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 504) + wide("EncryptedPackage"), "password_protected", "Office document is password-protected"},
		"zip":        {string(testkit.Zip(testkit.Entry{Name: "a.txt", Content: "x"})), "unsupported_format", "ZIP archive"},
		"cut docx":   {wordInvoice()[:len(wordInvoice())-50], "file_corrupted", "Failed to process DOCX"},
		"deep":       {"<html>" + strings.Repeat("<div>", 5000), "resource_limit", "deeper than the limit"},
		"wide":       {strings.Repeat(",", 20_000), "resource_limit", "20001 columns"},
		"no picture": {"\x89PNG\r\n\x1a\n cut", "file_corrupted", "Failed to process image"},
	} {
		file := name
		if name == "wide" {
			file = "wide.csv"
		}
		v := s.wait(s.submit(file, []byte(test.content)))
		if v["status"] != "failed" || at(v, "error_details", "error_type") != test.code || !strings.Contains(fmt.Sprint(at(v, "error_details", "message")), test.message) {
			t.Errorf("%s: %v", name, v)
		}
	}
	if v := s.wait(s.submit("a.txt", []byte("fine"))); v["status"] != "completed" {
		t.Errorf("afterwards: %v", v)
	}
}

func wide(s string) string {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return string(b)
}

// contract C1
func TestOCRStrategy(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	scan := part{"file", "scan.pdf", string(testkit.ScannedPDF("Invoice number 4711"))}
	for _, test := range []struct {
		field, value string
		text         bool
	}{{"ocr_mode", "auto_ocr", true}, {"ocr_strategy", "force_ocr", true}, {"ocr_strategy", "All", true}, {"ocr_mode", "no_ocr", false}} {
		v := s.wait(s.post("/parse", part{name: test.field, content: test.value}, scan).json(t)["job_id"].(string))
		p := s.get("/parse/" + v["job_id"].(string)).json(t)
		text := strings.Contains(fmt.Sprint(p["chunks"]), "4711")
		warned := strings.Contains(fmt.Sprint(at(p, "metadata", "warnings")), "no_text")
		if text != test.text || warned == test.text {
			t.Errorf("%s=%s: %v", test.field, test.value, p)
		}
	}
	a := s.post("/parse", part{name: "ocr_strategy", content: "sometimes"}, scan)
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "sometimes") || !strings.Contains(string(a.body), "force_ocr") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	a = s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "parameters", content: `{"ocr_strategy":"sometimes"}`}, scan)
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "no_ocr") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestParseCommandTakesEveryFormat(t *testing.T) {
	names := make([]string, 0, 16)
	for name := range documentsOfAllKinds() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		out, err := command(t, "parse", file(t, name, []byte(documentsOfAllKinds()[name]))).Output()
		if err != nil || !strings.Contains(string(out), "Invoice") || !strings.Contains(string(out), "4711") {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}
