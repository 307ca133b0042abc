// Package extract finds the values that a JSON Schema asks for in a document.
// It asks a model, and looks up in the text what that says; or it works without
// one: values stand beside, under or in a table below their labels.
package extract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// resultFile is the result: a node as JSON.
const resultFile = "extract.json"

// Operation extracts from documents that the children of a pool read.
type Operation struct {
	pool   *sandbox.Pool
	remote *model.Remote
}

// New makes the operation. Without a model, which is nil then, it goes by
// labels.
func New(pool *sandbox.Pool, remote *model.Remote) *Operation {
	return &Operation{pool: pool, remote: remote}
}

// Name is extract.
func (*Operation) Name() job.Operation { return job.Extract }

// Parameters are what a client says about an extraction. // contract C6
type Parameters struct {
	Schema          json.RawMessage `json:"schema"`
	EnableCitations bool            `json:"enable_citations,omitempty"`
	// ConfidenceThreshold, 0 to 1, is the score below which a required value
	// is to be reviewed; nil asks for no review.
	ConfidenceThreshold *float64 `json:"confidence_threshold,omitempty"`
	Password            string   `json:"password,omitempty"` // of an encrypted document
	// Method is how values are found.
	Method op.Method `json:"method,omitempty"`
	// Model is alpha, beta, gamma or delta. All of them are the one model that
	// the server has.
	Model string `json:"model,omitempty"`
}

// Check refuses parameters that are not known with code InvalidRequest, and
// what is no schema of an object with InvalidSchema.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	var p Parameters
	if err := op.DecodeParameters(parameters, &p, remedy); err != nil {
		return nil, err
	}
	if err := p.Method.Check(o.remote); err != nil {
		return nil, err
	}
	p.Method = p.Method.Chosen(o.remote)
	switch p.Model {
	case "", "alpha", "beta", "gamma", "delta":
	default:
		return nil, op.RefuseParameter("model", fmt.Sprintf("%q is not alpha, beta, gamma or delta", short(p.Model)), remedy, nil)
	}
	if t := p.ConfidenceThreshold; t != nil && (*t < 0 || *t > 1) {
		return nil, op.RefuseParameter("confidence_threshold", "it is not between 0 and 1", remedy, nil)
	}
	if len(p.Schema) == 0 {
		return nil, refuse("there is none", nil)
	}
	if _, err := compileSchema(p.Schema); err != nil {
		return nil, err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

// remedy names what the operation takes.
const remedy = "The parameters of extract are `schema` (object), `enable_citations` (boolean), `confidence_threshold` (0 to 1), `method` (model or heuristic), `password` and `model` (strings)."

// Summary is what is kept with the job of an extraction.
type Summary struct {
	Order         []string        `json:"order"` // the names of the root's properties
	Schema        json.RawMessage `json:"schema"`
	PageCount     int             `json:"page_count"`
	MinConfidence float64         `json:"min_confidence_score"` // of all values found, 0 to 1
	// Review says that a required value has a score below the threshold that
	// the request has set. // contract J22
	Review bool `json:"review"`
}

// Run extracts from the document.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	root, err := compileSchema(p.Schema)
	if err != nil {
		return op.Result{}, err
	}
	root.prepare()
	asks, err := p.Method.Asks(o.remote)
	if err != nil {
		return op.Result{}, err
	}
	if asks {
		return o.ask(ctx, t, &p, root)
	}
	return o.find(ctx, t, &p, root)
}

// find looks for the values beside their labels, a page at a time.
func (o *Operation) find(ctx context.Context, t *op.Task, p *Parameters, root *field) (op.Result, error) {
	slots, known, words := newSlot(root), newVocabulary(root), 0
	form := newFilled(root)
	info, err := op.ReadPages(ctx, o.pool, t, op.Reading{Password: p.Password}, func(page *document.Page) error {
		words += len(page.Words)
		sheet := newSheet(page, known)
		form.page(page, sheet.loc)
		return slots.page(ctx, sheet)
	})
	if err != nil {
		return op.Result{}, err
	}
	found := slots.result()
	found.weigh(root)
	form.into(&found, root)
	if err := store(t, &found); err != nil {
		return op.Result{}, err
	}
	r := op.Result{Method: string(op.ByHeuristic), Summary: newSummary(p, root, &found, info.Pages)}
	if words == 0 {
		r.Warnings = []string{document.NoText}
	}
	return r, nil
}

func newSummary(p *Parameters, root *field, found *node, pages int) Summary {
	s := Summary{Schema: p.Schema, PageCount: pages, MinConfidence: found.lowest()}
	for _, f := range root.fields {
		s.Order = append(s.Order, f.name)
	}
	if p.ConfidenceThreshold != nil {
		s.Review = found.doubtful(root, *p.ConfidenceThreshold)
	}
	return s
}

func store(t *op.Task, found *node) error {
	out, err := t.Create(resultFile)
	if err != nil {
		return fmt.Errorf("create the result: %w", err)
	}
	if err := json.NewEncoder(out).Encode(found); err != nil {
		return fmt.Errorf("write the result: %w", errors.Join(err, out.Close()))
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("store the result: %w", err)
	}
	return nil
}
