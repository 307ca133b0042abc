package split

import (
	"encoding/json"
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
	tests := map[string]struct {
		parameters string
		want       string // or
		code       job.Code
	}{
		"all":           {`{"categories":["Invoice",{"name":"Contract","description":"x"}],"enable_reordering":true,"password":"p"}`, `{"categories":[{"name":"Invoice"},{"name":"Contract","description":"x"}],"enable_reordering":true,"password":"p"}`, ""},
		"nothing":       {``, "", job.InvalidConditions},
		"no categories": {`{}`, "", job.InvalidConditions},
		"unknown":       {`{"categories":["Invoice"],"classes":"a"}`, "", job.InvalidRequest},
		"wrong type":    {`{"categories":["Invoice"],"enable_reordering":"yes"}`, "", job.InvalidRequest},
	}
	for name, test := range tests {
		got, err := New(nil).Check(json.RawMessage(test.parameters))
		if test.code != "" {
			if job.CodeOf(err) != test.code || err == nil {
				t.Errorf("%s: %s, %v", name, got, err)
			}
			continue
		}
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

const (
	invoicePage  = "INVOICE\nInvoice number: 4711\nBill to: Example Ltd\nQuantity Unit price Amount\nSubtotal 10.00\nVAT 1.90\nAmount due 11.90"
	contractPage = "SERVICE AGREEMENT\nThis agreement is made between the parties.\nThe contractor shall keep confidentiality.\nTermination: either party may end this contract.\nGoverning law is that of Denmark."
)

// TestRun splits documents in a real child.
func TestRun(t *testing.T) {
	pool := optest.Pool(t)
	t.Run("files", func(t *testing.T) { runFiles(t, pool) })
	t.Run("formats", func(t *testing.T) { runFormats(t, pool) })
	t.Run("refused", func(t *testing.T) { runRefused(t, pool) })
}

func run(t *testing.T, pool *sandbox.Pool, pdf []byte, parameters string) (*Operation, *optest.Work, op.Result, error) {
	t.Helper()
	o := New(pool)
	checked, err := o.Check(json.RawMessage(parameters))
	if err != nil {
		t.Fatal(err)
	}
	w := optest.New(t, pdf, checked)
	r, err := o.Run(optest.Context(t), w.Task)
	return o, w, r, err
}

func runFiles(t *testing.T, pool *sandbox.Pool) {
	plain := testkit.PDF(invoicePage, contractPage, "", invoicePage+"\nSecond")
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
		"encrypted": {testkit.EncryptedPDF("secret", contractPage, invoicePage), `{"categories":["Invoice","Contract"],"password":"secret"}`, map[string][]string{
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

// firstWords are the first words of the pages of a document.
func firstWords(t *testing.T, pool *sandbox.Pool, pdf []byte) []string {
	t.Helper()
	var all []string
	w := optest.New(t, pdf, nil)
	_, err := op.ReadPages(optest.Context(t), pool, w.Task, "", func(p *document.Page) error {
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
	o, w, r, err := run(t, pool, testkit.PDF(invoicePage, contractPage), `{"categories":["Invoice","Contract"]}`)
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
	if _, err := w.Render(o, r, "/jobs", "csv"); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("csv: %v", err)
	}
}

func runRefused(t *testing.T, pool *sandbox.Pool) {
	tests := map[string]struct {
		pdf  []byte
		want job.Code
	}{
		"locked": {testkit.EncryptedPDF("secret", invoicePage), job.PasswordProtected},
		"no pdf": {[]byte("plain text"), job.UnsupportedFormat},
	}
	for name, test := range tests {
		if _, _, _, err := run(t, pool, test.pdf, `{"categories":["Invoice"]}`); err == nil || job.CodeOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
