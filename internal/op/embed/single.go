package embed

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
)

// single embeds one document.
type single struct {
	operation *Operation
	asks      bool
}

func (*single) Name() job.Operation { return job.BatchEmbedding }

func (s *single) Check(parameters json.RawMessage) (json.RawMessage, error) {
	return s.operation.Check(parameters)
}

// Run reads the document and writes a line for each of its chunks as it comes.
func (s *single) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	out, err := t.Create(chunksFile)
	if err != nil {
		return op.Result{}, fmt.Errorf("create the result: %w", err)
	}
	spent := t.Tokens
	if spent == nil {
		spent = &job.Tokens{}
	}
	m := newMaker(s.operation.remote, s.asks, spent)
	k, err := newKeeper(t, m, out)
	if err != nil {
		return op.Result{}, err
	}
	reading := t
	if k.done() > 0 { // its checkpoints are full of vectors
		scratch, err := op.NewScratch("", strings.NewReader(""))
		if err != nil {
			return op.Result{}, err
		}
		defer func() { _ = scratch.Close() }() // nobody needs it any more
		reading = scratch.Reading(t)
	}
	chunks := &chunkVectors{ctx: ctx, input: t.Inputs[0], keeper: k, skip: k.done()}
	_, summary, err := op.ReadDocument(ctx, s.operation.pool, reading, op.Reading{Password: p.Password, Options: document.Options{TargetLength: p.ChunkLength}}, chunks)
	if err == nil {
		err = chunks.flush()
	}
	if err == nil {
		err = k.end()
	}
	if err != nil {
		return op.Result{}, err
	}
	if err := out.Close(); err != nil {
		return op.Result{}, fmt.Errorf("store the result: %w", err)
	}
	r := m.result(chunked{Embedded: chunks.n, Dimensions: m.dimensions})
	r.Warnings = summary.Warnings
	return r, nil
}

// Render is that of the whole job.
func (s *single) Render(w io.Writer, r op.Rendering) error { return s.operation.Render(w, r) }

// chunkVectors embeds chunks, each of which is one Write, some at a time.
type chunkVectors struct {
	ctx     context.Context //nolint:containedctx // it lives as long as one call of Run
	input   job.Input
	keeper  *keeper
	waiting []Vector
	n       int // chunks so far
	skip    int // of them, that earlier attempts have embedded
}

func (c *chunkVectors) Write(line []byte) (int, error) {
	var chunk document.Chunk
	if err := json.Unmarshal(line, &chunk); err != nil {
		return 0, fmt.Errorf("decode chunk: %w", err)
	}
	if strings.TrimSpace(chunk.Embed) == "" { // a picture
		return len(line), nil
	}
	if c.n++; c.n <= c.skip {
		return len(line), nil
	}
	v := Vector{Source: "document", FileName: c.input.Name, Index: c.n - 1, ChunkID: chunk.ChunkID, Text: chunk.Embed}
	if !c.input.Source.IsZero() {
		v.JobID = c.input.Source.In(job.TypeID)
	}
	if len(chunk.Segments) > 0 {
		v.PageNumber = chunk.Segments[0].PageNumber
	}
	if c.waiting = append(c.waiting, v); len(c.waiting) < batch {
		return len(line), nil
	}
	return len(line), c.flush()
}

// flush writes what waits.
func (c *chunkVectors) flush() error {
	err := c.keeper.add(c.ctx, c.waiting)
	c.waiting = c.waiting[:0]
	return err
}
