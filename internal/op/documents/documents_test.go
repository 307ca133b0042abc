package documents

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/classify"
	"docket/internal/op/extract"
	"docket/internal/op/optest"
	"docket/internal/op/parse"
	"docket/internal/testkit"
)

func TestMain(m *testing.M) { optest.Main(m) }

func TestCheck(t *testing.T) {
	o := New(parse.New(nil), classify.New(nil, nil), extract.New(nil, nil))
	for parameters, want := range map[string]string{
		``: `{"operation":"parse","parameters":{}}`, `{"operation":null}`: `{"operation":"parse","parameters":{}}`, `{"operation":"Chunking"}`: `{"operation":"parse","parameters":{}}`,
	} {
		got, err := o.Check(json.RawMessage(parameters))
		if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
			t.Errorf("%s: %v %s", parameters, err, diff)
		}
		if again, err := o.Check(got); err != nil || string(again) != string(got) {
			t.Errorf("%s checked again: %s %v", parameters, again, err)
		}
	}
	for parameters, field := range map[string]string{
		`[]`: "parameters", `{"operation":7}`: "parameters.operation", `{"operation":"split"}`: "parameters.operation", `{"colour":1}`: "parameters.colour",
		`{"parameters":[]}`: "parameters.parameters", `{"parameters":{"colour":1}}`: "parameters.parameters.colour", `{"parameters":{"page_range":"x"}}`: "parameters.parameters.page_range",
		`{"parameters":{"ocr_strategy":"x"}}`: "parameters.parameters.ocr_strategy", `{"parameters":{"target_length":"x"}}`: "parameters.parameters.target_length",
		`{"operation":"classify"}`: "parameters.parameters.categories", `{"operation":"extract","parameters":{"schema":7}}`: "parameters.parameters.schema",
	} {
		_, err := o.Check(json.RawMessage(parameters))
		e, ok := errors.AsType[*job.Error](err)
		if !ok || e.Facts["field"] != field || e.Facts["problem"] == nil || e.Facts["remedy"] == nil && e.Facts["allowed"] == nil && e.Code == job.InvalidRequest {
			t.Errorf("%s: %v", parameters, err)
		}
	}
}

// Documents that fail are counted, and cost the others nothing. contract D1
func TestRun(t *testing.T) {
	o := New(parse.New(optest.Pool(t)))
	checked, err := o.Check(nil)
	if err != nil {
		t.Fatal(err)
	}
	work := func(all ...[]byte) *optest.Work {
		w := optest.New(t, nil, checked)
		w.Task.Inputs = nil
		for _, d := range all {
			w.Task.Inputs = append(w.Task.Inputs, job.Input{Name: "a.pdf", File: job.File{Name: "a", Size: int64(len(d))}})
		}
		w.Task.Open = func(n int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(all[n])), nil }
		return w
	}
	good, bad := testkit.PDF("Some words."), []byte("%PDF-1.4 broken")
	w := work(good, bad, good)
	r, err := o.Run(optest.Context(t), w.Task)
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Render(o, r, "/v1/api/jobs", job.FormatJSON)
	var got struct {
		DocumentsProcessed, Errors int
		Files                      []struct{ Status job.Status }
	}
	if err := errors.Join(err, json.Unmarshal([]byte(text), &got)); err != nil {
		t.Fatal(err)
	}
	if got.DocumentsProcessed != 2 || got.Errors != 1 || len(got.Files) != 3 || got.Files[1].Status != job.Failed {
		t.Errorf("%s", text)
	}
	if _, err := w.Render(o, r, "", job.FormatCSV); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("csv: %v", err)
	}
	if _, err := o.Run(optest.Context(t), work(bad, bad).Task); job.CodeOf(err) != job.FileCorrupted {
		t.Errorf("none succeeds: %v", err)
	}
}

var _ op.Operation = (*Operation)(nil)
