package embed

import (
	"context"
	"fmt"
	"io"
	"slices"

	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
)

// batch is how many texts a model is asked about at once.
const batch = 64

// maker makes vectors, by a model or without one.
type maker struct {
	session    *model.Session // nil: lexical
	remote     *model.Remote
	dimensions int // of the vectors; 0 before the first
}

func newMaker(remote *model.Remote, asks bool, spent *job.Tokens) *maker {
	if !asks {
		return &maker{dimensions: dimensions}
	}
	return &maker{session: remote.Begin(spent), remote: remote}
}

// name is what made the vectors.
func (m *maker) name() string {
	if m.session == nil {
		return Lexical
	}
	return m.remote.EmbeddingModel()
}

// result is that of what was made.
func (m *maker) result(summary any) op.Result {
	if m.session == nil {
		return op.Result{Method: string(op.ByHeuristic), Summary: summary}
	}
	used := m.session.Used()
	return op.Result{Method: string(op.ByModel), Model: m.name(), Tokens: &used, Summary: summary}
}

// write fills in the vectors of at most a batch and writes a line for each.
func (m *maker) write(ctx context.Context, out io.Writer, lines []Vector) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if m.session == nil {
		for i := range lines {
			lines[i].Embedding = lexical(lines[i].Text)
		}
	} else if err := m.ask(ctx, lines); err != nil {
		return err
	}
	for _, v := range lines {
		if err := write(out, v); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) ask(ctx context.Context, lines []Vector) error {
	if len(lines) == 0 {
		return nil
	}
	var texts []string
	for _, v := range lines {
		texts = append(texts, v.Text)
	}
	vectors, err := m.session.Embed(ctx, texts)
	if err != nil {
		return err
	}
	if m.dimensions == 0 {
		m.dimensions = len(vectors[0])
	}
	for i, v := range vectors {
		if len(v) != m.dimensions {
			return m.session.Unusable("its vectors differ in length", nil)
		}
		lines[i].Embedding = v
	}
	return nil
}

// texts writes a line for each text. A later attempt does it again.
func (m *maker) texts(ctx context.Context, t *op.Task, texts []string) error {
	if len(texts) == 0 {
		return nil
	}
	out, err := t.Create(textsFile)
	if err != nil {
		return fmt.Errorf("create the result: %w", err)
	}
	done := 0
	for some := range slices.Chunk(texts, batch) {
		var lines []Vector
		for i, text := range some {
			lines = append(lines, Vector{Source: "text", Index: done + i, Text: text})
		}
		if err := m.write(ctx, out, lines); err != nil {
			return err
		}
		done += len(some)
		p := job.Progress{TotalFiles: len(t.Inputs), Stage: "embedding", Message: fmt.Sprintf("Embedded %d of %d texts", done, len(texts))}
		if len(t.Inputs) == 0 { // documents take longer
			p.Percentage = min(99, 100*done/len(texts))
		}
		t.Progress(p)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("store the result: %w", err)
	}
	return nil
}
