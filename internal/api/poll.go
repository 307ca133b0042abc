package api

import (
	"net/http"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// polledRoute is the route that most requests are for.
const polledRoute = "/jobs/{id}"

// quickPoll answers GET /jobs/{id} from memory. What it asks of the caller is
// what guard, counted and getJob ask; it only does without the router and the
// context between them, which cost as much as the answer. It is false, and has
// done nothing, when the request needs more: those are asked, and refused, in
// the usual way.
func (a *API) quickPoll(w http.ResponseWriter, r *http.Request) bool {
	path, ok := strings.CutPrefix(r.URL.Path, "/jobs/")
	traced := a.tracer != nil && r.Header.Get("Traceparent") != ""
	plain := r.Method == http.MethodGet && r.URL.RawQuery == "" && r.URL.RawPath == "" && (r.Body == nil || r.Body == http.NoBody)
	if !ok || !plain || traced {
		return false
	}
	id, asked, err := job.ParseID(path)
	if err != nil {
		return false
	}
	begun := time.Now()
	one, _ := a.answers.find(id, kindOf(asked, job.WordsOf(asked)))
	if one == nil {
		return false
	}
	c, err := a.stranger(r)
	if err != nil || !c.May(read) || !a.service.MayShow(c, one.job) {
		return false
	}
	h := w.Header()
	if _, err := a.count(c, h, account.Reads); err != nil {
		return false
	}
	status, body, err := a.shown(h, r, one)
	if err != nil {
		return false
	}
	a.tempos.reading.renew(w, deadlineOf(r), begun)
	w.WriteHeader(status)
	if status == http.StatusOK {
		_, _ = w.Write(body) // it is short, and who does not read it has gone
	}
	a.polled.saw(status, time.Since(begun))
	return true
}
