package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"docket/internal/job"
)

// dialect writes a problem in the words and shape of its routes.
type dialect func(w http.ResponseWriter, p problem)

// jobsProblem is the superset that every client of /jobs can read. // contract F
type jobsProblem struct {
	Error       string         `json:"error"`
	ErrorCode   job.Code       `json:"error_code"`
	Detail      string         `json:"detail"`
	Details     problemDetails `json:"details"`
	Suggestions []string       `json:"suggestions"`
}

type problemDetails struct {
	ErrorType job.Code `json:"error_type"`
	Message   string   `json:"message"`
	JobID     string   `json:"job_id,omitempty"`
}

func jobsDialect(w http.ResponseWriter, p problem) {
	body := jobsProblem{
		Error: p.title, ErrorCode: p.code, Detail: p.message,
		Details:     problemDetails{ErrorType: p.code, Message: p.message, JobID: p.id},
		Suggestions: p.suggestions,
	}
	if body.Suggestions == nil {
		body.Suggestions = []string{}
	}
	writeProblem(w, p, body)
}

// visionDialect is an object with detail: the vendor's clients break on
// anything that is not an object. // contract C2
func visionDialect(w http.ResponseWriter, p problem) {
	detail := p.message
	if p.code == job.NotFound && p.id != "" {
		detail = fmt.Sprintf("Job %s not found", p.id)
	}
	for _, s := range p.suggestions {
		if p.code == job.InvalidRequest || p.code == job.UnsupportedMedia {
			detail += " " + s + "."
		}
	}
	writeProblem(w, p, struct {
		Detail string `json:"detail"`
	}{detail})
}

func writeProblem(w http.ResponseWriter, p problem, body any) {
	if p.retryAfter != "" {
		w.Header().Set("Retry-After", p.retryAfter)
	}
	// The status line is out of our hands from here on, and so is an error.
	_ = writeJSON(w, p.status, body)
}

// writeJSON answers with a body as compact JSON; markup stays as it is.
func writeJSON(w http.ResponseWriter, status int, body any) error {
	b, err := encode(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}

func encode(body any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, fmt.Errorf("encode %T: %w", body, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
