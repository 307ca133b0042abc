package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/service"
)

// getJob is GET /jobs/{id}: the spelling of the id selects the words, unless
// ?dialect= does. // contract J1
func (a *API) getJob(w http.ResponseWriter, r *http.Request) error {
	asked := spelling(r)
	words := job.WordsOf(asked)
	switch d := job.Words(r.URL.Query().Get("dialect")); d {
	case "":
	case job.VisionWords, job.JobsWords:
		words = d
	default:
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "dialect", "problem": fmt.Sprintf("%q is not a dialect", plain(string(d), 50)), "allowed": []string{"vision", "jobs"},
		}}
	}
	return a.showJob(w, r, asked, words)
}

// getStatus is GET /jobs/{id}/status, as a WebSocket, as a stream of events,
// or once: always in the Jobs words. // contract A8, J1
func (a *API) getStatus(w http.ResponseWriter, r *http.Request) error {
	switch {
	case wantsSocket(r):
		return a.openSocket(w, r)
	case wantsEvents(r):
		return a.streamJob(w, r)
	}
	return a.guard(read, a.counted(account.Reads, func(w http.ResponseWriter, r *http.Request) error {
		return a.showJob(w, r, spelling(r), job.JobsWords)
	}))(w, r)
}

// showJob answers from memory when it can: most polls ask for what the one
// before them was told.
func (a *API) showJob(w http.ResponseWriter, r *http.Request, asked job.Spelling, words job.Words) error {
	id, _, err := job.ParseID(chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	kind := kindOf(asked, words)
	one, since := a.answers.find(id, kind)
	if one != nil && r.URL.RawQuery == "" && a.service.MayShow(account.From(r.Context()), one.job) {
		return a.show(w, r, one)
	}
	j, err := a.awaited(w, r)
	if err != nil {
		return err
	}
	holds := a.service.Holds(j)
	if one, err = newAnswer(j, asked, words, time.Now().Add(holds)); err != nil {
		return err
	}
	if holds > 0 && r.URL.RawQuery == "" {
		a.answers.keep(id, kind, one, since)
	}
	return a.show(w, r, one)
}

// getResult is GET /jobs/{id}/result. // contract A3, J15, J16
func (a *API) getResult(w http.ResponseWriter, r *http.Request) error {
	j, err := a.job(r)
	if err != nil {
		return err
	}
	format := job.FormatJSON
	if q := r.URL.Query().Get("format"); q != "" {
		format = job.Format(plain(strings.ToLower(q), 20))
	}
	if format == job.FormatChunks {
		format = "" // the operation's own route has it; here it is no format
	}
	if j.Result != nil && j.Result.Method != "" {
		w.Header().Set("Docket-Method", j.Result.Method) // contract J18
	}
	out := newBody(w, format.MediaType())
	if err := a.service.RenderResult(r.Context(), out, j, format, a.base(r)); err != nil {
		return err
	}
	return out.Flush()
}

// eventView is one line of a job's history. // contract J26
type eventView struct {
	Event          job.EventKind `json:"event"`
	Version        int64         `json:"version"`
	Timestamp      string        `json:"timestamp"`
	PreviousStatus *string       `json:"previous_status"`
	CurrentStatus  string        `json:"current_status"`
	Attempt        int           `json:"attempt"`
	ErrorType      job.Code      `json:"error_type,omitempty"`
}

// getEvents is GET /jobs/{id}/events.
func (a *API) getEvents(w http.ResponseWriter, r *http.Request) error {
	j, err := a.job(r)
	if err != nil {
		return err
	}
	events, err := a.service.Events(r.Context(), j)
	if err != nil {
		return err
	}
	list := []eventView{}
	for _, e := range events {
		v := eventView{Event: e.Kind, Version: e.Version, Timestamp: e.At.Format(job.Seconds), CurrentStatus: e.To.In(job.JobsWords), Attempt: e.Attempt, ErrorType: e.Code}
		if e.From != "" {
			from := e.From.In(job.JobsWords)
			v.PreviousStatus = &from
		}
		list = append(list, v)
	}
	return writeJSON(w, http.StatusOK, struct {
		JobID   string      `json:"job_id"`
		AliasID string      `json:"alias_id"`
		Events  []eventView `json:"events"`
	}{j.ID.In(spelling(r)), j.ID.In(spelling(r).Other()), list})
}

// cancelJob is POST /jobs/{id}/cancel. // contract J22
func (a *API) cancelJob(w http.ResponseWriter, r *http.Request) error {
	j, status, err := a.cancel(r)
	if err != nil {
		return err
	}
	return writeJSON(w, status, j.View(spelling(r), job.JobsWords))
}

// cancel ends the job of the path: 202, or 200 when it was cancelled already.
func (a *API) cancel(r *http.Request) (j job.Job, status int, err error) {
	before, err := a.job(r)
	if err != nil {
		return j, 0, err
	}
	status = http.StatusAccepted
	if before.Status == job.Cancelled {
		status = http.StatusOK
	}
	j, err = a.service.Cancel(r.Context(), before.ID)
	return j, status, err
}

// rerun makes the job of the path again; what the request says beside it is in
// f, or nil.
func (a *API) rerun(r *http.Request, f *fields, change json.RawMessage, once *service.Once, show func(job.Job) (service.Answer, error)) (service.Answer, error) {
	id, _, err := job.ParseID(chi.URLParam(r, "id"))
	if err == nil {
		err = asks(r, once, f)
	}
	if err != nil {
		return service.Answer{}, err
	}
	return a.service.Rerun(r.Context(), id, change, once, show)
}

// rerunJob is POST /jobs/{id}/rerun. Its body may have parameters that take the
// place of those of the job. // contract J22
func (a *API) rerunJob(r *http.Request, once *service.Once) (service.Answer, error) {
	f, err := a.optionalFields(r)
	if err != nil {
		return service.Answer{}, err
	}
	if err := f.only("parameters"); err != nil {
		return service.Answer{}, err
	}
	change, err := f.object("parameters", maxParameter)
	if err != nil {
		return service.Answer{}, err
	}
	return a.rerun(r, f, change, once, func(j job.Job) (service.Answer, error) { return a.created(http.StatusCreated, j) })
}

// deleteJob is DELETE /jobs/{id}. // contract A4
func (a *API) deleteJob(w http.ResponseWriter, r *http.Request) error {
	j, err := a.job(r)
	if err != nil {
		return err
	}
	if err := a.service.Delete(r.Context(), j.ID); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Message string `json:"message"`
	}{fmt.Sprintf("Job %s deleted", j.ID.In(spelling(r)))})
}

// job reads the job of the path for the caller.
func (a *API) job(r *http.Request) (job.Job, error) {
	id, _, err := job.ParseID(chi.URLParam(r, "id"))
	if err != nil {
		return job.Job{}, err
	}
	return a.service.Job(r.Context(), id)
}

// spelling is that of the id in the path.
func spelling(r *http.Request) job.Spelling {
	if _, s, err := job.ParseID(chi.URLParam(r, "id")); err == nil {
		return s
	}
	return job.TypeID
}

// queryBool reads a boolean of the query as any client's language spells it.
func queryBool(r *http.Request, name string, otherwise bool) (bool, error) {
	value := r.URL.Query().Get(name)
	if value == "" {
		return otherwise, nil
	}
	return parseBool(name, value)
}
