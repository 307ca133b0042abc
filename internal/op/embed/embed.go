// Package embed turns texts and documents into vectors, one for each text and
// one for each chunk of a document.
package embed

import (
	"context"
	"encoding/json"
	"fmt"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// Files of the result: a line of JSON, a Vector, for each text and for each
// chunk of a document. The latter is one for each document.
const (
	textsFile  = "texts.jsonl"
	chunksFile = "vectors.jsonl"
)

// Lexical is the name of the vectors that are made without a model: texts that
// share words have like vectors, whatever the words mean.
const Lexical = "lexical"

// Operation embeds texts, and documents that are read in the children of a
// pool.
type Operation struct {
	pool   *sandbox.Pool
	remote *model.Remote
}

// New makes the operation. A remote that has no embedding model, and none at
// all, leave it to lexical vectors.
func New(pool *sandbox.Pool, remote *model.Remote) *Operation {
	if remote != nil && remote.EmbeddingModel() == "" {
		remote = nil
	}
	return &Operation{pool: pool, remote: remote}
}

// Name is batch_embedding.
func (*Operation) Name() job.Operation { return job.BatchEmbedding }

// Bounds of what may be asked for.
const (
	maxTexts     = 10_000
	maxTextBytes = 100_000
	leastChunk   = 16 // words
	mostChunk    = 4096
)

// Parameters are what a client says about embeddings.
type Parameters struct {
	Texts       []string  `json:"texts,omitempty"`
	ChunkLength int       `json:"chunk_length"`       // words that a chunk of a document aims at
	Password    string    `json:"password,omitempty"` // of encrypted documents
	Method      op.Method `json:"method"`
}

// Check reads the parameters.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	f := op.ReadFields(o.Name(), parameters, "texts", "job_ids", "chunk_length", "password", "method")
	p := Parameters{
		Texts:       f.Texts("texts", maxTexts, maxTextBytes),
		ChunkLength: f.Int("chunk_length", document.DefaultTargetLength, leastChunk, mostChunk),
		Password:    f.Text("password", 1000), Method: op.Method(f.Text("method", 100)),
	}
	switch p.Method {
	case "", op.ByHeuristic:
	case op.ByModel:
		if o.remote == nil {
			f.Fault("method", "this server has no model that makes vectors", "Leave it out or send `heuristic`; the operator sets --model-embedding")
		}
	default:
		f.Fault("method", "it is neither model nor heuristic", "Send `model` or `heuristic`, or leave it out")
	}
	p.Method = p.Method.Chosen(o.remote)
	if err := f.Err(); err != nil {
		return nil, err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

// CheckDocuments lets a job do without documents when it has texts.
func (*Operation) CheckDocuments(n int, parameters json.RawMessage) error {
	var p struct {
		Texts json.RawMessage `json:"texts"`
	}
	// What is wrong with the parameters is for Check to say.
	texts := json.Unmarshal(parameters, &p) == nil && p.Texts != nil && string(p.Texts) != "null" && string(p.Texts) != "[]"
	if n > 0 || texts {
		return nil
	}
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
		"field": "parameters.texts", "problem": "batch_embedding needs texts, documents or jobs and none were sent",
		"remedy": `Send "parameters": {"texts": ["…"]}, {"job_ids": ["job_…"]}, a document as the multipart field file, or its address as url or urls`,
	}}
}

// Vector is one line of the result.
type Vector struct {
	Source     string    `json:"source"`                // "text" or "document"
	FileName   string    `json:"file_name,omitempty"`   // of a document
	JobID      string    `json:"job_id,omitempty"`      // whose result the document is
	Index      int       `json:"index"`                 // of the text, or of the chunk in its document; from 0
	ChunkID    string    `json:"chunk_id,omitempty"`    // as parse calls it
	PageNumber int       `json:"page_number,omitempty"` // on which the chunk begins; from 1
	Text       string    `json:"text"`
	Embedding  []float32 `json:"embedding"` // of length 1
}

// Summary is what is kept with the job.
type Summary struct {
	Embedded   int              `json:"embeddings"` // vectors in all
	Errors     int              `json:"errors"`     // documents that failed
	Model      string           `json:"model"`
	Dimensions int              `json:"dimensions"`
	Texts      int              `json:"texts"`           // vectors of texts
	Files      *op.FilesSummary `json:"files,omitempty"` // nil without documents
}

// chunked is the summary of one document.
type chunked struct {
	Embedded   int `json:"embeddings"`
	Dimensions int `json:"dimensions"`
}

// Run embeds the texts, then each document by itself. It fails when there were
// only documents and all of them did.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	asks, err := p.Method.Asks(o.remote)
	if err != nil {
		return op.Result{}, err
	}
	x, err := begin(t)
	if err != nil {
		return op.Result{}, err
	}
	m := newMaker(o.remote, asks, &x.state.Spent)
	if err := x.embed(ctx, m, p.Texts); err != nil {
		return op.Result{}, err
	}
	sum := Summary{Texts: len(p.Texts), Embedded: len(p.Texts), Model: m.name()}
	if len(p.Texts) > 0 || len(t.Inputs) == 0 {
		sum.Dimensions = m.dimensions
	}
	spent := x.state.Spent
	if len(t.Inputs) > 0 {
		if err := o.documents(ctx, x.documents(), asks, &sum); err != nil {
			return op.Result{}, err
		}
		if sum.Files.Tokens != nil {
			spent = *sum.Files.Tokens
		}
	}
	r := m.result(sum)
	if r.Tokens != nil {
		r.Tokens = &spent
	}
	return r, nil
}

// documents embeds each document by itself.
func (o *Operation) documents(ctx context.Context, t *op.Task, asks bool, sum *Summary) error {
	files, err := op.RunFiles(ctx, t, &single{operation: o, asks: asks}, t.Parameters)
	if err != nil {
		return err
	}
	if files.Succeeded() == 0 && sum.Texts == 0 {
		return files.NoneSucceeded()
	}
	sum.Files, sum.Errors = &files, files.FileCount-files.Succeeded()
	for _, f := range files.Files {
		if f.Failure != nil {
			continue
		}
		var c chunked
		if err := json.Unmarshal(f.Summary, &c); err != nil {
			return fmt.Errorf("decode summary: %w", err)
		}
		sum.Embedded += c.Embedded
		sum.Dimensions = max(sum.Dimensions, c.Dimensions)
	}
	return nil
}
