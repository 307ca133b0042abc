package model

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/internal/job"
	"docket/internal/safehttp"
)

// ErrTooLong is wrapped by the error of a request that was longer than the
// model can read.
var ErrTooLong = errors.New("longer than the model can read")

// ErrNoPictures is wrapped by the error of a request with pictures when the
// model cannot see any.
var ErrNoPictures = errors.New("the model cannot see pictures")

// fault is one request that came to nothing.
type fault struct {
	status  int    // HTTP status; 0 without an answer
	message string // the server's own; short, and without the key
	reason  string // in a few words, for the user
	remedy  string // empty: try again later
	timeout bool
	again   bool          // another try may help
	after   time.Duration // the server's wish for a pause; negative: none
	err     error
}

// Error is for logs.
func (f *fault) Error() string {
	switch {
	case f.status != 0 && f.message != "":
		return fmt.Sprintf("the model server answered %d: %s", f.status, f.message)
	case f.status != 0:
		return fmt.Sprintf("the model server answered %d", f.status)
	case f.err != nil:
		return f.err.Error()
	}
	return f.reason
}

// Unwrap gives what happened underneath.
func (f *fault) Unwrap() error { return f.err }

// tooLong says that the server refused the request for its length.
func (f *fault) tooLong() bool {
	says := strings.ToLower(f.message)
	for _, words := range []string{"context length", "context_length", "context size", "maximum context", "context window", "too many tokens", "too long"} {
		if strings.Contains(says, words) {
			return true
		}
	}
	return f.status == http.StatusRequestEntityTooLarge
}

// blind says that the server refused the request for its pictures.
func (f *fault) blind() bool {
	says := strings.ToLower(f.message)
	for _, words := range []string{"image input", "image_url", "images are not supported", "not support image", "multimodal", "mmproj", "vision"} {
		if strings.Contains(says, words) {
			return true
		}
	}
	return false
}

// Remedies that are the operator's.
const (
	remedyKey     = "Tell the operator that the model server refuses --model-key."
	remedyName    = "Tell the operator to check --model-url, which ends in /v1 for most servers, and --model-name."
	remedyContext = "Tell the operator to set --model-context to what the model can read at once."
	remedyRules   = "Submit it again with `method` set to `heuristic`, or ask the operator for another model."
)

// statusFault is what an answer with an HTTP error means.
func statusFault(status int, header http.Header, message string) *fault {
	f := &fault{status: status, message: message, after: -1}
	switch {
	case status < http.StatusBadRequest:
		f.reason, f.remedy = "the model server redirects, and that is not followed", remedyName
	case f.blind():
		f.reason, f.remedy, f.err = "the model cannot see pictures", remedyRules, ErrNoPictures
	case f.tooLong():
		f.reason, f.remedy, f.err = "the model cannot read so much at once", remedyContext, ErrTooLong
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		f.reason, f.remedy = fmt.Sprintf("the model server refuses access, HTTP %d", status), remedyKey
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		f.reason, f.remedy = fmt.Sprintf("the model server knows neither this model nor this address, HTTP %d", status), remedyName
	case status == http.StatusTooManyRequests:
		f.reason, f.again = "the model server has too much to do, HTTP 429", true
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		f.reason, f.again, f.timeout = fmt.Sprintf("HTTP %d", status), true, true
	case status >= http.StatusInternalServerError && status != http.StatusNotImplemented:
		f.reason, f.again = fmt.Sprintf("the model server failed, HTTP %d", status), true
	default:
		f.reason, f.remedy = fmt.Sprintf("the model server refuses the request, HTTP %d", status), remedyName
	}
	if f.again {
		f.after = retryAfter(header)
	}
	return f
}

// retryAfter is the pause that a server asks for, or a negative one.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, maxPause.Seconds()+1) * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0)
	}
	return -1
}

// transferFault is what a failed transfer means.
func transferFault(ctx context.Context, err error) *fault {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	reason := safehttp.Reason(err)
	f := &fault{reason: "the model server cannot be reached: " + reason, again: true, after: -1, err: err}
	if errors.Is(context.Cause(ctx), errSlow) || errors.Is(err, context.DeadlineExceeded) {
		f.timeout, f.reason, f.err = true, "", errSlow
	}
	return f
}

// unusable is an answer that is none.
func unusable(reason string) *fault {
	return &fault{reason: reason, remedy: remedyRules, after: -1}
}

// failure is the fault as the job's.
func (f *fault) failure(model string, tries int, patience time.Duration) error {
	e := &job.Error{Code: job.ModelError, Err: f, Facts: job.Facts{"reason": f.reason, "model": model, "tries": tries}}
	if f.timeout {
		e.Code = job.ModelTimeout
		if f.reason == "" {
			e.Facts["reason"] = fmt.Sprintf("%d times, %v each", tries, patience)
		}
	}
	if f.status != 0 {
		e.Facts["http_status"] = f.status
	}
	if f.remedy != "" {
		e.Facts["remedy"] = f.remedy
	}
	return e
}
