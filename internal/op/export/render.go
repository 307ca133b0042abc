package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
)

// Render writes what there is to know of the file, with a link to it; in the
// export's own format it writes the file.
func (o *Operation) Render(w io.Writer, r op.Rendering) (err error) {
	var s Summary
	if err := json.Unmarshal(r.Job.Result.Summary, &s); err != nil {
		return fmt.Errorf("decode summary: %w", err)
	}
	switch r.Format {
	case job.FormatJSON, job.FormatChunks:
		body := struct {
			Summary
			URL            string  `json:"url,omitempty"` // works for an hour
			ProcessingTime float64 `json:"processing_time"`
		}{Summary: s, ProcessingTime: op.Seconds(r.Job)}
		if r.Link != nil {
			body.URL = r.Link(s.File)
		}
		if err := json.NewEncoder(w).Encode(body); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
		return nil
	case s.Format:
		file, err := r.Open(s.File)
		if err != nil {
			return fmt.Errorf("open the file: %w", err)
		}
		_, err = io.Copy(w, file)
		return errors.Join(err, file.Close())
	}
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
		"field": "format", "problem": fmt.Sprintf("%q is not a format of this export", r.Format), "allowed": []string{"json", string(s.Format)},
	}}
}
