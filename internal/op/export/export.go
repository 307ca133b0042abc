// Package export gathers the results of many jobs in one file.
package export

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/job"
	"docket/internal/op"
)

// Operation writes the results of the account's jobs that a filter picks to
// one file.
type Operation struct {
	operations []job.Operation // whose results there are
}

// New makes the operation; the others are those whose results it can write.
func New(others ...job.Operation) *Operation { return &Operation{operations: others} }

// Name is export.
func (*Operation) Name() job.Operation { return job.Export }

// Parameters say which results are wanted, and how.
type Parameters struct {
	Format    job.Format `json:"format"` // jsonl, csv, md, xlsx or zip
	Filter    Filter     `json:"filter"`
	Documents bool       `json:"include_documents,omitempty"` // in a zip, beside the results
}

// Filter is that of a list, of jobs that have ended. // contract A5, J20
type Filter struct {
	Statuses   []job.Status    `json:"status"`
	Operations []job.Operation `json:"operation"`
	After      time.Time       `json:"created_after,omitzero"`
	Before     time.Time       `json:"created_before,omitzero"`
	Tags       []string        `json:"tags,omitempty"`
	Batch      string          `json:"batch_id,omitempty"`
}

// maxTags is how many tags a job can have.
const maxTags = 50

// Check reads the parameters.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	f := op.ReadFields(o.Name(), parameters, "format", "filter", "job_ids", "include_documents")
	p := Parameters{
		Format:    job.Format(f.Choice("format", string(job.FormatLines), "jsonl", "csv", "md", "xlsx", "zip")),
		Documents: f.Bool("include_documents", false),
	}
	if p.Documents && p.Format != job.FormatZip {
		f.Fault("include_documents", "documents go into a zip alone", `Send "format": "zip" with it`)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	var err error
	if p.Filter, err = o.filter(f.Nested("filter", "status", "operation", "created_after", "created_before", "tags", "batch_id")); err != nil {
		return nil, err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

// CheckDocuments refuses documents: there is nothing to be done with them. The
// jobs that an export names are none.
func (*Operation) CheckDocuments(n int, _ json.RawMessage) error {
	if n == 0 {
		return nil
	}
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
		"field": "file", "problem": "an export takes no documents", "remedy": "Say in `parameters.filter` or `parameters.job_ids` which results you want",
	}}
}

func (o *Operation) filter(f *op.Fields) (Filter, error) {
	filter := Filter{Statuses: []job.Status{job.Completed}, Operations: o.operations, Tags: f.Words("tags", maxTags)}
	if words := f.Words("status", 10); len(words) > 0 {
		filter.Statuses = nil
		for _, word := range words {
			found, ok := job.ParseStatus(strings.ToLower(word))
			if !ok || !found[0].Final() {
				f.Fault("status", fmt.Sprintf("%.50q is not a status of jobs that have ended", word), "Send completed, failed or cancelled")
			}
			filter.Statuses = append(filter.Statuses, found...)
		}
	}
	if words := f.Words("operation", 20); len(words) > 0 {
		filter.Operations = nil
		for _, word := range words {
			name := job.ParseOperation(word)
			if !slices.Contains(o.operations, name) {
				f.Fault("operation", fmt.Sprintf("%.50q is not an operation with results to export", word), fmt.Sprintf("Send one of %v", o.operations))
			}
			filter.Operations = append(filter.Operations, name)
		}
	}
	for name, to := range map[string]*time.Time{"created_after": &filter.After, "created_before": &filter.Before} {
		text := f.Text(name, 100)
		at, ok := job.ParseTime(text)
		if text != "" && !ok {
			f.Fault(name, fmt.Sprintf("%.50q is not an ISO time", text), "Send one such as 2024-01-15T10:30:00Z")
		}
		*to = at
	}
	if !filter.Before.IsZero() && !filter.After.Before(filter.Before) {
		f.Fault("created_before", "it is not after created_after", "Send a later time, or leave one of them out")
	}
	if filter.Batch = f.Text("batch_id", 100); filter.Batch != "" {
		if _, err := job.ParseBatchID(filter.Batch); err != nil {
			f.Fault("batch_id", "it is not the id of a batch", "Send one such as batch_01h455vb4pex5vsknk084sn02q")
		}
	}
	return filter, f.Err()
}

// of is the filter for jobs that were made before the export, in the order of
// their making; of some jobs alone, when there are sources.
func (f Filter) of(id job.ID, sources []job.Input) (job.Filter, error) {
	all := job.Filter{Statuses: f.Statuses, Operations: f.Operations, After: f.After, Before: f.Before, Tags: f.Tags, Oldest: true}
	for _, in := range sources {
		all.IDs = append(all.IDs, in.Source)
	}
	if made := id.MadeAt().Add(time.Millisecond); all.Before.IsZero() || made.Before(all.Before) {
		all.Before = made
	}
	if f.Batch == "" {
		return all, nil
	}
	var err error
	all.Batch, err = job.ParseBatchID(f.Batch)
	return all, err
}
