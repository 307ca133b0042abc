package op

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
)

// Many lets an operation for one document work on several. // contract J8
type Many struct{ inner Operation }

// ForMany makes an operation take several documents.
func ForMany(inner Operation) *Many { return &Many{inner: inner} }

// Name is that of the operation.
func (m *Many) Name() job.Operation { return m.inner.Name() }

// Check is that of the operation.
func (m *Many) Check(parameters json.RawMessage) (json.RawMessage, error) {
	return m.inner.Check(parameters)
}

// Run works on each document by itself.
func (m *Many) Run(ctx context.Context, t *Task) (Result, error) {
	if len(t.Inputs) == 1 {
		return m.inner.Run(ctx, t)
	}
	sum, err := RunFiles(ctx, t, m.inner, t.Parameters)
	if err != nil {
		return Result{}, err
	}
	if sum.Succeeded() == 0 {
		return Result{}, sum.NoneSucceeded()
	}
	return sum.Result(), nil
}

// Render writes the results of all documents in the order of their submit.
func (m *Many) Render(w io.Writer, r Rendering) error {
	if len(r.Job.Inputs) == 1 {
		return m.inner.Render(w, r)
	}
	var sum FilesSummary
	if err := json.Unmarshal(r.Job.Result.Summary, &sum); err != nil {
		return fmt.Errorf("decode summary: %w", err)
	}
	switch r.Format {
	case job.FormatJSON:
		return RenderFiles(w, r, m.inner, sum, map[string]any{"file_count": sum.FileCount})
	case job.FormatChunks:
		return m.join(w, r, sum)
	case job.FormatXLSX:
		return m.workbook(w, r, sum)
	}
	for n, f := range sum.Files {
		if f.Failure != nil {
			continue
		}
		if err := m.inner.Render(w, r.OfFile(n, f)); err != nil {
			return err
		}
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	return nil
}

// workbook writes one workbook with the sheets of all documents.
func (m *Many) workbook(w io.Writer, r Rendering, sum FilesSummary) (err error) {
	book := NewBook()
	defer func() { err = errors.Join(err, book.Close()) }()
	for n, f := range sum.Files {
		if f.Failure != nil {
			continue
		}
		one := r.OfFile(n, f)
		one.Book = book.For(f.FileName)
		if err := m.inner.Render(w, one); err != nil {
			return err
		}
	}
	return book.Write(w)
}

// join makes one array of the arrays of all files; where the operation's own
// route shows an object, that of the first file which succeeded stands for all.
func (m *Many) join(w io.Writer, r Rendering, sum FilesSummary) error {
	var all []byte
	for n, f := range sum.Files {
		if f.Failure != nil {
			continue
		}
		var one bytes.Buffer
		if err := m.inner.Render(&one, r.OfFile(n, f)); err != nil {
			return err
		}
		if one.Len() == 0 || one.Bytes()[0] != '[' {
			_, err := w.Write(one.Bytes())
			return err
		}
		if one.Len() > len("[]") {
			all = append(append(all, one.Bytes()[1:one.Len()-1]...), ',')
		}
	}
	_, err := fmt.Fprintf(w, "[%s]", bytes.TrimSuffix(all, []byte(",")))
	return err
}

// RenderFiles writes head, how the results were found, and the result or
// failure of every file. // contract J8, J18
func RenderFiles(w io.Writer, r Rendering, inner Operation, sum FilesSummary, head map[string]any) error {
	if how := r.Job.Result; how != nil && how.Method != "" {
		head["method"] = how.Method
		if how.Model != "" {
			head["model"] = how.Model
		}
		if how.Tokens != nil {
			head["tokens"] = how.Tokens
		}
	}
	b, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	if _, err := fmt.Fprintf(w, `%s,"files":[`, b[:len(b)-1]); err != nil {
		return err
	}
	for n, f := range sum.Files {
		if err := renderFile(w, r, inner, n, f); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "]}")
	return err
}

func renderFile(w io.Writer, r Rendering, inner Operation, n int, f Outcome) error {
	item := struct {
		FileName string            `json:"file_name"`
		Status   job.Status        `json:"status"`
		Details  *job.ErrorDetails `json:"error_details,omitempty"`
	}{FileName: f.FileName, Status: job.Completed}
	if f.Failure != nil {
		item.Status = job.Failed
		item.Details = &job.ErrorDetails{ErrorType: f.Failure.Code, Message: f.Failure.Message(), Facts: f.Failure.Facts}
	}
	b, err := json.Marshal(item)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	if n > 0 {
		b = append([]byte(","), b...)
	}
	if f.Failure != nil {
		_, err := w.Write(b)
		return err
	}
	if _, err := fmt.Fprintf(w, `%s,"result":`, b[:len(b)-1]); err != nil {
		return err
	}
	if err := inner.Render(w, r.OfFile(n, f)); err != nil {
		return err
	}
	_, err = io.WriteString(w, "}")
	return err
}
