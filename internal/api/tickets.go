package api

import (
	"net/http"

	"docket/internal/job"
)

// createTicket is POST /tickets: {"job_id"} or nothing. // contract J28
func (a *API) createTicket(w http.ResponseWriter, r *http.Request) error {
	if err := noKeys(r.URL.Query()); err != nil {
		return err
	}
	id, err := a.ticketJob(r)
	if err != nil {
		return err
	}
	ticket, expires, err := a.service.Ticket(r.Context(), id)
	if job.CodeOf(err) == job.NotFound {
		return noJob(id.In(job.TypeID))
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusCreated, struct {
		Ticket    string `json:"ticket"`
		ExpiresAt string `json:"expires_at"`
	}{ticket, expires.UTC().Format(job.Seconds)})
}

// ticketJob is the job that the ticket is to be for, zero when for any.
func (a *API) ticketJob(r *http.Request) (job.ID, error) {
	if r.ContentLength == 0 {
		return job.ID{}, nil
	}
	f, err := a.readFields(r, 0, strictly(into(nil, 0)))
	if err != nil {
		return job.ID{}, err
	}
	if err := f.only("job_id"); err != nil {
		return job.ID{}, err
	}
	text, err := f.text("job_id")
	if err != nil || text == "" {
		return job.ID{}, err
	}
	id, _, err := job.ParseID(text)
	if err != nil {
		return id, noJob(text)
	}
	return id, nil
}

func noJob(id string) error {
	return &job.Error{Code: job.NotFound, Facts: job.Facts{"job_id": id}}
}
