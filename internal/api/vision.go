package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/service"
)

// How the Vision dialect writes times. // contract J4
const (
	visionMicros  = "2006-01-02T15:04:05.000000Z"
	extractMicros = "2006-01-02T15:04:05.000000+00:00"
)

// quotaRemaining is what clients that look for a quota are told. // contract J5
const quotaRemaining = 1_000_000_000

// visionRoute is what differs between the submits of the Vision routes.
type visionRoute struct {
	operation  job.Operation
	rules      documentRules
	parameters func(*fields) (map[string]any, error)
	show       func(job.Job) (service.Answer, error)
}

// visionSubmit reads a request of the Vision routes: one document as a file or
// an address, and fields of which those that are not known are ignored,
// because three generations of clients send different ones. // contract J7
func (a *API) visionSubmit(r *http.Request, once *service.Once, route visionRoute) (none service.Answer, err error) {
	submission, err := a.service.Begin(once)
	if err != nil {
		return none, err
	}
	defer submission.Discard()
	f, err := a.readFields(r, 1, into(submission, 1, "file", "pdf_file", "document_file"))
	if err != nil {
		return none, err
	}
	if err := asks(r, once, f); err != nil {
		return none, err
	}
	if err := addDocument(r.Context(), f, submission, route.rules); err != nil {
		return none, err
	}
	spec := job.Spec{
		Account: account.From(r.Context()).ID, Spelling: job.UUID, Route: r.URL.Path, Operation: route.operation,
		FailAtOnce: route.operation == job.Classify, // contract J9
	}
	values, err := route.parameters(f)
	if err != nil {
		return none, err
	}
	password, err := f.text("password")
	if err != nil {
		return none, err
	}
	if password != "" {
		values["password"] = password
	}
	if spec.Parameters, err = json.Marshal(values); err != nil {
		return none, fmt.Errorf("encode parameters: %w", err)
	}
	if spec.Keep, err = f.keep(); err != nil {
		return none, err
	}
	return submission.Submit(r.Context(), spec, route.show)
}

// documentRules are what a route says when it is given no document, or two.
type documentRules struct {
	neither string
	both    string // empty: the file wins
}

func addDocument(ctx context.Context, f *fields, submission *service.Submission, rules documentRules) error {
	address, err := f.first("url", "file_url", "pdf_url")
	if err != nil {
		return err
	}
	switch {
	case submission.Inputs() == 0 && address == "":
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"problem": rules.neither, "remedy": "Send the document as multipart file (with curl: -F file=@document.pdf), or its address"}}
	case submission.Inputs() == 0:
		return submission.URL(ctx, address)
	case address != "" && rules.both != "":
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"problem": rules.both}}
	}
	return nil
}

// visionJob reads the job of a Vision route, after waiting when asked to. It
// is true when the client has this version already. Jobs of other operations
// are not there. // contract J3
func (a *API) visionJob(w http.ResponseWriter, r *http.Request, operation job.Operation) (job.Job, bool, error) {
	j, fresh, err := a.watch(w, r)
	if err == nil && j.Operation != operation {
		return j, false, job.Errorf(job.NotFound, nil, "job %s is no %s", j.ID, operation)
	}
	if j.Result != nil && j.Result.Method != "" {
		w.Header().Set("Docket-Method", j.Result.Method) // contract J18
	}
	return j, fresh, err
}

// writeWith answers with an object of which one more key is the result, which
// is rendered as it is read.
func (a *API) writeWith(w http.ResponseWriter, r *http.Request, view any, key string, j job.Job) error {
	return a.writeRendered(w, r, view, key, j, a.service.RenderResult)
}

// renderer is one of the ways in which the service renders results.
type renderer func(ctx context.Context, w io.Writer, j job.Job, format job.Format, base string) error

func (a *API) writeRendered(w http.ResponseWriter, r *http.Request, view any, key string, j job.Job, render renderer) error {
	out := newBody(w, "application/json")
	err := renderWith(out, view, key, func(to io.Writer) error {
		return render(r.Context(), to, j, job.FormatChunks, a.base(r))
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func renderWith(w io.Writer, view any, key string, result func(io.Writer) error) error {
	head, err := encode(view)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, `%s,%q:`, head[:len(head)-1], key); err != nil {
		return err
	}
	if err := result(w); err != nil {
		return err
	}
	_, err = io.WriteString(w, "}")
	return err
}

// inputLink is an address at which the job's first document can be had for an
// hour.
func (a *API) inputLink(r *http.Request, j job.Job) string {
	if !j.Inputs[0].Here() {
		return ""
	}
	return a.base(r) + "/files/" + a.service.InputLink(j, 0)
}

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}

// jsonText reads a field that holds JSON of any kind, as text or as itself.
func (f *fields) jsonText(names ...string) (string, error) {
	for _, name := range names {
		if raw, ok := f.raws[name]; ok && string(raw) != "null" && !strings.HasPrefix(string(raw), `"`) {
			return string(raw), nil
		}
		if s, err := f.text(name); err != nil || s != "" {
			return s, err
		}
	}
	return "", nil
}

// method takes over whether the model is to be asked, if the request says so.
func (f *fields) method(values map[string]any) error {
	word, err := f.text("method")
	if word != "" {
		values["method"] = word
	}
	return err
}
