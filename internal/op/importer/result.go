package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
)

// itemsFile is the result: a line of JSON for each item.
const itemsFile = "items.jsonl"

// Summary is what is kept with an import.
type Summary struct {
	BatchID   string `json:"batch_id"` // of the jobs that were made
	Items     int    `json:"items"`
	Submitted int    `json:"submitted"` // of them
	Errors    int    `json:"errors"`    // items of which no job was made
	Faults    []line `json:"faults"`    // the first of them
}

// end writes what became of every item.
func (m *importing) end() (op.Result, error) {
	s := Summary{BatchID: op.BatchOf(m.task.Job).String(), Items: m.state.Done, Submitted: m.state.Submitted, Errors: m.state.Failed, Faults: m.state.Errors}
	if s.Submitted == 0 {
		first := s.Faults[0]
		return op.Result{}, &job.Error{Code: job.Unreadable, Facts: job.Facts{
			"archive": fmt.Sprintf("no job could be made of any of its %d items; the first is %q: %s", s.Items, first.Name, first.Details.Message),
			"items":   s.Faults[:min(len(s.Faults), 10)],
		}}
	}
	out, err := m.task.Create(itemsFile)
	if err != nil {
		return op.Result{}, fmt.Errorf("create the result: %w", err)
	}
	for l, err := range m.journal.Lines() {
		if err == nil {
			_, err = out.Write(append(l[:len(l):len(l)], '\n'))
		}
		if err != nil {
			return op.Result{}, fmt.Errorf("write the result: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return op.Result{}, fmt.Errorf("store the result: %w", err)
	}
	return op.Result{Summary: s}, nil
}

// Render writes the counters and the first faults, with a link to the list of
// all items; as JSON lines it writes that list.
func (o *Operation) Render(w io.Writer, r op.Rendering) error {
	switch r.Format {
	case job.FormatJSON, job.FormatChunks:
		var s Summary
		if err := json.Unmarshal(r.Job.Result.Summary, &s); err != nil {
			return fmt.Errorf("decode summary: %w", err)
		}
		body := struct {
			Summary
			ItemsURL       string  `json:"items_url,omitempty"` // works for an hour
			ProcessingTime float64 `json:"processing_time"`     // seconds
		}{Summary: s, ProcessingTime: op.Seconds(r.Job)}
		if body.Faults == nil {
			body.Faults = []line{}
		}
		if r.Link != nil {
			body.ItemsURL = r.Link(itemsFile)
		}
		if err := json.NewEncoder(w).Encode(body); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
		return nil
	case job.FormatLines:
		file, err := r.Open(itemsFile)
		if err != nil {
			return fmt.Errorf("open the list of items: %w", err)
		}
		_, err = io.Copy(w, file)
		return errors.Join(err, file.Close())
	}
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
		"field": "format", "problem": fmt.Sprintf("%q is not a format of import results", r.Format), "allowed": []string{"json", "jsonl"},
	}}
}
