package op_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/optest"
	"docket/internal/sandbox"
	"docket/internal/testkit"
)

func TestMain(m *testing.M) { optest.Main(m) }

// What a parse has read is not read again: the document need not even be there.
func TestPagesAreHandedOn(t *testing.T) {
	pool, ctx := optest.Pool(t), optest.Context(t)
	work := optest.New(t, testkit.LongPDF(30), nil)
	var chunks, pages bytes.Buffer
	info, summary, err := op.ReadDocument(ctx, pool, work.Task, op.Reading{Records: &pages}, &chunks)
	if err != nil {
		t.Fatal(err)
	}
	direct := wordsOf(ctx, t, optest.New(t, testkit.LongPDF(30), nil).Task, pool)

	next := optest.New(t, nil, nil)
	next.Task.Inputs[0].Pages = &job.File{Name: op.PagesFile}
	next.Task.Open = func(int) (io.ReadCloser, error) { return nil, errors.New("the document was read again") }
	next.Task.OpenPages = func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(pages.Bytes())), nil }
	if diff := cmp.Diff(direct, wordsOf(ctx, t, next.Task, pool)); diff != "" || len(direct) == 0 {
		t.Errorf("%d words\n%s", len(direct), diff)
	}
	var again bytes.Buffer
	info2, summary2, err := op.ReadDocument(ctx, pool, next.Task, op.Reading{}, &again)
	if err != nil || again.String() != chunks.String() {
		t.Errorf("built anew with other chunks, %v", err)
	}
	if diff := cmp.Diff(info, info2) + cmp.Diff(summary, summary2); diff != "" {
		t.Error(diff)
	}
	if p := next.Progress(); len(p) == 0 || p[len(p)-1].PagesCompleted != 30 || p[len(p)-1].TotalPages != 30 {
		t.Errorf("told %+v", p)
	}
}

// Records of another version of the server are of no use: the document is read.
func TestPagesOfAnotherVersionAreReadAnew(t *testing.T) {
	pool, ctx := optest.Pool(t), optest.Context(t)
	for name, handed := range map[string][]byte{"another version": []byte("\x00\x00\x00\x0e{\"version\":-1}"), "nothing": nil} {
		work := optest.New(t, testkit.PDF("Some words."), nil)
		work.Task.Inputs[0].Pages = &job.File{Name: op.PagesFile}
		work.Task.OpenPages = func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(handed)), nil }
		if got := wordsOf(ctx, t, work.Task, pool); len(got) != 2 {
			t.Errorf("%s: read %v", name, got)
		}
	}
	for name, handed := range map[string][]byte{"cut": []byte("\x00\x00\x00\x0e{\"ver"), "no JSON": []byte("\x00\x00\x00\x01x")} {
		work := optest.New(t, testkit.PDF("Some words."), nil)
		work.Task.Inputs[0].Pages = &job.File{Name: op.PagesFile}
		work.Task.OpenPages = func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(handed)), nil }
		if _, err := op.ReadPages(ctx, pool, work.Task, op.Reading{}, func(*document.Page) error { return nil }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func wordsOf(ctx context.Context, t *testing.T, task *op.Task, pool *sandbox.Pool) []string {
	t.Helper()
	var words []string
	_, err := op.ReadPages(ctx, pool, task, op.Reading{}, func(p *document.Page) error {
		for _, w := range p.Words {
			words = append(words, w.Text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func TestWhatAJobHandsOn(t *testing.T) {
	here := func(name string) job.Input {
		return job.Input{Name: name, SHA256: "00", File: job.File{Name: "input", Blob: name}}
	}
	files := func(names ...string) *job.Result {
		r := &job.Result{}
		for _, n := range names {
			r.Files = append(r.Files, job.File{Name: n, Blob: n})
		}
		return r
	}
	for _, test := range []struct {
		name    string
		job     job.Job
		want    []string // names, with a * where there are page records and a ! where there is a failure
		handsOn bool
	}{
		{"a parse", job.Job{Operation: job.Parse, Inputs: []job.Input{here("a.pdf")}, Result: files("chunks.jsonl", op.PagesFile)}, []string{"a.pdf*"}, true},
		{"a parse of several", job.Job{Operation: job.Parse, Inputs: []job.Input{here("a.pdf"), here("b.pdf")}, Result: files("1/chunks.jsonl", "1/"+op.PagesFile)}, []string{"a.pdf!", "b.pdf*"}, true},
		{"a split", job.Job{Operation: job.Split, Inputs: []job.Input{here("a.pdf")}, Result: files("Invoice.pdf", "Letter.pdf", "files.json")}, []string{"Invoice.pdf", "Letter.pdf"}, true},
		{"documents parsed", job.Job{Operation: job.DocumentProcessing, Parameters: json.RawMessage(`{"operation":"parse"}`), Inputs: []job.Input{here("a.pdf")}, Result: files("0/" + op.PagesFile)}, []string{"a.pdf*"}, true},
		{"documents split", job.Job{Operation: job.DocumentProcessing, Parameters: json.RawMessage(`{"operation":"split"}`), Inputs: []job.Input{here("a.pdf"), here("b.pdf")}, Result: files("0/x.pdf", "1/y.pdf", "1/z.pdf")}, []string{"x.pdf", "y.pdf", "z.pdf"}, true},
		{"documents classified", job.Job{Operation: job.DocumentProcessing, Parameters: json.RawMessage(`{"operation":"classify"}`), Result: files()}, nil, false},
		{"an export", job.Job{Operation: job.Export, Result: &job.Result{Summary: json.RawMessage(`{"sha256":"00"}`), Files: []job.File{{Name: "export.zip", Blob: "b"}}}}, []string{"export.zip"}, true},
		{"a classification", job.Job{Operation: job.Classify, Result: files()}, nil, false},
	} {
		var got []string
		for _, in := range op.Handed(test.job) {
			mark := ""
			if in.Pages != nil {
				mark = "*"
			}
			if in.Failure != nil {
				mark = "!"
			}
			got = append(got, in.Name+mark)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || op.HandsOn(test.job) != test.handsOn {
			t.Errorf("%s: hands on: %v\n%s", test.name, op.HandsOn(test.job), diff)
		}
	}
}
