package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"docket/internal/job"
	"docket/internal/service"
)

// createClassify is POST /classify. Conditions that are empty or malformed
// make a job that fails at once, with the published text. // contract B2, J9
func (a *API) createClassify(r *http.Request, once *service.Once) (service.Answer, error) {
	return a.visionSubmit(r, once, visionRoute{
		operation: job.Classify,
		rules: documentRules{
			neither: "Either pdf_file or file_url must be provided",
			both:    "Either pdf_file or file_url must be provided, not both",
		},
		parameters: func(f *fields) (map[string]any, error) {
			text, err := f.jsonText("categories", "conditions")
			if err != nil {
				return nil, err
			}
			values := categoryParameters(text)
			return values, f.method(values)
		},
		show: showSubmitted(http.StatusAccepted, "processing", "Classification started"),
	})
}

// categoryParameters keeps what is JSON as it is; what is not stays a text,
// which the operation refuses.
func categoryParameters(text string) map[string]any {
	if json.Valid([]byte(text)) {
		return map[string]any{"categories": json.RawMessage(text)}
	}
	return map[string]any{"categories": text}
}

// classifyView is the answer of GET /classify/{id}: always these five keys,
// without the result when there is one. // contract B1
type classifyView struct {
	JobID    string  `json:"job_id"`
	Status   string  `json:"status"`
	Progress string  `json:"progress"`
	Error    *string `json:"error"`
}

// getClassify is GET /classify/{id}. // contract B1, H104–H110
func (a *API) getClassify(w http.ResponseWriter, r *http.Request) error {
	j, fresh, err := a.visionJob(w, r, job.Classify)
	if err != nil || fresh {
		return err
	}
	v := classifyView{JobID: j.ID.In(job.UUID), Status: "processing", Progress: pageProgress(j, "Starting classification...", "")}
	if f, failed := j.Reason(); failed {
		v.Status, v.Progress = "failed", "Classification failed"
		text := classifyError(f)
		v.Error = &text
	}
	if j.Status == job.Completed {
		v.Status, v.Progress = "completed", "Classification completed"
		return a.writeWith(w, r, v, "result", j)
	}
	return writeJSON(w, http.StatusOK, struct {
		classifyView
		Result any `json:"result"`
	}{v, nil})
}

// classifyError prints the three published texts. // contract J17
func classifyError(f job.Failure) string {
	switch f.Code {
	case job.FileCorrupted:
		return "Failed to process PDF: File appears to be corrupted"
	case job.InvalidConditions:
		return "Invalid conditions format. Must be a valid JSON string."
	case job.StorageError:
		return "Failed to upload file to storage. Please try again."
	default:
		return f.Message()
	}
}

// pageProgress says at which page a job is, from 1; before its pages are
// known, what it starts with.
func pageProgress(j job.Job, start, format string) string {
	p := j.Progress
	if j.Status != job.Processing || p.TotalPages == 0 {
		return start
	}
	page := min(p.PagesCompleted+1, p.TotalPages)
	if format == "" {
		return fmt.Sprintf("Processing page %d of %d", page, p.TotalPages)
	}
	return fmt.Sprintf(format, page, p.TotalPages, 100*float64(page)/float64(p.TotalPages))
}
