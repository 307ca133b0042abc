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
	chunks := &chunkVectors{ctx: ctx, out: out, fileName: t.Inputs[0].Name, maker: newMaker(s.operation.remote, s.asks, spent)}
	_, summary, err := op.ReadDocument(ctx, s.operation.pool, t, op.Reading{Password: p.Password, Options: document.Options{TargetLength: p.ChunkLength}}, chunks)
	if err == nil {
		err = chunks.flush()
	}
	if err != nil {
		return op.Result{}, err
	}
	if err := out.Close(); err != nil {
		return op.Result{}, fmt.Errorf("store the result: %w", err)
	}
	r := chunks.maker.result(chunked{Embedded: chunks.n, Dimensions: chunks.maker.dimensions})
	r.Warnings = summary.Warnings
	return r, nil
}

// Render is that of the whole job.
func (s *single) Render(w io.Writer, r op.Rendering) error { return s.operation.Render(w, r) }

// chunkVectors embeds chunks, each of which is one Write, some at a time.
type chunkVectors struct {
	ctx      context.Context //nolint:containedctx // it lives as long as one call of Run
	out      io.Writer
	fileName string
	maker    *maker
	waiting  []Vector
	n        int
}

func (c *chunkVectors) Write(line []byte) (int, error) {
	var chunk document.Chunk
	if err := json.Unmarshal(line, &chunk); err != nil {
		return 0, fmt.Errorf("decode chunk: %w", err)
	}
	if strings.TrimSpace(chunk.Embed) == "" { // a picture
		return len(line), nil
	}
	v := Vector{Source: "document", FileName: c.fileName, Index: c.n, ChunkID: chunk.ChunkID, Text: chunk.Embed}
	if len(chunk.Segments) > 0 {
		v.PageNumber = chunk.Segments[0].PageNumber
	}
	c.n++
	if c.waiting = append(c.waiting, v); len(c.waiting) < batch {
		return len(line), nil
	}
	return len(line), c.flush()
}

// flush writes what waits.
func (c *chunkVectors) flush() error {
	err := c.maker.write(c.ctx, c.out, c.waiting)
	c.waiting = c.waiting[:0]
	return err
}
