package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
)

// pauseView is something that is paused.
type pauseView struct {
	What  string `json:"what"`
	Since string `json:"since"`
}

// listPauses is GET /pauses: what the operator has paused.
func (a *API) listPauses(w http.ResponseWriter, _ *http.Request) error {
	list := []pauseView{}
	for _, p := range a.service.Paused() {
		list = append(list, pauseView{p.What, p.Since.Format(job.Seconds)})
	}
	return writeJSON(w, http.StatusOK, struct {
		Paused []pauseView `json:"paused"`
	}{list})
}

// pause is PUT /pauses/{what}: "intake", or an operation.
func (a *API) pause(w http.ResponseWriter, r *http.Request) error {
	if err := a.service.Pause(r.Context(), plain(chi.URLParam(r, "what"), 100)); err != nil {
		return err
	}
	return a.listPauses(w, r)
}

// resume is DELETE /pauses/{what}.
func (a *API) resume(w http.ResponseWriter, r *http.Request) error {
	if err := a.service.Resume(r.Context(), plain(chi.URLParam(r, "what"), 100)); err != nil {
		return err
	}
	return a.listPauses(w, r)
}
