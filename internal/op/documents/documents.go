// Package documents is the platform's bulk work: one operation on many
// documents, counted.
package documents

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"docket/internal/job"
	"docket/internal/op"
)

// Operation works on many documents with one of the operations it knows.
type Operation struct {
	operations map[job.Operation]op.Operation
}

// New makes the operation over those for single documents.
func New(operations ...op.Operation) *Operation {
	o := &Operation{operations: map[job.Operation]op.Operation{}}
	for _, inner := range operations {
		o.operations[inner.Name()] = inner
	}
	return o
}

// Name is document_processing.
func (*Operation) Name() job.Operation { return job.DocumentProcessing }

// Parameters say which operation, and with what.
type Parameters struct {
	Operation  job.Operation   `json:"operation"` // default parse
	Parameters json.RawMessage `json:"parameters,omitempty"`
}

// Check reads the parameters and has the operation check its own.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	f := op.ReadFields(o.Name(), parameters, "operation", "parameters", "url", "urls")
	word := f.Text("operation", 100)
	if err := f.Err(); err != nil {
		return nil, err
	}
	p := Parameters{Operation: job.Parse, Parameters: f.Raw("parameters")}
	if word != "" {
		p.Operation = job.ParseOperation(word)
	}
	inner := o.operations[p.Operation]
	if inner == nil {
		var known []string
		for name := range o.operations {
			known = append(known, string(name))
		}
		slices.Sort(known)
		return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "parameters.operation", "problem": fmt.Sprintf("%.50q is not an operation on documents", word), "allowed": known,
		}}
	}
	var err error
	if p.Parameters, err = inner.Check(p.Parameters); err != nil {
		return nil, op.Within(err)
	}
	return json.Marshal(p)
}

// Run works on each document by itself.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	p, inner, err := o.chosen(t.Parameters)
	if err != nil {
		return op.Result{}, err
	}
	sum, err := op.RunFiles(ctx, t, inner, p.Parameters)
	if err != nil {
		return op.Result{}, err
	}
	if sum.Succeeded() == 0 {
		return op.Result{}, sum.NoneSucceeded()
	}
	return sum.Result(), nil
}

func (o *Operation) chosen(parameters json.RawMessage) (Parameters, op.Operation, error) {
	var p Parameters
	if err := json.Unmarshal(parameters, &p); err != nil {
		return p, nil, fmt.Errorf("decode parameters: %w", err)
	}
	inner := o.operations[p.Operation]
	if inner == nil {
		return p, nil, job.Errorf(job.Internal, nil, "no operation %q", p.Operation)
	}
	return p, inner, nil
}

// Render writes the counters and every document's result. // contract D1
func (o *Operation) Render(w io.Writer, r op.Rendering) error {
	p, inner, err := o.chosen(r.Job.Parameters)
	if err != nil {
		return err
	}
	var sum op.FilesSummary
	if err := json.Unmarshal(r.Job.Result.Summary, &sum); err != nil {
		return fmt.Errorf("decode summary: %w", err)
	}
	r.Job.Parameters = p.Parameters
	if r.Format != job.FormatJSON {
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "format", "problem": fmt.Sprintf("%q is not a format of document_processing results", r.Format), "allowed": []string{"json"},
		}}
	}
	return op.RenderFiles(w, r, inner, sum, map[string]any{"documentsProcessed": sum.Succeeded(), "errors": sum.FileCount - sum.Succeeded()})
}
