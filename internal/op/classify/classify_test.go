package classify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/optest"
	"docket/internal/sandbox"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { optest.Main(m) }

func TestCheck(t *testing.T) {
	optest.Accepts(t, New(nil, nil), map[string]string{
		`{"categories":[{"name":" Invoice ","description":"a bill"}]}`: `{"categories":[{"name":"Invoice","description":"a bill"}],"method":"heuristic"}`,
		`{"categories":["Invoice","Contract"],"password":"x"}`:         `{"categories":[{"name":"Invoice"},{"name":"Contract"}],"method":"heuristic","password":"x"}`,
		`{"categories":["Invoice"],"method":"heuristic"}`:              `{"categories":[{"name":"Invoice"}],"method":"heuristic"}`,
	})
	optest.Refuses(t, New(nil, nil), map[string]job.Code{
		``:                               job.InvalidConditions,
		`{"password":"x"}`:               job.InvalidConditions,
		`{"categories":[]}`:              job.InvalidConditions,
		`{"categories":null}`:            job.InvalidConditions,
		`{"categories":"[\"Invoice\"]"}`: job.InvalidConditions,
		`{"categories":["Invoice"],"conditions":[]}`: job.InvalidRequest,
		`{"categories":["Invoice"],"password":1}`:    job.InvalidRequest,
		`[]`: job.InvalidRequest,
		`{"categories":["Invoice"],"method":"model"}`: job.InvalidRequest,
		`{"categories":["Invoice"],"method":"gpt"}`:   job.InvalidRequest,
	})
}

// TestRun runs the operation on documents read by a real child.
func TestRun(t *testing.T) {
	pool := optest.Pool(t)
	t.Run("pages", func(t *testing.T) { runPages(t, pool) })
	t.Run("blank", func(t *testing.T) { runBlank(t, pool) })
	t.Run("unknown", func(t *testing.T) { runUnknown(t, pool) })
	t.Run("picture", func(t *testing.T) { runPicture(t, pool) })
	t.Run("refused", func(t *testing.T) { runRefused(t, pool) })
	t.Run("formats", func(t *testing.T) { runFormats(t, pool) })
	t.Run("resume", func(t *testing.T) { runResume(t, pool) })
}

func run(t *testing.T, pool *sandbox.Pool, pdf []byte, parameters string) (*Operation, *optest.Work, op.Result, error) {
	t.Helper()
	o := New(pool, nil)
	w, r, err := optest.Run(t, o, pdf, parameters)
	return o, w, r, err
}

func runPages(t *testing.T, pool *sandbox.Pool) {
	pdf := testkit.EncryptedPDF("secret", optest.InvoicePage, optest.ContractPage, "")
	o, w, r, err := run(t, pool, pdf, `{"categories":["Contract","Invoice"],"password":"secret"}`)
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Render(o, r, "/classify", job.FormatChunks)
	var got Result
	if err != nil || json.Unmarshal([]byte(text), &got) != nil {
		t.Fatalf("%q, %v", text, err)
	}
	pages := got.PageResults
	if len(pages) != 3 || pages[0].Confidence < 0.7 || pages[1].Confidence < 0.7 || got.Confidence < 0.4 || got.Confidence > 1 {
		t.Fatalf("%+v", got)
	}
	pages[0].Confidence, pages[1].Confidence, got.Confidence = 1, 1, 1
	want := Result{
		Success: true, Classification: "Invoice", Confidence: 1, TotalPages: 3, ProcessedPages: 2,
		PageResults: []PageResult{
			{Page: 1, Success: true, Classification: "Invoice", RawResult: "Invoice", Confidence: 1},
			{Page: 2, Success: true, Classification: "Contract", RawResult: "Contract", Confidence: 1},
			{Page: 3, Classification: "Contract", Error: "The page has no text."},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s, ok := r.Summary.(Summary)
	if !ok || r.Method != "heuristic" || len(r.Warnings) > 0 || s.PageCount != 3 || s.Classification != "Invoice" {
		t.Errorf("%+v", r)
	}
	var messages []string
	for _, p := range w.Progress() {
		if p.Message != "" {
			messages = append(messages, p.Message)
		}
	}
	told := []string{"Processing page 1 of 3", "Processing page 2 of 3", "Processing page 3 of 3"}
	if diff := cmp.Diff(told, slices.Compact(messages)); diff != "" {
		t.Error(diff)
	}
}

func runBlank(t *testing.T, pool *sandbox.Pool) {
	_, w, r, err := run(t, pool, testkit.PDF("", ""), `{"categories":["Contract","Invoice"]}`)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := w.File(resultFile)
	var got Result
	if err := json.Unmarshal(b, &got); err != nil || !got.Success || got.Confidence != 0 || got.ProcessedPages != 0 || got.Classification != "unknown" {
		t.Errorf("%s, %v", b, err)
	}
	if diff := cmp.Diff([]string{"no_text"}, r.Warnings); diff != "" {
		t.Error(diff)
	}
}

// runUnknown is about documents that speak for no category.
func runUnknown(t *testing.T, pool *sandbox.Pool) {
	for name, test := range map[string]struct {
		text, categories, want string
		sure                   bool
		warnings               []string
	}{
		"a letter":             {"x", `["a","b"]`, "unknown", false, []string{"no_category"}},
		"other words":          {"lorem ipsum dolor sit amet", `["Contract","Invoice"]`, "unknown", false, []string{"no_category"}},
		"one category":         {"x", `["Invoice"]`, "unknown", false, []string{"no_category"}},
		"one for all others":   {"x", `["Contract","Other"]`, "Other", false, nil},
		"one that is unknown":  {"x", `["Contract","Unknown"]`, "Unknown", false, nil},
		"its name is a letter": {"x", `["a","x"]`, "x", true, nil},
	} {
		_, w, r, err := run(t, pool, []byte(test.text), `{"categories":`+test.categories+`}`)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b, _ := w.File(resultFile)
		var got Result
		if err := json.Unmarshal(b, &got); err != nil || len(got.PageResults) != 1 || got.ProcessedPages != 1 {
			t.Errorf("%s: %s, %v", name, b, err)
			continue
		}
		page := got.PageResults[0]
		if got.Classification != test.want || page.Classification != test.want || page.RawResult != test.want || !page.Success || got.Confidence > 0 != test.sure || page.Confidence > 0 != test.sure {
			t.Errorf("%s: %+v, want %s", name, got, test.want)
		}
		if diff := cmp.Diff(test.warnings, r.Warnings); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// runPicture is about the body of GET /classify, which a picture has no pages in.
func runPicture(t *testing.T, pool *sandbox.Pool) {
	o, w, r, err := run(t, pool, testkit.PNG(testkit.TextImage("INVOICE")), `{"categories":["Contract","Other"]}`)
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[job.Format]string{
		job.FormatChunks: `{"success":true,"classification":"Other","confidence":0,"raw_result":"Other","total_pages":1,"processed_pages":0}` + "\n",
		job.FormatJSON:   `{"classification":"Other","confidence":0,"page_results":[{"page":1,"success":false,`,
	} {
		if text, err := w.Render(o, r, "/classify", format); err != nil || !strings.HasPrefix(text, want) {
			t.Errorf("%s: %q, %v", format, text, err)
		}
	}
}

func runRefused(t *testing.T, pool *sandbox.Pool) {
	tests := map[string]struct {
		pdf  []byte
		want job.Code
	}{
		"locked":  {testkit.EncryptedPDF("secret", optest.InvoicePage), job.PasswordProtected},
		"noise":   {[]byte{0, 1, 2, 0xff, 0xfe, 0x80}, job.UnsupportedFormat},
		"nothing": {nil, job.FileCorrupted},
	}
	for name, test := range tests {
		_, w, _, err := run(t, pool, test.pdf, `{"categories":["Invoice"]}`)
		if err == nil || job.CodeOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := w.File(resultFile); ok {
			t.Errorf("%s: there is a result", name)
		}
	}
}

// runResume runs twice; the second attempt goes on from the first one's
// checkpoint and finds the same.
func runResume(t *testing.T, pool *sandbox.Pool) {
	o, w, _, err := run(t, pool, testkit.LongPDF(300), `{"categories":["Contract","Fox: quick brown lazy dog"]}`)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := w.File(resultFile)
	before := len(w.Progress())
	if _, err := o.Run(optest.Context(t), w.Task); err != nil {
		t.Fatal(err)
	}
	second, _ := w.File(resultFile)
	if diff := cmp.Diff(string(first), string(second)); diff != "" || !strings.Contains(string(first), `"total_pages":300,"processed_pages":300`) {
		t.Error(diff)
	}
	if again := w.Progress()[before]; again.PagesCompleted == 0 {
		t.Errorf("the second attempt began with %+v", again)
	}
}

func runFormats(t *testing.T, pool *sandbox.Pool) {
	o, w, r, err := run(t, pool, testkit.PDF(optest.InvoicePage), `{"categories":["Contract","Invoice"]}`)
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Render(o, r, "/jobs", job.FormatJSON)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`{"classification":"Invoice","confidence":0.`, `"page_results":[{"page":1,"success":true,`, `"total_pages":1,"processed_pages":1,"processing_time":1.5,"method":"heuristic"}`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	for format, want := range map[job.Format]string{job.FormatMarkdown: "| 1 | Invoice | ", job.FormatHTML: "<td>1</td><td>Invoice</td>", job.FormatText: "1\tInvoice\t"} {
		if text, err := w.Render(o, r, "/jobs", format); err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %q, %v", format, text, err)
		}
	}
	if _, err := w.Render(o, r, "/jobs", "zip"); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("zip: %v", err)
	}
}
