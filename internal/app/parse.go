package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"docket/internal/account"
	"docket/internal/api"
	"docket/internal/config"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/parse"
	"docket/internal/sandbox"
)

func parseCommand(lookupEnv func(string) (string, bool), stdout, stderr io.Writer) *cobra.Command {
	var format, password string
	c := &cobra.Command{
		Use:   "parse FILE",
		Short: "Parse a document without a server, and print it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%w: docket parse takes one file, %d given", errUsage, len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			formats := map[string]job.Format{
				"md": job.FormatMarkdown, "markdown": job.FormatMarkdown, "html": job.FormatHTML,
				"txt": job.FormatText, "text": job.FormatText, "json": job.FormatChunks,
				"csv": job.FormatCSV, "xlsx": job.FormatXLSX,
			}
			f, ok := formats[format]
			if !ok {
				return fmt.Errorf("%w: --format %q: choose md, html, txt, json, csv or xlsx", errUsage, format)
			}
			return parseFile(c.Context(), lookupEnv, args[0], password, f, stdout, stderr)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "md", "md, html, txt, json (the answer of GET /parse/{id}), or csv or xlsx (the tables)")
	c.Flags().StringVar(&password, "password", "", "of an encrypted document")
	return c
}

// parseFile does in one process what the server does with a job, through the
// same operation, the same child processes and the same settings, which the
// environment may change.
func parseFile(ctx context.Context, lookupEnv func(string) (string, bool), path, password string, format job.Format, stdout, stderr io.Writer) (err error) {
	cfg, err := config.Load(map[string]string{"workers": "1"}, lookupEnv)
	if err != nil {
		return err
	}
	desk, err := newDesk(path)
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
	operation := parse.New(pool)
	if err := desk.begin(operation, parse.Parameters{Password: password}); err != nil {
		return err
	}
	result, err := operation.Run(ctx, desk.task())
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, told := errors.AsType[*job.Error](err); told {
		return fmt.Errorf("%s: %s", path, strings.ReplaceAll(job.FailureOf(err).Message(), "`password`", "--password"))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	j, err := desk.finish(result)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(stdout)
	render := func(w io.Writer) error {
		return operation.Render(w, op.Rendering{Job: j, Format: format, Open: desk.open})
	}
	if format == job.FormatChunks {
		err = api.RenderParse(out, j, "", render)
	} else {
		err = render(out)
	}
	if err != nil {
		return err
	}
	if format != job.FormatXLSX && format != job.FormatCSV {
		err = out.WriteByte('\n')
	}
	return errors.Join(err, out.Flush())
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
}

func newDesk(path string) (*desk, error) {
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
	spec := job.Spec{Account: account.Local, Spelling: job.UUID, Operation: job.Parse}
	d.job, _ = spec.New(id, []job.Input{{Name: filepath.Base(path), File: job.File{Name: path, Blob: path, Size: info.Size()}}}, time.Now())
	return d, nil
}

func (d *desk) begin(operation op.Operation, parameters parse.Parameters) error {
	b, err := json.Marshal(parameters)
	if err != nil {
		return fmt.Errorf("encode parameters: %w", err)
	}
	if d.job.Parameters, err = operation.Check(b); err != nil {
		return err
	}
	d.job, _, err = d.job.Move(job.Processing, time.Now())
	return err
}

func (d *desk) task() *op.Task {
	return &op.Task{
		Job: d.job.ID, Parameters: d.job.Parameters, Inputs: d.job.Inputs,
		Open:     func(int) (io.ReadCloser, error) { return os.Open(d.source) },
		Create:   d.create,
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

func (d *desk) create(name string) (io.WriteCloser, error) {
	path := filepath.Join(d.folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.Create(path)
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
	d.job.Result = &job.Result{Method: r.Method, Warnings: r.Warnings, Summary: summary}
	j, _, err := d.job.Move(job.Completed, time.Now())
	return j, err
}

func (d *desk) clear() error { return os.RemoveAll(d.folder) }
