package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/client/wire"
)

// Error is a refusal of the server, or a job that ended without a result.
type Error struct {
	Status      int      // of HTTP; 0 for a job that ended
	Code        string   // for programs, such as not_found or password_protected
	Message     string   // what was wrong
	Suggestions []string // what to do
	Field       string   // of the request, when one was wrong
	JobID       string
	RequestID   string        // by which the server's log names the request
	RetryAfter  time.Duration // when the server said how long to wait
	Items       []Fault       // of a batch, the items that are wrong
}

// Fault is what is wrong with one item of a batch.
type Fault = wire.ItemFault

func (e *Error) Error() string {
	b := &strings.Builder{}
	b.WriteString(e.Message)
	if e.Status != 0 {
		fmt.Fprintf(b, " (%d %s)", e.Status, e.Code)
	} else {
		fmt.Fprintf(b, " (%s)", e.Code)
	}
	return b.String()
}

// CodeOf gives the code of an Error in err, or nothing.
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// mostError is how much of a refusal is read, in bytes.
const mostError = 1 << 20

// refused reads what the server says is wrong, in whichever of its shapes.
func refused(r *http.Response) *Error {
	e := &Error{Status: r.StatusCode, RequestID: r.Header.Get("X-Request-Id"), RetryAfter: retryAfter(r.Header)}
	data, _ := io.ReadAll(io.LimitReader(r.Body, mostError))
	var body struct {
		Detail  string `json:"detail"`
		Code    string `json:"error_code"`
		Details struct {
			Field string  `json:"field"`
			JobID string  `json:"job_id"`
			Items []Fault `json:"items"`
		} `json:"details"`
		Suggestions []string `json:"suggestions"`
	}
	if err := json.Unmarshal(data, &body); err == nil && body.Detail != "" {
		e.Code, e.Message, e.Suggestions, e.Field, e.JobID = body.Code, body.Detail, body.Suggestions, body.Details.Field, body.Details.JobID
		if e.Items = body.Details.Items; len(e.Items) > 0 {
			e.Message += "; " + e.Items[0].Message
		}
		return e
	}
	e.Code = strings.ReplaceAll(strings.ToLower(http.StatusText(r.StatusCode)), " ", "_")
	e.Message = "the server answered " + r.Status
	if text := strings.TrimSpace(string(data)); text != "" && len(text) < 200 && !strings.HasPrefix(text, "<") {
		e.Message += ": " + text
	}
	return e
}

// retryAfter reads seconds or a date.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(v); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// ended gives why the job has no result, or nil when it has.
func ended(j Job) error {
	if j.Status == statusCompleted {
		return nil
	}
	e := &Error{Code: string(j.ErrorDetails.ErrorType), Message: j.ErrorDetails.Message, JobID: j.JobID}
	if e.Code == "" {
		e.Code, e.Message = string(j.Status), "job "+j.JobID+" is "+string(j.Status)
	}
	return e
}
