package embed

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// single embeds one document.
type single struct{ pool *sandbox.Pool }

func (*single) Name() job.Operation { return job.BatchEmbedding }

func (s *single) Check(parameters json.RawMessage) (json.RawMessage, error) {
	return New(s.pool).Check(parameters)
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
	chunks := &chunkVectors{ctx: ctx, out: out, fileName: t.Inputs[0].Name}
	_, summary, err := op.ReadDocument(ctx, s.pool, t, op.Reading{Password: p.Password, Options: document.Options{TargetLength: p.ChunkLength}}, chunks)
	if err != nil {
		return op.Result{}, err
	}
	if err := out.Close(); err != nil {
		return op.Result{}, fmt.Errorf("store the result: %w", err)
	}
	return op.Result{Method: "heuristic", Warnings: summary.Warnings, Summary: chunked{Embedded: chunks.n}}, nil
}

// Render is that of the whole job.
func (s *single) Render(w io.Writer, r op.Rendering) error { return New(s.pool).Render(w, r) }

// chunkVectors embeds chunks, each of which is one Write.
type chunkVectors struct {
	ctx      context.Context //nolint:containedctx // it lives as long as one call of Run
	out      io.Writer
	fileName string
	n        int
}

func (c *chunkVectors) Write(line []byte) (int, error) {
	var chunk document.Chunk
	if err := json.Unmarshal(line, &chunk); err != nil {
		return 0, fmt.Errorf("decode chunk: %w", err)
	}
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	v := Vector{Source: "document", FileName: c.fileName, Index: c.n, ChunkID: chunk.ChunkID, Text: chunk.Embed, Embedding: lexical(chunk.Embed)}
	if len(chunk.Segments) > 0 {
		v.PageNumber = chunk.Segments[0].PageNumber
	}
	c.n++
	return len(line), write(c.out, v)
}
