package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

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
	RequestID string   `json:"request_id,omitempty"`
	Items     []fault  `json:"items,omitempty"`
}

// fault is what is wrong with one item of a batch. // contract J13
type fault struct {
	Index     int      `json:"index"`
	ErrorType job.Code `json:"error_type"`
	Message   string   `json:"message"`
}

func jobsDialect(w http.ResponseWriter, p problem) {
	writeProblem(w, p, jobsBody(p, p.message))
}

func jobsBody(p problem, detail string) jobsProblem {
	body := jobsProblem{
		Error: p.title, ErrorCode: p.code, Detail: detail,
		Details:     problemDetails{ErrorType: p.code, Message: p.message, JobID: p.id, RequestID: p.requestID, Items: p.items},
		Suggestions: p.suggestions,
	}
	if p.code == job.NotFound && p.id != "" {
		body.Detail = fmt.Sprintf("Job %s not found", p.id) // contract A1
	}
	if body.Suggestions == nil {
		body.Suggestions = []string{}
	}
	return body
}

// visionProblem is an object with detail: the vendor's clients break on
// anything that is not an object. error is what one of its routes calls the
// same. // contract C2, C3
type visionProblem struct {
	Detail string `json:"detail"`
	Error  string `json:"error,omitempty"`
}

func visionDialect(w http.ResponseWriter, p problem) {
	detail := p.message
	switch p.code {
	case job.NotFound:
		if p.id != "" {
			detail = fmt.Sprintf("Job %s not found", p.id)
		}
	case job.InvalidSchema: // contract C6
		writeProblem(w, p, jobsBody(p, detail))
		return
	case job.InvalidRequest, job.UnsupportedMedia:
		if len(p.suggestions) > 0 {
			detail += ". " + strings.Join(p.suggestions, ". ")
		}
	}
	writeProblem(w, p, visionProblem{Detail: detail})
}

// uploadDialect says the same under error as well. // contract C3
func uploadDialect(w http.ResponseWriter, p problem) {
	writeProblem(w, p, visionProblem{Detail: p.message, Error: p.message})
}

// platformError is the platform's. // contract D
type platformError struct {
	Name    string          `json:"name"`
	Message string          `json:"message"`
	Details json.RawMessage `json:"details"`
}

func platformDialect(w http.ResponseWriter, p problem) {
	names := map[int]string{
		http.StatusBadRequest: "ValidationError", http.StatusUnauthorized: "UnauthorizedError", http.StatusForbidden: "ForbiddenError", http.StatusNotFound: "NotFoundError", http.StatusConflict: "ConflictError",
		http.StatusMethodNotAllowed: "MethodNotAllowedError", http.StatusRequestEntityTooLarge: "PayloadTooLargeError",
		http.StatusUnsupportedMediaType: "UnsupportedMediaTypeError", http.StatusTooManyRequests: "RateLimitError",
		http.StatusRequestTimeout:     "RequestTimeoutError",
		http.StatusMisdirectedRequest: "MisdirectedRequestError",
		http.StatusServiceUnavailable: "UnavailableError", http.StatusInsufficientStorage: "UnavailableError",
	}
	if p.code == job.Conflict { // it has no 409 for a job's state // contract J22
		p.status = http.StatusBadRequest
	}
	name, ok := names[p.status]
	if !ok {
		name = "InternalError"
	}
	details := map[string]any{"errorType": p.code}
	if p.requestID != "" {
		details["requestId"] = p.requestID
	}
	if len(p.suggestions) > 0 {
		details["suggestions"] = p.suggestions
	}
	writeProblem(w, p, envelope{Error: &platformError{Name: name, Message: p.message, Details: asJSON(details)}})
}

func writeProblem(w http.ResponseWriter, p problem, body any) {
	h := w.Header()
	h.Del("ETag")
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="docket"`)
	}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
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
	return writeEncoded(w, status, b)
}

func writeEncoded(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
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
