package api

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
)

// problem is what went wrong with a request, before it is put in the words of
// a dialect.
type problem struct {
	status      int
	code        job.Code
	title       string // two or three words
	message     string // what, why, what now
	suggestions []string
	id          string // of the job that was asked for, as the client spelled it
	retryAfter  string // seconds, or empty
}

// problemOf finds what to say of an error. Causes stay inside.
func problemOf(err error, r *http.Request) problem {
	e, ok := errors.AsType[*job.Error](err)
	if !ok {
		if r.Context().Err() != nil { // nobody is there to read the answer
			return problem{status: 499, code: job.Unavailable, title: "Request ended", message: "The request was given up."}
		}
		e = &job.Error{Code: job.Internal, Err: err}
	}
	p := problem{code: e.Code, id: chi.URLParam(r, "id")}
	fact := func(name string) string { return factText(e.Facts[name]) }
	switch e.Code {
	case job.NotFound:
		p.status, p.title = http.StatusNotFound, "Job not found"
		p.message = fmt.Sprintf("Job with ID '%s' does not exist", p.id)
		p.suggestions = []string{
			"Check the job ID for typos",
			"Verify the job belongs to your account",
			"Job may have been automatically deleted after retention period",
		}
		if p.id == "" {
			p.title, p.message, p.suggestions = "Not found", "There is nothing here.", nil
		}
		if path := fact("path"); path != "" {
			p.title = "Route not found"
			p.message = fmt.Sprintf("There is no route %s %s.", r.Method, path)
			p.suggestions = []string{"Check the path and the method", "GET /healthz tells whether the server is up"}
		}
	case job.ResultGone:
		p.status, p.title = http.StatusNotFound, "Result not found"
		p.message = fmt.Sprintf("Result for job %s not found", p.id)
		p.suggestions = []string{"Results are deleted after the retention period", "Submit the document again"}
	case job.StillProcessing:
		p.status, p.title, p.retryAfter = http.StatusBadRequest, "Job not finished", "2"
		p.message = fmt.Sprintf("Job %s is still processing", p.id)
		p.suggestions = []string{"Poll GET /jobs/" + p.id + " until its status is final"}
	case job.InvalidRequest:
		p.status, p.title = http.StatusBadRequest, "Invalid request"
		p.message, p.suggestions = invalidWords(e.Facts)
	case job.UnsupportedMedia:
		p.status, p.title = http.StatusUnsupportedMediaType, "Unsupported media type"
		p.message = fmt.Sprintf("The body is %s; this route takes multipart/form-data.", cmpOr(fact("got"), "of no stated type"))
		p.suggestions = []string{"With curl: -F file=@document.pdf"}
	case job.MethodNotAllowed:
		p.status, p.title = http.StatusMethodNotAllowed, "Method not allowed"
		p.message = fmt.Sprintf("%s does not take %s.", r.URL.Path, r.Method)
	case job.FileTooLarge:
		p.status, p.title = http.StatusRequestEntityTooLarge, "File too large"
		p.message = fmt.Sprintf("The file is larger than the limit of %s bytes.", fact("max"))
		p.suggestions = []string{"Split the document and submit the parts", "The operator can raise the limit with --max-file"}
	case job.Forbidden:
		p.status, p.title = http.StatusForbidden, "Forbidden"
		p.message = "The job belongs to another account."
		if link := fact("link"); link != "" {
			p.message = "The link is " + link + "."
			p.suggestions = []string{"Ask for the job again: its answer holds a new link"}
		}
	case job.DiskFull:
		p.status, p.title, p.retryAfter = http.StatusInsufficientStorage, "Storage full", "30"
		p.message = "Failed to upload file to storage. Please try again."
		p.suggestions = []string{"The server's disk is full; its operator must make room"}
	case job.Unavailable:
		p.status, p.title, p.retryAfter = http.StatusServiceUnavailable, "Unavailable", "5"
		p.message = "Failed to upload file to storage. Please try again."
		if r.Method == http.MethodGet {
			p.message = "The server cannot reach its database. Please try again."
		}
	case job.Internal:
		p.status, p.title = http.StatusInternalServerError, "Internal error"
		p.message = "The server failed to answer this request; its log says why."
	default: // the job's own failure, where its result was asked for // contract J15
		f := job.Failure{Code: e.Code, Facts: e.Facts}
		p.status, p.title, p.message = http.StatusBadRequest, "Job has no result", f.Message()
		if remedy := f.Remedy(); remedy != "" {
			p.suggestions = []string{remedy}
		}
	}
	return p
}

// invalidWords says which field is wrong, why, and what is allowed.
func invalidWords(facts job.Facts) (message string, suggestions []string) {
	message = factText(facts["problem"])
	if field := factText(facts["field"]); field != "" {
		message = fmt.Sprintf("%s: %s", field, message)
	}
	if allowed := factText(facts["allowed"]); allowed != "" {
		suggestions = append(suggestions, "Allowed: "+allowed)
	}
	if remedy := factText(facts["remedy"]); remedy != "" {
		suggestions = append(suggestions, remedy)
	}
	return message, suggestions
}

func factText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []string:
		return strings.Join(v, ", ")
	case map[string]bool:
		return strings.Join(slices.Sorted(maps.Keys(v)), ", ")
	default:
		return fmt.Sprint(v)
	}
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func notFound(_ http.ResponseWriter, r *http.Request) error {
	return &job.Error{Code: job.NotFound, Facts: job.Facts{"path": r.URL.Path}}
}

func methodNotAllowed(http.ResponseWriter, *http.Request) error {
	return &job.Error{Code: job.MethodNotAllowed}
}
