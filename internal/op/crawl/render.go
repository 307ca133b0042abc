package crawl

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
)

// Render writes the pages in a format, one at a time in memory. // contract J16
func (o *Operation) Render(w io.Writer, r op.Rendering) (err error) {
	var one func(*bufio.Writer, []byte) error
	switch r.Format {
	case job.FormatJSON, job.FormatLines:
	case job.FormatMarkdown:
		one = writeMarkdown
	case job.FormatText:
		one = writePlain
	default:
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "format", "problem": fmt.Sprintf("%q is not a format of web_crawling results", r.Format),
			"allowed": []string{"json", "jsonl", "md", "txt"},
		}}
	}
	file, err := r.Open(pagesFile)
	if err != nil {
		return fmt.Errorf("open the pages: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	switch r.Format {
	case job.FormatLines:
		_, err = io.Copy(w, file)
		return err
	case job.FormatJSON:
		return writeJSON(w, r.Job, file)
	}
	out := bufio.NewWriterSize(w, 32<<10)
	for line, err := range op.JSONLines(file) {
		if err == nil {
			err = one(out, line)
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// writeJSON writes the counters and the pages. // contract D1
func writeJSON(w io.Writer, j job.Job, pages io.Reader) error {
	var s Summary
	if err := json.Unmarshal(j.Result.Summary, &s); err != nil {
		return fmt.Errorf("decode summary: %w", err)
	}
	head, err := json.Marshal(struct {
		Summary
		Warnings       []string `json:"warnings,omitempty"`
		ProcessingTime float64  `json:"processing_time"` // seconds
	}{s, j.Result.Warnings, op.Seconds(j)})
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	out := bufio.NewWriterSize(w, 32<<10)
	out.Write(head[:len(head)-1])
	out.WriteString(`,"pages":[`)
	first := true
	for line, err := range op.JSONLines(pages) {
		if err != nil {
			return err
		}
		if !first {
			out.WriteString(",")
		}
		first = false
		out.Write(line)
	}
	out.WriteString("]}")
	return out.Flush()
}

func writeMarkdown(w *bufio.Writer, line []byte) error {
	return writePage(line, func(p Page) {
		title := p.Title
		if title == "" {
			title = p.URL
		}
		_, _ = fmt.Fprintf(w, "# %s\n\n<%s>\n\n%s\n\n", title, p.URL, p.Markdown)
	})
}

func writePlain(w *bufio.Writer, line []byte) error {
	return writePage(line, func(p Page) { _, _ = fmt.Fprintf(w, "%s\n%s\n\n%s\n\n", p.Title, p.URL, p.Text) })
}

// writePage leaves out pages that have no text of their own.
func writePage(line []byte, write func(Page)) error {
	var p Page
	if err := json.Unmarshal(line, &p); err != nil {
		return fmt.Errorf("decode page: %w", err)
	}
	if p.Status == pageCompleted {
		write(p)
	}
	return nil
}
