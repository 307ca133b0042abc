// Package parse turns a document into segments: its paragraphs and headings
// with their places, in reading order, cut into chunks.
package parse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// chunksFile is the result: a line of JSON for each chunk.
const chunksFile = "chunks.jsonl"

// Operation parses documents in the children of a pool.
type Operation struct{ pool *sandbox.Pool }

// New makes the operation.
func New(pool *sandbox.Pool) *Operation { return &Operation{pool: pool} }

// Name is parse.
func (*Operation) Name() job.Operation { return job.Parse }

// detailsFile is what the document says beside its text, a document.Details,
// when it says anything.
const detailsFile = "details.json"

// Summary is what is kept with the job of a parsed document.
type Summary struct {
	FileType    string `json:"file_type"` // one of document.Formats
	MIME        string `json:"mime"`
	PageCount   int    `json:"page_count"`
	TotalChunks int    `json:"total_chunks"`
	Characters  int    `json:"characters"` // of all chunks' text

	Attachments []op.Attachment `json:"attachments,omitempty"` // of a message
}

// Run reads the document and keeps its chunks.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	when, _ := ocr(p.OCRStrategy)
	out, err := t.Create(chunksFile)
	if err != nil {
		return op.Result{}, fmt.Errorf("create the result: %w", err)
	}
	records, err := t.Create(op.PagesFile)
	if err != nil {
		return op.Result{}, fmt.Errorf("create the page records: %w", err)
	}
	counted := &counter{out: out}
	pages, err := op.ParsePages(p.PageRange)
	if err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	info, summary, err := op.ReadDocument(ctx, o.pool, t, op.Reading{Password: p.Password, OCR: when, Pages: pages, Records: records, Options: p.options()}, counted)
	if err != nil {
		return op.Result{}, err
	}
	if err := errors.Join(out.Close(), records.Close()); err != nil {
		return op.Result{}, fmt.Errorf("store the result: %w", err)
	}
	if err := keepDetails(t, summary.Details); err != nil {
		return op.Result{}, err
	}
	attached, err := op.KeepAttachments(ctx, o.pool, t, info, p.Password)
	if err != nil {
		return op.Result{}, err
	}
	if missing := info.Attachments - len(attached); missing > 0 {
		summary.Warnings = append(summary.Warnings, fmt.Sprintf("%d of %d files in the PDF could not be taken out", missing, info.Attachments))
	}
	return op.Result{
		Method:   "heuristic",
		Warnings: summary.Warnings,
		Summary: Summary{
			FileType: info.Format, MIME: info.MIME, PageCount: info.Pages,
			TotalChunks: counted.chunks, Characters: summary.Characters, Attachments: attached,
		},
	}, nil
}

// counter counts the chunks that go to the result; each is one Write.
type counter struct {
	out    io.Writer
	chunks int
}

func (c *counter) Write(line []byte) (int, error) {
	c.chunks++
	return c.out.Write(line)
}
