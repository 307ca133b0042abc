package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"docket/internal/job"
	"docket/internal/service"
)

// createSplit is POST /splitter. // contract C7
func (a *API) createSplit(r *http.Request, once *service.Once) (service.Answer, error) {
	return a.visionSubmit(r, once, visionRoute{
		operation: job.Split,
		rules: documentRules{
			neither: "Either file or file_url must be provided",
			both:    "Either file or file_url must be provided, not both",
		},
		parameters: splitFields,
		show:       showSubmitted(http.StatusAccepted, "processing", "Split job started"),
	})
}

func splitFields(f *fields) (map[string]any, error) {
	text, err := f.jsonText("categories", "classes")
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, invalid("", "Classes parameter is required", `Send categories as a JSON array, such as [{"name":"Invoice"}]`)
	}
	values := categoryParameters(text)
	reorder, err := f.boolean("enable_reordering")
	if reorder {
		values["enable_reordering"] = true
	}
	if err != nil {
		return nil, err
	}
	return values, f.method(values)
}

// splitView is the answer of GET /splitter/{id}, without its result. It has
// one key named status, at any depth: its oldest client looks for the text.
// contract C7
type splitView struct {
	JobID          string          `json:"job_id"`
	Status         string          `json:"status"`
	Progress       string          `json:"progress"`
	FileURL        string          `json:"file_url"`
	FileName       string          `json:"file_name"`
	Parameters     splitParameters `json:"parameters"`
	Error          *string         `json:"error"`
	QuotaRemaining int             `json:"quota_remaining"`
}

type splitParameters struct {
	Classes              []string          `json:"classes"`
	CategoryDescriptions map[string]string `json:"category_descriptions"`
	PageCount            int               `json:"page_count"`
	EnableReordering     bool              `json:"enable_reordering"`
}

// getSplit is GET /splitter/{id}. // contract C7
func (a *API) getSplit(w http.ResponseWriter, r *http.Request) error {
	j, fresh, err := a.visionJob(w, r, job.Split)
	if err != nil || fresh {
		return err
	}
	v := splitView{
		JobID: j.ID.In(job.UUID), Status: "processing", Progress: pageProgress(j, "Starting split...", "Processing page %d of %d (%.1f%%)"),
		FileURL: a.inputLink(r, j), FileName: j.Inputs[0].Name, QuotaRemaining: quotaRemaining,
	}
	if v.Parameters, err = splitParametersOf(j); err != nil {
		return err
	}
	if f, failed := j.Reason(); failed {
		v.Status, v.Progress = "failed", "Split failed"
		text := f.Message()
		v.Error = &text
	}
	if j.Status == job.Completed {
		v.Status, v.Progress = "completed", "Split completed"
		return a.writeWith(w, r, v, "result", j)
	}
	return writeJSON(w, http.StatusOK, struct {
		splitView
		Result any `json:"result"`
	}{v, nil})
}

func splitParametersOf(j job.Job) (splitParameters, error) {
	var stored struct {
		Categories []struct {
			Name        string `json:"name"`
			Description string `json:"description"`
		} `json:"categories"`
		EnableReordering bool `json:"enable_reordering"`
	}
	if err := json.Unmarshal(j.Parameters, &stored); err != nil {
		return splitParameters{}, fmt.Errorf("decode parameters: %w", err)
	}
	p := splitParameters{Classes: []string{}, CategoryDescriptions: map[string]string{}, PageCount: j.Progress.TotalPages, EnableReordering: stored.EnableReordering}
	for _, c := range stored.Categories {
		p.Classes = append(p.Classes, c.Name)
		p.CategoryDescriptions[c.Name] = c.Description
	}
	return p, nil
}
