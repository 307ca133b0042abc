// Package importer makes many jobs of one archive or list of documents.
package importer

import (
	"encoding/json"
	"fmt"
	"slices"

	"docket/internal/job"
	"docket/internal/op"
)

// Operation submits a job for each document that its own documents hold.
type Operation struct {
	operations map[job.Operation]op.Operation
	limits     Limits
}

// Limits bound what one import may hold.
type Limits struct {
	Items int   // documents of all archives and lists together
	Bytes int64 // of all documents together, unpacked
	Ratio int64 // unpacked to packed
}

// DefaultLimits are those of a server on which nothing was set. // contract J13
func DefaultLimits() Limits { return Limits{Items: 100_000, Bytes: 20 << 30, Ratio: 200} }

// New makes the operation over those for single documents.
func New(limits Limits, operations ...op.Operation) *Operation {
	o := &Operation{operations: map[job.Operation]op.Operation{}, limits: limits}
	for _, inner := range operations {
		o.operations[inner.Name()] = inner
	}
	return o
}

// Name is import.
func (*Operation) Name() job.Operation { return job.Import }

// Parameters say what is to be done with each document.
type Parameters struct {
	Operation  job.Operation   `json:"operation"` // default parse
	Parameters json.RawMessage `json:"parameters,omitempty"`
	Format     string          `json:"format"` // of what is imported: auto, zip, tar, jsonl, urls or document
	Reuse      bool            `json:"reuse,omitempty"`
	Tags       []string        `json:"tags,omitempty"`
}

// Formats of what is imported; auto finds it from the content.
const (
	formatAuto     = "auto"
	formatZip      = "zip"
	formatTar      = "tar"
	formatLines    = "jsonl"
	formatURLs     = "urls"
	formatDocument = "document"
)

const (
	maxTags     = 50
	maxTagBytes = 200
)

// Check reads the parameters and has the operation check its own.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	f := op.ReadFields(o.Name(), parameters, "operation", "parameters", "format", "reuse", "tags")
	p := Parameters{
		Format: f.Choice("format", formatAuto, formatAuto, formatZip, formatTar, formatLines, formatURLs, formatDocument),
		Reuse:  f.Bool("reuse", false), Tags: f.Words("tags", maxTags),
	}
	for _, tag := range p.Tags {
		if len(tag) > maxTagBytes {
			f.Fault("tags", fmt.Sprintf("a tag is longer than %d bytes", maxTagBytes), "Send shorter ones")
		}
	}
	word := f.Text("operation", 100)
	if err := f.Err(); err != nil {
		return nil, err
	}
	var err error
	if p.Operation, p.Parameters, err = o.check(word, f.Raw("parameters")); err != nil {
		return nil, err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

// check reads what is to be done with a document.
func (o *Operation) check(word string, parameters json.RawMessage) (job.Operation, json.RawMessage, error) {
	name := job.Parse
	if word != "" {
		name = job.ParseOperation(word)
	}
	inner := o.operations[name]
	if inner == nil {
		var known []string
		for name := range o.operations {
			known = append(known, string(name))
		}
		slices.Sort(known)
		return name, nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "parameters.operation", "problem": fmt.Sprintf("%.50q is not an operation on documents", word), "allowed": known,
		}}
	}
	checked, err := inner.Check(parameters)
	if err != nil {
		return name, nil, op.Within(err)
	}
	return name, checked, nil
}
