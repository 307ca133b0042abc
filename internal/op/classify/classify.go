// Package classify tells which of some categories a document belongs to, page
// by page and as a whole.
package classify

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

// resultFile is the result: a Result as JSON.
const resultFile = "classification.json"

// The warnings: for a document without text, and for one whose text speaks for
// none of the categories.
const (
	noText     = "no_text"
	noCategory = "no_category"
)

// Operation classifies documents that the children of a pool read.
type Operation struct {
	pool   *sandbox.Pool
	remote *model.Remote
}

// New makes the operation. Without a model, which is nil then, it goes by the
// words on the pages.
func New(pool *sandbox.Pool, remote *model.Remote) *Operation {
	return &Operation{pool: pool, remote: remote}
}

// Name is classify.
func (*Operation) Name() job.Operation { return job.Classify }

// Parameters are what a client says about a classification.
type Parameters struct {
	Categories []op.Category `json:"categories"`
	Method     op.Method     `json:"method,omitempty"`
	Password   string        `json:"password,omitempty"` // of an encrypted document
}

// remedy names what the operation takes.
const remedy = "The parameters of classify are `categories` (array of {name, description}), `method` (model or heuristic) and `password` (string)."

// Check refuses parameters that are not known with code InvalidRequest, and
// missing or malformed categories with InvalidConditions.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	var raw struct {
		Categories json.RawMessage `json:"categories"`
		Method     op.Method       `json:"method"`
		Password   string          `json:"password"`
	}
	if err := op.DecodeParameters(parameters, &raw, remedy); err != nil {
		return nil, err
	}
	categories, method, err := op.CheckSorting(raw.Categories, raw.Method, o.remote)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(Parameters{Categories: categories, Method: method, Password: raw.Password})
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

// Result is what the document is taken for: one of the categories, or
// op.Unknown with a confidence of 0. What was said of a picture stands beside
// it, and is all that GET /classify tells of its page. // contract B1
type Result struct {
	Success        bool         `json:"success"`
	Classification string       `json:"classification"`
	Confidence     float64      `json:"confidence"` // 0 to 1
	RawResult      string       `json:"raw_result,omitempty"`
	TotalPages     int          `json:"total_pages"`
	ProcessedPages int          `json:"processed_pages"`
	PageResults    []PageResult `json:"page_results,omitzero"`
}

// PageResult is what one page is taken for. A page without text has an error,
// no raw result, and the first category; one whose text speaks for none is
// op.Unknown. // contract B1
type PageResult struct {
	Page           int     `json:"page"` // from 1
	Success        bool    `json:"success"`
	Classification string  `json:"classification"`
	RawResult      string  `json:"raw_result,omitempty"`
	Confidence     float64 `json:"confidence"` // 0 to 1
	Error          string  `json:"error,omitempty"`
}

// Summary is what is kept with the job of a classified document.
type Summary struct {
	PageCount      int     `json:"page_count"`
	Classification string  `json:"classification"`
	Confidence     float64 `json:"confidence"` // 0 to 1
}

// Run classifies the document.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	asks, err := p.Method.Asks(o.remote)
	if err != nil {
		return op.Result{}, err
	}
	if asks {
		return o.ask(ctx, t, &p)
	}
	classifier := op.NewClassifier(p.Categories)
	var pages []op.PageClass
	info, err := op.ReadPages(ctx, o.pool, t, op.Reading{Password: p.Password, Opened: classifier.Opened}, func(page *document.Page) error {
		pages = append(pages, classifier.Classify(op.Lines(page)))
		return nil
	})
	if err != nil {
		return op.Result{}, err
	}
	summary, warnings, err := finish(t, classifier, pages, info)
	return op.Result{Method: string(op.ByHeuristic), Warnings: warnings, Summary: summary}, err
}

// ask has the model classify the pages.
func (o *Operation) ask(ctx context.Context, t *op.Task, p *Parameters) (op.Result, error) {
	asking, err := op.Ask(ctx, o.pool, o.remote, t, op.Reading{Password: p.Password})
	if err != nil {
		return op.Result{}, err
	}
	classifier := op.NewClassifier(p.Categories)
	pages, err := asking.Classify(ctx, classifier)
	if err != nil {
		return op.Result{}, err
	}
	summary, warnings, err := finish(t, classifier, pages, asking.Info)
	return asking.Result(summary, append(warnings, asking.Warnings(true)...)...), err
}

// finish stores the result.
func finish(t *op.Task, c *op.Classifier, pages []op.PageClass, info document.Info) (Summary, []string, error) {
	r := newResult(c, pages, info)
	if err := store(t, r); err != nil {
		return Summary{}, nil, err
	}
	var warnings []string
	switch {
	case r.ProcessedPages == 0:
		warnings = []string{noText}
	case r.Classification == op.Unknown && r.Confidence == 0:
		warnings = []string{noCategory}
	}
	return Summary{PageCount: r.TotalPages, Classification: r.Classification, Confidence: r.Confidence}, warnings, nil
}

func newResult(c *op.Classifier, pages []op.PageClass, info document.Info) Result {
	r := Result{Success: true, TotalPages: info.Pages, PageResults: make([]PageResult, len(pages))}
	for i, p := range pages {
		if p.NoText {
			r.PageResults[i] = PageResult{Page: i + 1, Classification: c.Category(0).Name, Error: "The page has no text."}
			continue
		}
		r.ProcessedPages++
		name := c.Class(p.Category, p.Confidence)
		r.PageResults[i] = PageResult{Page: i + 1, Success: true, Classification: name, RawResult: name, Confidence: p.Confidence}
	}
	best, sure := c.Vote(pages)
	r.Classification, r.Confidence = c.Class(best, sure), sure
	if document.IsPicture(info.Format) && info.Pages == 1 {
		r.RawResult = r.Classification
	}
	return r
}

func store(t *op.Task, r Result) error {
	out, err := t.Create(resultFile)
	if err != nil {
		return fmt.Errorf("create the result: %w", err)
	}
	if err := json.NewEncoder(out).Encode(r); err != nil {
		return fmt.Errorf("write the result: %w", errors.Join(err, out.Close()))
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("store the result: %w", err)
	}
	return nil
}
