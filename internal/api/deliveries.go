package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
	"docket/internal/service"
)

// deliveryView is a message with its tries.
type deliveryView struct {
	ID          string             `json:"id"`
	JobID       string             `json:"job_id,omitempty"`
	Sequence    int64              `json:"sequence"`
	Status      job.DeliveryStatus `json:"status"`
	Channel     job.Channel        `json:"channel"`
	Target      string             `json:"target"`
	CreatedAt   string             `json:"created_at"`
	NextAttempt string             `json:"next_attempt_at,omitempty"`
	FinishedAt  string             `json:"finished_at,omitempty"`
	Request     json.RawMessage    `json:"request_body"`
	Attempts    []attemptView      `json:"attempts"`
}

type attemptView struct {
	job.DeliveryAttempt
	At       string  `json:"at"`
	Duration float64 `json:"duration"` // seconds
}

func viewDelivery(d job.Delivery, attempts []job.DeliveryAttempt) deliveryView {
	v := deliveryView{
		ID: d.ID, Sequence: d.Sequence, Status: d.Status, Channel: d.Channel, Target: d.Target, CreatedAt: d.CreatedAt.Format(job.Seconds),
		NextAttempt: stamp(d.RunAt, job.Seconds), FinishedAt: stamp(d.FinishedAt, job.Seconds), Request: d.Payload, Attempts: []attemptView{},
	}
	if !d.Job.IsZero() {
		v.JobID = d.Job.In(job.TypeID)
	}
	for _, at := range attempts {
		v.Attempts = append(v.Attempts, attemptView{at, at.At.Format(job.Millis), float64(at.Took.Milliseconds()) / 1000})
	}
	return v
}

// listDeliveries is GET /webhooks/{id}/deliveries, newest first.
func (a *API) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	limit, offset, err := span(q)
	if err != nil {
		return err
	}
	status, err := deliveryStatus(q.Get("status"))
	if err != nil {
		return err
	}
	deliveries, total, err := a.service.Deliveries(r.Context(), e, status, limit, offset)
	if err != nil {
		return err
	}
	list, err := a.viewDeliveries(r, deliveries)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Deliveries []deliveryView `json:"deliveries"`
		Pagination pagination     `json:"pagination"`
	}{list, pagination{Total: total, Limit: limit, Offset: offset, HasMore: int64(offset+len(list)) < total}})
}

func deliveryStatus(word string) (job.DeliveryStatus, error) {
	switch s := job.DeliveryStatus(word); s {
	case "", job.Pending, job.Delivered, job.GivenUp:
		return s, nil
	}
	return "", &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "status", "problem": fmt.Sprintf("%q is not a status of deliveries", plain(word, 50)), "allowed": []string{"pending", "delivered", "failed"}}}
}

// getJobDeliveries is GET /jobs/{id}/deliveries: all that was told of a job, by
// endpoints, by the address that the job named, and by e-mail.
func (a *API) getJobDeliveries(w http.ResponseWriter, r *http.Request) error {
	j, err := a.job(r)
	if err != nil {
		return err
	}
	deliveries, err := a.service.DeliveriesOfJob(r.Context(), j)
	if err != nil {
		return err
	}
	list, err := a.viewDeliveries(r, deliveries)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		JobID      string         `json:"job_id"`
		AliasID    string         `json:"alias_id"`
		Deliveries []deliveryView `json:"deliveries"`
	}{j.ID.In(spelling(r)), j.ID.In(spelling(r).Other()), list})
}

func (a *API) viewDeliveries(r *http.Request, deliveries []job.Delivery) ([]deliveryView, error) {
	attempts, err := a.service.Attempts(r.Context(), deliveries)
	if err != nil {
		return nil, err
	}
	list := []deliveryView{}
	for _, d := range deliveries {
		list = append(list, viewDelivery(d, attempts[d.ID]))
	}
	return list, nil
}

// getDelivery is GET /webhooks/{id}/deliveries/{delivery}.
func (a *API) getDelivery(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	d, attempts, err := a.service.Delivery(r.Context(), e, plain(chi.URLParam(r, "delivery"), 100))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewDelivery(d, attempts))
}

// replayDelivery is POST /webhooks/{id}/deliveries/{delivery}/replay.
func (a *API) replayDelivery(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	d, _, err := a.service.Delivery(r.Context(), e, plain(chi.URLParam(r, "delivery"), 100))
	if err != nil {
		return err
	}
	n, err := a.service.Replay(r.Context(), e, service.Range{ID: d.ID})
	if err != nil {
		return err
	}
	if n == 0 {
		return &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "the delivery is still pending"}}
	}
	return writeJSON(w, http.StatusAccepted, replayed{n})
}

type replayed struct {
	Replayed int64 `json:"replayed"`
}

// replayWebhook is POST /webhooks/{id}/replay {after?, before?, status?}: every
// delivery of a range of time that is not pending.
func (a *API) replayWebhook(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	f := &fields{}
	if r.ContentLength != 0 {
		if f, err = a.readFields(r, 1, strictly(into(nil, 0))); err != nil {
			return err
		}
	}
	if err := f.only("after", "before", "status"); err != nil {
		return err
	}
	var which service.Range
	for name, into := range map[string]*time.Time{"after": &which.After, "before": &which.Before} {
		text, err := f.text(name)
		if err != nil {
			return err
		}
		if *into, err = timestamp(name, text); err != nil {
			return err
		}
	}
	text, err := f.text("status")
	if err != nil {
		return err
	}
	if which.Status, err = deliveryStatus(text); err != nil {
		return err
	}
	n, err := a.service.Replay(r.Context(), e, which)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusAccepted, replayed{n})
}

// testWebhook is POST /webhooks/{id}/test.
func (a *API) testWebhook(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	d, err := a.service.TestEndpoint(r.Context(), e)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusAccepted, viewDelivery(d, nil))
}
