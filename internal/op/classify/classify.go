// Package classify tells which of some categories a document belongs to, page
// by page and as a whole.
package classify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// resultFile is the result: a Result as JSON.
const resultFile = "classification.json"

// noText is the warning for a document, and the error of a page, without text.
const noText = "no_text"

// Operation classifies documents that the children of a pool read.
type Operation struct{ pool *sandbox.Pool }

// New makes the operation.
func New(pool *sandbox.Pool) *Operation { return &Operation{pool: pool} }

// Name is classify.
func (*Operation) Name() job.Operation { return job.Classify }

// Parameters are what a client says about a classification.
type Parameters struct {
	Categories []op.Category `json:"categories"`
	Password   string        `json:"password,omitempty"` // of an encrypted document
}

// ParseCategories reads the categories as forms send them: a JSON array of
// {"name","description"}, of names alone, or of both. Errors are of code
// InvalidConditions. // contract B2
func ParseCategories(text string) ([]op.Category, error) { return op.ParseCategories(text) }

// Check refuses parameters that are not known with code InvalidRequest, and
// missing or malformed categories with InvalidConditions.
func (*Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	var raw struct {
		Categories json.RawMessage `json:"categories"`
		Password   string          `json:"password"`
	}
	if len(parameters) > 0 {
		d := json.NewDecoder(strings.NewReader(string(parameters)))
		d.DisallowUnknownFields()
		if err := d.Decode(&raw); err != nil {
			return nil, &job.Error{Code: job.InvalidRequest, Err: err, Facts: job.Facts{
				"field": "parameters", "problem": strings.TrimPrefix(err.Error(), "json: "),
				"remedy": "The parameters of classify are `categories` (array of {name, description}) and `password` (string).",
			}}
		}
	}
	if len(raw.Categories) == 0 {
		raw.Categories = json.RawMessage("[]")
	}
	categories, err := op.ParseCategories(string(raw.Categories))
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(Parameters{Categories: categories, Password: raw.Password})
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

// Result is what the document is taken for. // contract B1
type Result struct {
	Success        bool         `json:"success"`
	Classification string       `json:"classification"`
	Confidence     float64      `json:"confidence"` // 0 to 1
	TotalPages     int          `json:"total_pages"`
	ProcessedPages int          `json:"processed_pages"`
	PageResults    []PageResult `json:"page_results"`
}

// PageResult is what one page is taken for. A page without text has an error,
// no raw result, and the first category. // contract B1
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
	classifier := op.NewClassifier(p.Categories)
	var pages []op.PageClass
	info, err := op.ReadPages(ctx, o.pool, t, p.Password, func(page *document.Page) error {
		pages = append(pages, classifier.Classify(op.Lines(page)))
		return nil
	})
	if err != nil {
		return op.Result{}, err
	}
	r := newResult(classifier, pages, info.Pages)
	if err := store(t, r); err != nil {
		return op.Result{}, err
	}
	var warnings []string
	if r.ProcessedPages == 0 {
		warnings = []string{noText}
	}
	return op.Result{
		Method: "heuristic", Warnings: warnings,
		Summary: Summary{PageCount: r.TotalPages, Classification: r.Classification, Confidence: r.Confidence},
	}, nil
}

func newResult(c *op.Classifier, pages []op.PageClass, total int) Result {
	r := Result{Success: true, TotalPages: total, PageResults: make([]PageResult, len(pages))}
	for i, p := range pages {
		if p.NoText {
			r.PageResults[i] = PageResult{Page: i + 1, Classification: c.Category(0).Name, Error: "The page has no text."}
			continue
		}
		r.ProcessedPages++
		name := c.Category(p.Category).Name
		r.PageResults[i] = PageResult{Page: i + 1, Success: true, Classification: name, RawResult: name, Confidence: p.Confidence}
	}
	best, sure := c.Vote(pages)
	r.Classification, r.Confidence = c.Category(best).Name, sure
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
