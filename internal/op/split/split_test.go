package split

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"docket/internal/document"
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
		`{"categories":["Invoice",{"name":"Contract","description":"x"}],"enable_reordering":true,"password":"p"}`: `{"categories":[{"name":"Invoice"},{"name":"Contract","description":"x"}],"enable_reordering":true,"method":"heuristic","password":"p"}`,
	})
	optest.Refuses(t, New(nil, nil), map[string]job.Code{
		``:   job.InvalidConditions,
		`{}`: job.InvalidConditions,
		`{"categories":["Invoice"],"classes":"a"}`:             job.InvalidRequest,
		`{"categories":["Invoice"],"enable_reordering":"yes"}`: job.InvalidRequest,
		`{"categories":["Invoice"],"method":"model"}`:          job.InvalidRequest,
	})
}

// TestRun splits documents in a real child.
func TestRun(t *testing.T) {
	pool := optest.Pool(t)
	t.Run("files", func(t *testing.T) { runFiles(t, pool) })
	t.Run("formats", func(t *testing.T) { runFormats(t, pool) })
	t.Run("ask", func(t *testing.T) { runAsk(t, pool) })
	t.Run("refused", func(t *testing.T) { runRefused(t, pool) })
	t.Run("odd", func(t *testing.T) { runOdd(t, pool) })
	t.Run("fails", func(t *testing.T) {
		m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply { return testkit.Reply{Status: 500} })
		optest.Fails(t, New(pool, optest.Remote(t, m.URL, 0)), testkit.PDF(optest.InvoicePage), `{"categories":["Invoice"]}`, resultFile)
	})
}

func run(t *testing.T, pool *sandbox.Pool, pdf []byte, parameters string) (*Operation, *optest.Work, op.Result, error) {
	t.Helper()
	o := New(pool, nil)
	w, r, err := optest.Run(t, o, pdf, parameters)
	return o, w, r, err
}

func runFiles(t *testing.T, pool *sandbox.Pool) {
	plain := testkit.PDF(optest.InvoicePage, optest.ContractPage, "", optest.InvoicePage+"\nSecond")
	tests := map[string]struct {
		pdf        []byte
		parameters string
		want       map[string][]string // by file, what its pages begin with
	}{
		"runs": {plain, `{"categories":["Invoice","Contract","Resume"]}`, map[string][]string{
			"Invoice.pdf": {"INVOICE"}, "Contract.pdf": {"SERVICE", ""}, "Invoice_2.pdf": {"INVOICE"},
		}},
		"reordered": {plain, `{"categories":["Invoice","Contract"],"enable_reordering":true}`, map[string][]string{
			"Invoice.pdf": {"INVOICE", "INVOICE"}, "Contract.pdf": {"SERVICE", ""},
		}},
		"encrypted": {testkit.EncryptedPDF("secret", optest.ContractPage, optest.InvoicePage), `{"categories":["Invoice","Contract"],"password":"secret"}`, map[string][]string{
			"Contract.pdf": {"SERVICE"}, "Invoice.pdf": {"INVOICE"},
		}},
		"one category": {plain, `{"categories":["A/B: c"]}`, map[string][]string{"A_B_ c.pdf": {"INVOICE", "SERVICE", "", "INVOICE"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, w, r, err := run(t, pool, test.pdf, test.parameters)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := w.File(resultFile)
			var files []File
			if err := json.Unmarshal(b, &files); err != nil {
				t.Fatal(err)
			}
			got := map[string][]string{}
			for _, f := range files {
				content, _ := w.File(f.Name)
				got[f.Name] = firstWords(t, pool, content)
				if len(f.Pages) != len(got[f.Name]) || f.ID != fileID(w.Task.Job, f.Name) || f.Confidence < 0 || f.Confidence > 1 {
					t.Errorf("%+v", f)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if s, ok := r.Summary.(Summary); !ok || s.Files != len(files) || r.Method != "heuristic" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// runOdd splits documents of one page, of nothing but blank pages, with blank
// pages around, and of very many pages: every page goes into one file, once.
func runOdd(t *testing.T, pool *sandbox.Pool) {
	long := make([]string, 300)
	for i := range long {
		long[i] = optest.InvoicePage
		if i/50%2 == 1 {
			long[i] = optest.ContractPage
		}
	}
	tests := map[string]struct {
		pages    []string
		reorder  bool
		files    int
		warnings []string
	}{
		"one page":       {[]string{optest.ContractPage}, false, 1, nil},
		"one blank page": {[]string{""}, false, 1, []string{document.NoText}},
		"all blank":      {[]string{"", "", ""}, true, 1, []string{document.NoText}},
		"blank around":   {[]string{"", optest.InvoicePage, "", "", optest.ContractPage, ""}, false, 2, nil},
		"long":           {long, false, 6, nil},
		"long reordered": {long, true, 2, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, w, r, err := run(t, pool, testkit.PDF(test.pages...), fmt.Sprintf(`{"categories":["Invoice","Contract"],"enable_reordering":%t}`, test.reorder))
			if err != nil {
				t.Fatal(err)
			}
			b, _ := w.File(resultFile)
			var files []File
			if err := json.Unmarshal(b, &files); err != nil {
				t.Fatal(err)
			}
			var pages []int
			for _, f := range files {
				pages = append(pages, f.Pages...)
				if content, ok := w.File(f.Name); !ok || !strings.HasPrefix(string(content), "%PDF") {
					t.Errorf("%s is no PDF", f.Name)
				}
			}
			slices.Sort(pages)
			if len(files) != test.files || len(pages) != len(test.pages) || len(slices.Compact(pages)) != len(test.pages) {
				t.Errorf("%d files with pages %v", len(files), pages)
			}
			if diff := cmp.Diff(test.warnings, r.Warnings); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// firstWords are the first words of the pages of a document.
func firstWords(t *testing.T, pool *sandbox.Pool, pdf []byte) []string {
	t.Helper()
	var all []string
	w := optest.New(t, pdf, nil)
	_, err := op.ReadPages(optest.Context(t), pool, w.Task, op.Reading{}, func(p *document.Page) error {
		first := ""
		if len(p.Words) > 0 {
			first = p.Words[0].Text
		}
		all = append(all, first)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func runFormats(t *testing.T, pool *sandbox.Pool) {
	o, w, r, err := run(t, pool, testkit.PDF(optest.InvoicePage, optest.ContractPage), `{"categories":["Invoice","Contract"]}`)
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Render(o, r, "/splitter", job.FormatChunks)
	var sent map[string]any
	if err != nil || json.Unmarshal([]byte(text), &sent) != nil {
		t.Fatalf("%q, %v", text, err)
	}
	file := sent["files"].([]any)[0].(map[string]any)
	if c := file["confidence_score"].(float64); c < 0.7 || c > 1 {
		t.Errorf("confidence %g", c)
	}
	delete(file, "confidence_score")
	want := map[string]any{
		"name": "Invoice.pdf", "path": w.Task.Job.String() + "/Invoice.pdf", "type": "file",
		"fileId": fileID(w.Task.Job, "Invoice.pdf"), "full_path": "https://docket.test/files/Invoice.pdf",
	}
	if diff := cmp.Diff(want, file); diff != "" || sent["success"] != true || sent["message"] != "Successfully split PDF into 2 files" || len(sent) != 3 {
		t.Errorf("%s: %s", text, diff)
	}
	text, err = w.Render(o, r, "/jobs", job.FormatJSON)
	for _, want := range []string{`"category":"Contract","page_numbers":[2]`, `"page_count":2,"processing_time":1.5,"method":"heuristic"`} {
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%s lacks %s, %v", text, want, err)
		}
	}
	for format, want := range map[job.Format]string{job.FormatMarkdown: "| Contract.pdf | Contract | 2 | ", job.FormatHTML: "<td>Contract.pdf</td>", job.FormatText: "Invoice.pdf\tInvoice\t1\t"} {
		if text, err := w.Render(o, r, "/jobs", format); err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %q, %v", format, text, err)
		}
	}
	if _, err := w.Render(o, r, "/jobs", "zip"); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("zip: %v", err)
	}
}

func runRefused(t *testing.T, pool *sandbox.Pool) {
	tests := map[string]struct {
		pdf  []byte
		want job.Code
	}{
		"locked": {testkit.EncryptedPDF("secret", optest.InvoicePage), job.PasswordProtected},
		"no pdf": {[]byte("plain text"), job.UnsupportedFormat},
	}
	for name, test := range tests {
		if _, _, _, err := run(t, pool, test.pdf, `{"categories":["Invoice"]}`); err == nil || job.CodeOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// runAsk has a model tell what the pages are; a blank one goes with the page
// before it. // contract J18
func runAsk(t *testing.T, pool *sandbox.Pool) {
	m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply {
		return testkit.Reply{Content: `{"pages":[{"page":2,"category":"Contract","confidence":0.7},{"page":4,"category":"Invoice","confidence":0.6},{"page":5,"category":"Contract","confidence":0.5}]}`, Input: 9, Output: 1}
	})
	for parameters, want := range map[string]string{
		`{"categories":["Invoice","Contract"]}`:                          "Contract.pdf [1 2 3] 0.7, Invoice.pdf [4] 0.6, Contract_2.pdf [5] 0.5",
		`{"categories":["Invoice","Contract"],"enable_reordering":true}`: "Contract.pdf [1 2 3 5] 0.6, Invoice.pdf [4] 0.6",
	} {
		o := New(pool, optest.Remote(t, m.URL, 0))
		w, r, err := optest.Run(t, o, testkit.PDF("", "one", "", "two", "three"), parameters)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := w.File(resultFile)
		var files []File
		if err := json.Unmarshal(b, &files); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, fmt.Sprintf("%s %v %g", f.Name, f.Pages, f.Confidence))
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" || r.Method != "model" || r.Tokens.Total() != 10 {
			t.Errorf("%s %+v", diff, r)
		}
		text, err := w.Render(o, r, "/jobs", job.FormatJSON)
		if err != nil || !strings.Contains(text, `"method":"model","model":"test-model","tokens":{"input":9,"output":1}`) {
			t.Errorf("%s, %v", text, err)
		}
	}
}
