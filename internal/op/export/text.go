package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"docket/internal/job"
)

// lines writes a line of JSON for each job.
func (w *writing) lines(ctx context.Context) error {
	out := bufio.NewWriterSize(w.out, 64<<10)
	for e, err := range w.entries(ctx) {
		if err == nil {
			err = w.line(out, e)
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

func (w *writing) line(out *bufio.Writer, e entry) error {
	if !e.large() {
		return writeLine(out, e.Item)
	}
	head, err := json.Marshal(e.Item)
	if err != nil {
		return fmt.Errorf("encode job %s: %w", e.ID, err)
	}
	late := &lateLine{out: out, head: head[:len(head)-1]}
	there, err := w.stream(e, job.FormatJSON, late)
	if err != nil {
		return err
	}
	if !there {
		w.miss(&e)
		return writeLine(out, e.Item)
	}
	_, err = out.WriteString("}\n")
	return err
}

// miss notes that a result was deleted before it was copied.
func (w *writing) miss(e *entry) {
	w.sum.Missing++
	w.sum.Results--
	e.Item.Details = &job.ErrorDetails{ErrorType: job.ResultGone, Message: "The job was deleted before its result was read."}
}

func writeLine(out io.Writer, v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("encode a job: %w", err)
	}
	_, err := out.Write(b.Bytes())
	return err
}

// lateLine writes the head of a line before the first byte of its result, and
// the result without line breaks: between the tokens of JSON they mean nothing.
type lateLine struct {
	out  *bufio.Writer
	head []byte
}

func (l *lateLine) Write(p []byte) (int, error) {
	if l.head != nil && len(p) > 0 {
		if _, err := fmt.Fprintf(l.out, `%s,"result":`, l.head); err != nil {
			return 0, err
		}
		l.head = nil
	}
	for _, b := range p {
		if b == '\n' || b == '\r' {
			continue
		}
		if err := l.out.WriteByte(b); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// markdown writes one document with a heading for each job.
func (w *writing) markdown(ctx context.Context) error {
	out := bufio.NewWriterSize(w.out, 64<<10)
	for e, err := range w.entries(ctx) {
		if err == nil {
			err = w.chapter(out, e)
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

func (w *writing) chapter(out *bufio.Writer, e entry) error {
	name := e.Item.FileName
	if name == "" {
		name = e.Item.JobID
	}
	if _, err := fmt.Fprintf(out, "# %s\n\n`%s` · %s · %s · %s\n\n", onOneLine(name), e.Item.JobID, e.Item.Operation, e.Item.Status, e.Item.CompletedAt); err != nil {
		return err
	}
	if e.large() {
		there, err := w.stream(e, job.FormatMarkdown, out)
		if job.CodeOf(err) == job.InvalidRequest { // it has no such format
			there, err = w.stream(e, job.FormatJSON, out)
		}
		if err != nil {
			return err
		}
		if !there {
			w.miss(&e)
		}
	}
	text := e.Text
	if e.Item.Details != nil {
		text = "> " + onOneLine(e.Item.Details.Message)
	}
	_, err := fmt.Fprintf(out, "%s\n\n", bytes.TrimSpace([]byte(text)))
	return err
}

func onOneLine(s string) string { return string(bytes.Join(bytes.Fields([]byte(s)), []byte(" "))) }
