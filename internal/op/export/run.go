package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"

	"docket/internal/job"
	"docket/internal/op"
)

// Summary is what is kept with an export.
type Summary struct {
	Format  job.Format `json:"format"`
	File    string     `json:"file_name"`
	Jobs    int        `json:"jobs"`    // in the file
	Results int        `json:"results"` // of them with a result
	Missing int        `json:"missing"` // of them deleted meanwhile
	Bytes   int64      `json:"bytes"`
	SHA256  string     `json:"sha256"` // hexadecimal, of the file
}

// Run gathers the results, saving as it goes, and then writes the file.
func (*Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	c, err := collect(ctx, t, p)
	if err != nil {
		return op.Result{}, err
	}
	s := Summary{Format: p.Format, File: "export." + string(p.Format), Jobs: c.state.Jobs, Results: c.state.Results}
	out, err := t.Create(s.File)
	if err != nil {
		return op.Result{}, fmt.Errorf("create the file: %w", err)
	}
	counted := newCounter(out)
	w := &writing{collection: c, out: counted, sum: &s}
	if err := w.write(ctx); err != nil {
		return op.Result{}, err
	}
	if err := out.Close(); err != nil {
		return op.Result{}, fmt.Errorf("store the file: %w", err)
	}
	s.Bytes, s.SHA256 = counted.n, counted.sum()
	return op.Result{Summary: s}, nil
}

// writing makes the file of what was collected.
type writing struct {
	*collection
	out io.Writer
	sum *Summary
}

func (w *writing) write(ctx context.Context) error {
	switch w.p.Format {
	case job.FormatMarkdown:
		return w.markdown(ctx)
	case job.FormatCSV:
		return w.csv(ctx)
	case job.FormatXLSX:
		return w.workbook(ctx)
	case job.FormatZip:
		return w.zip(ctx)
	}
	return w.lines(ctx)
}

// entries yields what was collected, one job at a time in memory, and tells
// how far it is.
func (w *writing) entries(ctx context.Context) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		n := 0
		for line, err := range w.journal.Lines() {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			var e entry
			if err == nil {
				err = json.Unmarshal(line, &e)
			}
			if err != nil {
				yield(e, fmt.Errorf("read what was collected: %w", err))
				return
			}
			if e.Missing != nil {
				w.sum.Missing++
				e.Item.Details = &job.ErrorDetails{ErrorType: e.Missing.Code, Message: "The job was deleted before its result was read."}
			}
			if !yield(e, nil) {
				return
			}
			n++
			w.task.Progress(job.Progress{
				Stage: "writing", FilesCompleted: w.state.Jobs, TotalFiles: w.state.Jobs, Percentage: 80 + 19*n/max(w.state.Jobs, 1),
				Message: fmt.Sprintf("Wrote %d of %d results", n, w.state.Jobs),
			})
		}
	}
}

// large says that the result was too long to be collected, and is to be read
// now.
func (e entry) large() bool { return e.Item.Status == job.Completed && !e.Kept && e.Missing == nil }

// stream writes a large result; false when it is not there any more.
func (w *writing) stream(e entry, format job.Format, out io.Writer) (bool, error) {
	c := newCounter(out)
	err := w.task.Result(e.ID, format, c)
	switch {
	case err == nil:
		return true, nil
	case gone(err) && c.n == 0:
		return false, nil
	}
	return false, fmt.Errorf("copy the result of job %s: %w", e.ID, errors.Join(op.ErrAgain, err))
}

// counter counts and hashes what goes through it.
type counter struct {
	out  io.Writer
	n    int64
	hash hash.Hash
}

func newCounter(out io.Writer) *counter { return &counter{out: out, hash: sha256.New()} }

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.n += int64(n)
	_, _ = c.hash.Write(p[:n]) // never fails
	return n, err
}

func (c *counter) sum() string { return hex.EncodeToString(c.hash.Sum(nil)) }
