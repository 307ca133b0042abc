// Package optest gives tests of operations what a worker gives operations: a
// pool of sandbox children and a task that keeps its files in memory.
package optest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// Pages that every classifier should tell apart.
const (
	InvoicePage  = "INVOICE\nInvoice number: 4711\nBill to: Example Ltd\nQuantity Unit price Amount\nSubtotal 10.00\nVAT 1.90\nAmount due 11.90"
	ContractPage = "SERVICE AGREEMENT\nThis agreement is made between the parties.\nThe contractor shall keep confidentiality.\nTermination: either party may end this contract.\nGoverning law is that of Denmark."
)

// Main is the TestMain of a package whose tests start a pool: its binary is
// its own sandbox child.
func Main(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandbox.Subcommand {
		os.Exit(sandbox.ChildMain(os.Stdin, os.Stdout, os.Args[2:]))
	}
	os.Exit(m.Run())
}

// Pool starts a pool of one child for the time of the test. The compiled
// engine is kept between runs.
func Pool(t testing.TB) *sandbox.Pool {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	limits := sandbox.DefaultLimits(1)
	limits.AddressSpace = 0 // the race detector needs more than any limit
	p := sandbox.New(sandbox.Options{Children: 1, CacheDir: filepath.Join(cache, "docket-test"), Limits: limits})
	if err := p.Start(Context(t)); err != nil {
		t.Fatalf("start pool: %v", err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close pool: %v", err)
		}
	})
	return p
}

// Context ends after five minutes, or with the test.
func Context(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// Work is a task in memory.
type Work struct {
	Task *op.Task

	mu       sync.Mutex
	files    map[string][]byte // of the result, once closed
	progress []job.Progress
	parts    []byte
	version  int // of their format
	state    json.RawMessage
}

// New makes the task of a job with one document and parameters as an
// operation's Check has given them.
func New(t testing.TB, document []byte, parameters json.RawMessage) *Work {
	t.Helper()
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	w := &Work{files: map[string][]byte{}}
	w.Task = &op.Task{
		Job: id, Parameters: parameters,
		Inputs:     []job.Input{{Name: "document.pdf", File: job.File{Name: "input-0", Size: int64(len(document))}}},
		Open:       func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(document)), nil },
		Create:     func(name string) (io.WriteCloser, error) { return &file{work: w, name: name}, nil },
		Progress:   w.tell,
		Checkpoint: w.save,
		Resume:     w.saved,
	}
	return w
}

// Run has the operation check the parameters and work on a document.
func Run(t testing.TB, o op.Operation, document []byte, parameters string) (*Work, op.Result, error) {
	t.Helper()
	checked, err := o.Check(json.RawMessage(parameters))
	if err != nil {
		t.Fatal(err)
	}
	w := New(t, document, checked)
	r, err := o.Run(Context(t), w.Task)
	return w, r, err
}

// Remote is the client of a model at a test's server, with a small context.
func Remote(t testing.TB, url string, budget int) *model.Remote {
	t.Helper()
	r := model.New(model.Options{URL: url, Name: "test-model", Timeout: time.Minute, Retries: 1, Budget: budget, Context: 4000, Backoff: time.Millisecond})
	t.Cleanup(r.Close)
	return r
}

// Golden holds what a model was asked, its rules, what the user said and the
// form of the answer, against the file of that name under testdata; with
// UPDATE_GOLDEN set it writes the file instead.
func Golden(t testing.TB, name, system string, user []string, format any) {
	t.Helper()
	form, err := json.MarshalIndent(format, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(append([]string{system}, user...), "\n----\n") + "\n----\n" + string(form) + "\n"
	path := filepath.Join("testdata", name+".golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path) //nolint:gosec // a file of the tests
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s has\n%s\nand the model was asked\n%s", path, want, got)
	}
}

// Accepts checks that the operation makes of parameters what is to be stored,
// and takes that again as it is.
func Accepts(t *testing.T, o op.Operation, stored map[string]string) {
	t.Helper()
	for parameters, want := range stored {
		got, err := o.Check(json.RawMessage(parameters))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", parameters, got, err)
		}
		again, err := o.Check(got)
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: checked again: %s, %v", parameters, again, err)
		}
	}
}

// Refuses checks that the operation refuses parameters, and how.
func Refuses(t *testing.T, o op.Operation, codes map[string]job.Code) {
	t.Helper()
	for parameters, want := range codes {
		if got, err := o.Check(json.RawMessage(parameters)); err == nil || job.CodeOf(err) != want {
			t.Errorf("%s: %s, %v", parameters, got, err)
		}
	}
}

// Fails checks that an operation whose model only answers HTTP 500 fails, says
// so, and leaves no result: no rule takes the model's place.
func Fails(t *testing.T, o op.Operation, document []byte, parameters, result string) {
	t.Helper()
	w, r, err := Run(t, o, document, parameters)
	if _, stored := w.File(result); stored || err == nil || job.CodeOf(err) != job.ModelError || r.Method != "" {
		t.Errorf("%v, a result: %t, by %q", err, stored, r.Method)
	}
	if !strings.Contains(job.FailureOf(err).Message(), "HTTP 500") {
		t.Errorf("the client is told %q", job.FailureOf(err).Message())
	}
}

// File is a file of the result that was written and closed.
func (w *Work) File(name string) ([]byte, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b, ok := w.files[name]
	return b, ok
}

// Progress is all that the operation has told.
func (w *Work) Progress() []job.Progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress
}

// Render has the operation render its result in a format, as of a job that
// was submitted at the route and took 1.5 seconds.
func (w *Work) Render(o op.Operation, result op.Result, route string, format job.Format) (string, error) {
	summary, err := json.Marshal(result.Summary)
	if err != nil {
		return "", fmt.Errorf("encode summary: %w", err)
	}
	started := time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)
	j := job.Job{
		ID: w.Task.Job, Route: route, Operation: o.Name(), Parameters: w.Task.Parameters, Inputs: w.Task.Inputs,
		Result:    &job.Result{Method: result.Method, Model: result.Model, Tokens: result.Tokens, Warnings: result.Warnings, Summary: summary},
		StartedAt: started, FinishedAt: started.Add(1500 * time.Millisecond),
	}
	var out bytes.Buffer
	err = o.Render(&out, op.Rendering{Job: j, Format: format, Open: w.open, Link: func(name string) string { return "https://docket.test/files/" + name }})
	return out.String(), err
}

func (w *Work) open(name string) (io.ReadCloser, error) {
	b, ok := w.File(name)
	if !ok {
		return nil, job.Errorf(job.ResultGone, nil, "no file %s", name)
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (w *Work) tell(p job.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.progress = append(w.progress, p)
}

func (w *Work) save(version int, part []byte, state json.RawMessage) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if version != w.version {
		w.parts, w.version = nil, version
	}
	w.parts, w.state = append(w.parts, part...), state
	return nil
}

func (w *Work) saved(version int) (io.ReadCloser, json.RawMessage, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == nil || version != w.version {
		return nil, nil, nil
	}
	return io.NopCloser(bytes.NewReader(bytes.Clone(w.parts))), w.state, nil
}

// file is a file of the result while it is written.
type file struct {
	bytes.Buffer
	work   *Work
	name   string
	closed bool
}

// Close makes the file part of the result.
func (f *file) Close() error {
	if f.closed {
		return errors.New("closed twice")
	}
	f.closed = true
	f.work.mu.Lock()
	defer f.work.mu.Unlock()
	f.work.files[f.name] = f.Bytes()
	return nil
}
