package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/api"
	"docket/internal/cli"
	"docket/internal/config"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// runLocal does in one process what the server does with a job, through the
// same operation and the same child processes. A model is asked when the
// settings name one, as on the server.
func runLocal(ctx context.Context, run cli.Run, lookupEnv func(string) (string, bool), out, stderr io.Writer) (err error) {
	cfg, err := config.Load(map[string]string{"workers": "1", "trace-endpoint": "none"}, lookupEnv)
	if err != nil {
		return fmt.Errorf("%w: wrong settings:\n%w", cli.ErrUsage, err)
	}
	desk, err := newDesk(run.File, job.Operation(run.Operation))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.clear()) }()
	ocr, err := sandbox.FindRecognizer(ctx, cfg.OCRLanguages)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	pool := sandbox.New(sandbox.Options{
		Children: 1, CacheDir: cacheFolder(), Limits: limits(cfg), OCR: ocr,
		Log: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := pool.Start(ctx); err != nil {
		return fmt.Errorf("start the sandbox: %w", err)
	}
	remote := newModel(cfg.Model)
	if remote != nil {
		defer remote.Close()
	}
	all := singleOperations(pool, remote)
	at := slices.IndexFunc(all, func(o op.Operation) bool { return string(o.Name()) == run.Operation })
	if at < 0 {
		return fmt.Errorf("%w: there is no operation %q", cli.ErrUsage, run.Operation)
	}
	operation := all[at]
	if err := desk.begin(operation, run.Parameters); err != nil {
		return inFlags(err)
	}
	result, err := operation.Run(ctx, desk.task())
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, told := errors.AsType[*job.Error](err); told {
		return fmt.Errorf("%s: %s", run.File, strings.ReplaceAll(job.FailureOf(err).Message(), "`password`", "--password"))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", run.File, err)
	}
	j, err := desk.finish(result)
	if err != nil {
		return err
	}
	return desk.print(operation, j, run, out)
}

// inFlags says what is wrong with parameters to somebody at a terminal.
func inFlags(err error) error {
	e, ok := errors.AsType[*job.Error](err)
	if !ok {
		return err
	}
	text, _ := e.Facts["problem"].(string)
	if text == "" {
		text = job.FailureOf(err).Message()
	}
	switch field, named := e.Facts["field"].(string); {
	case e.Code == job.InvalidSchema:
		text = "--schema: " + text + "; name a file with it: --schema @schema.json"
	case e.Code == job.InvalidConditions:
		text = "--categories: " + text + "; write names: --categories invoice,letter"
	case named:
		text = field + ": " + text
	}
	return fmt.Errorf("%w: %s", cli.ErrUsage, text)
}

// print writes the result; the files of a split go into the folder.
func (d *desk) print(operation op.Operation, j job.Job, run cli.Run, out io.Writer) error {
	format := job.Format(run.Format)
	if operation.Name() == job.Split {
		if err := d.keep(run.Folder); err != nil {
			return err
		}
	}
	render := func(format job.Format) func(io.Writer) error {
		return func(w io.Writer) error {
			return operation.Render(w, op.Rendering{
				Job: j, Format: format, Open: d.open, Link: func(name string) string { return filepath.Join(run.Folder, name) },
			})
		}
	}
	if operation.Name() != job.Parse {
		return render(format)(out)
	}
	if format == job.FormatJSON {
		return errors.Join(api.RenderParse(out, j, "", render(job.FormatChunks)), line(out))
	}
	err := render(format)(out)
	if err == nil && format != job.FormatXLSX && format != job.FormatCSV {
		err = line(out)
	}
	return err
}

// line ends the last one.
func line(out io.Writer) error {
	_, err := io.WriteString(out, "\n")
	return err
}

// keep copies the documents among the files of the result into a folder.
func (d *desk) keep(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // as any folder that a command makes
		return fmt.Errorf("make the folder %s: %w", folder, err)
	}
	for _, name := range d.made {
		if filepath.Ext(name) == ".json" {
			continue // the result itself
		}
		b, err := os.ReadFile(filepath.Join(d.folder, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), b, 0o644) //nolint:gosec // as any file that a command writes
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// cacheFolder is where the compiled engine is kept between calls.
func cacheFolder() string {
	folder, err := os.UserCacheDir()
	if err != nil {
		folder = os.TempDir()
	}
	return filepath.Join(folder, "docket")
}

// desk is what a worker and a store are to a job on the server: a folder for
// what one run writes.
type desk struct {
	source string
	folder string
	job    job.Job
	state  json.RawMessage
	made   []string // files of the result
}

func newDesk(path string, operation job.Operation) (*desk, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, errors.Unwrap(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: it is not a file", path)
	}
	folder, err := os.MkdirTemp("", "docket-parse-")
	if err != nil {
		return nil, fmt.Errorf("make a folder to work in: %w", err)
	}
	id, err := job.NewID()
	if err != nil {
		return nil, err
	}
	d := &desk{source: path, folder: folder}
	spec := job.Spec{Account: account.Local, Spelling: job.UUID, Route: "/jobs", Operation: operation}
	d.job, _ = spec.New(id, []job.Input{{Name: filepath.Base(path), File: job.File{Name: path, Blob: path, Size: info.Size()}}}, time.Now())
	return d, nil
}

func (d *desk) begin(operation op.Operation, parameters json.RawMessage) (err error) {
	if d.job.Parameters, err = operation.Check(parameters); err != nil {
		return err
	}
	d.job, _, err = d.job.Move(job.Processing, time.Now())
	return err
}

func (d *desk) task() *op.Task {
	return &op.Task{
		Job: d.job.ID, Parameters: d.job.Parameters, Inputs: d.job.Inputs,
		Open: func(int) (io.ReadCloser, error) { return os.Open(d.source) },
		Create: func(name string) (io.WriteCloser, error) {
			d.made = append(d.made, name)
			path := filepath.Join(d.folder, name) // attachments are in folders
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return nil, err
			}
			return os.Create(path)
		},
		Progress: func(p job.Progress) { d.job.Progress = p },
		Checkpoint: func(_ int, part []byte, state json.RawMessage) error {
			d.state = state
			f, err := os.OpenFile(d.saved(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			_, err = f.Write(part)
			return errors.Join(err, f.Close())
		},
		Resume: func(int) (io.ReadCloser, json.RawMessage, error) {
			if d.state == nil {
				return nil, nil, nil
			}
			f, err := os.Open(d.saved())
			return f, d.state, err
		},
	}
}

func (d *desk) saved() string { return filepath.Join(d.folder, "checkpoint") }

func (d *desk) open(name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(d.folder, name))
}

func (d *desk) finish(r op.Result) (job.Job, error) {
	summary, err := json.Marshal(r.Summary)
	if err != nil {
		return job.Job{}, fmt.Errorf("encode summary: %w", err)
	}
	d.job.Result = &job.Result{Method: r.Method, Model: r.Model, Tokens: r.Tokens, Warnings: r.Warnings, Summary: summary}
	j, _, err := d.job.Move(job.Completed, time.Now())
	return j, err
}

func (d *desk) clear() error { return os.RemoveAll(d.folder) }
