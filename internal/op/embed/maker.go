package embed

import (
	"context"

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
	dimensions int        // of the vectors; 0 before the first
	before     job.Tokens // that earlier attempts have used
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

// used are the tokens of all attempts.
func (m *maker) used() job.Tokens {
	used := m.session.Used()
	used.Add(m.before)
	return used
}

// result is that of what was made.
func (m *maker) result(summary any) op.Result {
	if m.session == nil {
		return op.Result{Method: string(op.ByHeuristic), Summary: summary}
	}
	used := m.used()
	return op.Result{Method: string(op.ByModel), Model: m.name(), Tokens: &used, Summary: summary}
}

// fill makes the vectors of at most a batch.
func (m *maker) fill(ctx context.Context, lines []Vector) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if m.session != nil {
		return m.ask(ctx, lines)
	}
	for i := range lines {
		lines[i].Embedding = lexical(lines[i].Text)
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
