package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"docket/internal/job"
	"docket/internal/service"
)

// submitted is the answer of most Vision submits. // contract B2, C6, C7
type submitted struct {
	JobID          string `json:"job_id"`
	Status         string `json:"status"`
	Message        string `json:"message"`
	QuotaRemaining int    `json:"quota_remaining"`
}

// createExtract is POST /v2/extract, and its older names /extract and /cite.
// contract C6
func (a *API) createExtract(r *http.Request, once *service.Once) (service.Answer, error) {
	return a.visionSubmit(r, once, visionRoute{
		operation:  job.Extract,
		rules:      documentRules{neither: "Either pdf_file or file_url must be provided"},
		parameters: extractParameters,
		show:       showSubmitted(http.StatusOK, "queued", "PDF citation processing started"),
	})
}

// showSubmitted tells of a new job as most Vision submits do.
func showSubmitted(status int, word, message string) func(job.Job) (service.Answer, error) {
	return func(j job.Job) (service.Answer, error) {
		return answerJSON(status, submitted{j.ID.In(job.UUID), word, message, quotaRemaining})
	}
}

func extractParameters(f *fields) (map[string]any, error) {
	schema, err := f.jsonText("schema_data", "schema")
	if err != nil {
		return nil, err
	}
	if schema == "" {
		return nil, invalid("schema_data", "it is missing", "Send a JSON Schema with the root type object")
	}
	if _, err := object([]byte(schema)); err != nil {
		return nil, &job.Error{Code: job.InvalidSchema, Err: err, Facts: job.Facts{"field": "schema_data", "problem": "it is not a JSON object", "remedy": "Send a JSON Schema with the root type object"}}
	}
	values := map[string]any{"schema": json.RawMessage(schema)}
	cite, err := f.boolean("enable_citations")
	if err != nil {
		return nil, err
	}
	if older, err := f.jsonText("citation_config"); err == nil && older != "" {
		var config struct {
			Semantic bool `json:"semantic_citations"`
			OCR      bool `json:"ocr_citations"`
		}
		if json.Unmarshal([]byte(older), &config) == nil {
			cite = cite || config.Semantic || config.OCR
		}
	}
	if cite {
		values["enable_citations"] = true
	}
	if err := f.method(values); err != nil {
		return nil, err
	}
	threshold, sent, err := f.number("confidence_threshold")
	if err != nil {
		return nil, err
	}
	if sent {
		values["confidence_threshold"] = threshold
	}
	return values, nil
}

// extractView is the answer of GET /extract/{id}, without its result.
// contract C6
type extractView struct {
	JobID     string          `json:"job_id"`
	Status    string          `json:"status"`
	FileName  *string         `json:"file_name"`
	FileURL   *string         `json:"file_url"`
	CreatedAt string          `json:"created_at"`
	UpdatedAt string          `json:"updated_at"`
	Metadata  extractMetadata `json:"metadata"`
	Error     string          `json:"error,omitempty"`
}

type extractMetadata struct {
	Order     []string        `json:"order"`
	Schema    json.RawMessage `json:"schema,omitempty"`
	PageCount int             `json:"page_count"`
	methodView
}

// getExtract is GET /extract/{id}. // contract C6
func (a *API) getExtract(w http.ResponseWriter, r *http.Request) error {
	j, fresh, err := a.visionJob(w, r, job.Extract)
	if err != nil || fresh {
		return err
	}
	v := extractView{
		JobID: j.ID.In(job.UUID), Status: j.Status.In(job.JobsWords), CreatedAt: j.CreatedAt.Format(extractMicros), UpdatedAt: j.UpdatedAt.Format(extractMicros),
		Metadata: extractMetadata{Order: []string{}, PageCount: j.Progress.TotalPages},
	}
	if j.Inputs[0].Name != job.Unnamed {
		v.FileName = &j.Inputs[0].Name
	}
	if link := a.inputLink(r, j); link != "" {
		v.FileURL = &link
	}
	if f, failed := j.Reason(); failed {
		v.Status, v.Error = "failed", f.Message()
	}
	if j.Result == nil {
		return writeJSON(w, http.StatusOK, struct {
			extractView
			Result any `json:"result"`
		}{v, nil})
	}
	var summary struct {
		Order     []string        `json:"order"`
		Schema    json.RawMessage `json:"schema"`
		PageCount int             `json:"page_count"`
		Review    bool            `json:"review"`
	}
	if err := json.Unmarshal(j.Result.Summary, &summary); err != nil {
		return fmt.Errorf("decode summary: %w", err)
	}
	if summary.Review {
		v.Status = "review" // contract J22
	}
	v.Metadata.Schema, v.Metadata.PageCount = summary.Schema, summary.PageCount
	if summary.Order != nil {
		v.Metadata.Order = summary.Order
	}
	v.Metadata.methodView = methodView{j.Result.Method, j.Result.Model, j.Result.Tokens, j.Result.Warnings}
	return a.writeWith(w, r, v, "result", j)
}
