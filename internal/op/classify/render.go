package classify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"docket/internal/job"
	"docket/internal/op"
)

// Render writes the result: its object, the body of /jobs/{id}/result, or a
// table with a row for the document and each page.
func (o *Operation) Render(w io.Writer, r op.Rendering) (err error) {
	file, err := r.Open(resultFile)
	if err != nil {
		return fmt.Errorf("open the result: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var result Result
	if err := json.NewDecoder(file).Decode(&result); err != nil {
		return fmt.Errorf("decode the result: %w", err)
	}
	switch r.Format {
	case job.FormatChunks:
		return writeResult(w, result)
	case job.FormatJSON:
		return writeJSON(w, r.Job, result)
	}
	return op.WriteTable(w, r, o.Name(), []string{"page", "classification", "confidence"}, rows(result))
}

// writeResult writes the result of GET /classify/{id}. // contract B1
func writeResult(w io.Writer, r Result) error {
	if r.RawResult != "" {
		r.PageResults = nil
	}
	if err := json.NewEncoder(w).Encode(r); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// writeJSON writes the body of /jobs/{id}/result. // contract A3, J18
func writeJSON(w io.Writer, j job.Job, r Result) error {
	body := struct {
		Classification string       `json:"classification"`
		Confidence     float64      `json:"confidence"`
		PageResults    []PageResult `json:"page_results"`
		TotalPages     int          `json:"total_pages"`
		ProcessedPages int          `json:"processed_pages"`
		ProcessingTime float64      `json:"processing_time"` // seconds
		Method         string       `json:"method,omitempty"`
		Model          string       `json:"model,omitempty"`
		Tokens         *job.Tokens  `json:"tokens,omitempty"`
		Warnings       []string     `json:"warnings,omitempty"`
	}{r.Classification, r.Confidence, r.PageResults, r.TotalPages, r.ProcessedPages, op.Seconds(j), "", "", nil, nil}
	if j.Result != nil {
		body.Method, body.Model, body.Tokens, body.Warnings = j.Result.Method, j.Result.Model, j.Result.Tokens, j.Result.Warnings
	}
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

func rows(r Result) [][]string {
	all := [][]string{{"all", r.Classification, percent(r.Confidence)}}
	for _, p := range r.PageResults {
		all = append(all, []string{strconv.Itoa(p.Page), p.Classification, percent(p.Confidence)})
	}
	return all
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }
