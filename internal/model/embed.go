package model

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"

	"docket/internal/job"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// EmbeddingModel is the name of the model that makes vectors; empty when there
// is none.
func (r *Remote) EmbeddingModel() string { return r.options.Embedding }

// Embed has the embedding model make a vector of each text, in their order, all
// of one length. Errors are those of Complete.
func (s *Session) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	if err := s.Fits(size); err != nil {
		return nil, err
	}
	ctx, span := s.remote.span(ctx, "embeddings", s.remote.options.Embedding)
	made, err := s.remote.embed(ctx, texts)
	if err != nil {
		asked(span, job.Tokens{}, err)
		return nil, err
	}
	used := job.Tokens{Input: max(int(made.Usage.PromptTokens), 0)}
	asked(span, used, nil)
	if used.Total() == 0 {
		used.Input = size / bytesPerToken
	}
	s.spent.Add(used)
	s.used.Add(used)
	vectors, err := vectorsOf(made, len(texts))
	if err != nil {
		f := unusable(err.Error())
		return nil, f.failure(s.remote.options.Embedding, 1, s.remote.options.Timeout)
	}
	return vectors, nil
}

// embed asks where the API is, or may be.
func (r *Remote) embed(ctx context.Context, texts []string) (*openai.CreateEmbeddingResponse, error) {
	p := openai.EmbeddingNewParams{
		Model: r.options.Embedding, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: texts},
		EncodingFormat: openai.EmbeddingNewParamsEncodingFormatFloat,
	}
	ask := func(place ...option.RequestOption) (*openai.CreateEmbeddingResponse, error) {
		return retried(ctx, r, r.options.Embedding, func(ctx context.Context) (*openai.CreateEmbeddingResponse, error) {
			return r.embeddings.New(ctx, p, place...)
		})
	}
	d := r.speaks()
	made, err := ask(r.place(d)...)
	if f, ok := errors.AsType[*fault](err); ok && f.status == http.StatusNotFound && r.bare && !d.under {
		d.under = true
		if there, again := ask(r.place(d)...); again == nil {
			return there, nil
		}
	}
	return made, err
}

// vectorsOf takes the vectors out of an answer; the error says for the user
// what is wrong with it.
func vectorsOf(made *openai.CreateEmbeddingResponse, n int) ([][]float32, error) {
	vectors := make([][]float32, n)
	for i := range made.Data {
		e := &made.Data[i]
		if e.Index < 0 || e.Index >= int64(n) || vectors[e.Index] != nil || len(e.Embedding) == 0 || len(e.Embedding) != len(made.Data[0].Embedding) {
			return nil, errors.New("its vectors do not fit the texts")
		}
		v := make([]float32, len(e.Embedding))
		for k, x := range e.Embedding {
			if v[k] = float32(x); math.IsInf(float64(v[k]), 0) || math.IsNaN(x) {
				return nil, errors.New("its vectors hold what is no number")
			}
		}
		vectors[e.Index] = v
	}
	if len(made.Data) != n {
		return nil, fmt.Errorf("it answers with %d vectors for %d texts", len(made.Data), n)
	}
	return vectors, nil
}
