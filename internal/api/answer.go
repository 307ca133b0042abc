package api

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"docket/internal/job"
)

// answer is the encoded body of one poll, with what decides whether and to
// whom it may be shown.
type answer struct {
	job    job.Job // without what only the body needs
	until  time.Time
	body   []byte
	place  int      // where in the body the job's place goes; 0 for a final job
	etag   []string // as a header's values, like length, that of the body
	length []string
	ahead  atomic.Pointer[ahead]
}

// ahead is how many jobs were before one that waits, when the account's number
// of moves was as it says.
type ahead struct {
	moves uint64
	jobs  int
}

// newAnswer encodes a job that may be shown until a time.
func newAnswer(j job.Job, asked job.Spelling, words job.Words, until time.Time) (*answer, error) {
	v := j.View(asked, words)
	body, err := encode(v)
	if err != nil {
		return nil, err
	}
	a := &answer{until: until, body: body, etag: []string{etag(j)}, length: []string{strconv.Itoa(len(body))}}
	a.job = job.Job{
		ID: j.ID, Account: j.Account, Operation: j.Operation, Status: j.Status, Version: j.Version,
		ExpiresAt: j.ExpiresAt, RunAt: j.RunAt, StartedAt: j.StartedAt, Progress: j.Progress,
	}
	if j.Status.Final() {
		return a, nil
	}
	progress, err := encode(v.Progress)
	if err != nil {
		return nil, err
	}
	key := append([]byte(`,"progress":`), progress...) // in a text, a backslash would stand before the quotation mark
	at := bytes.Index(body, key)
	if at < 0 {
		return nil, errors.New("the body of a job has no progress")
	}
	a.place = at + len(key) - len("}")
	return a, nil
}

// show writes the answer, or that the client has it already.
func (a *API) show(w http.ResponseWriter, r *http.Request, one *answer) error {
	h := w.Header()
	h["Etag"], h["Cache-Control"] = one.etag, noCache()
	if matches(r, one.job) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h["Content-Type"] = jsonType()
	if one.place == 0 {
		h["Content-Length"] = one.length
		w.WriteHeader(http.StatusOK)
		_, err := w.Write(one.body)
		return err
	}
	v, err := a.placed(r, one)
	if err != nil {
		return err
	}
	body := make([]byte, 0, len(one.body)+64)
	body = append(body, one.body[:one.place]...)
	if v.QueuePosition != nil {
		body = strconv.AppendInt(append(body, `,"queue_position":`...), int64(*v.QueuePosition), 10)
	}
	if v.ETASeconds != nil {
		body = strconv.AppendInt(append(body, `,"eta_seconds":`...), int64(*v.ETASeconds), 10)
	}
	return writeEncoded(w, http.StatusOK, append(body, one.body[one.place:]...))
}

// placed finds where the job of an answer stands. The jobs ahead are counted
// again only when one of the account's has changed.
func (a *API) placed(r *http.Request, one *answer) (job.ProgressView, error) {
	var n int
	if one.job.Waiting() {
		moves := a.answers.moves.number(one.job.Account).Load() // before they are counted
		known := one.ahead.Load()
		if known == nil || known.moves != moves {
			jobs, err := a.service.Ahead(r.Context(), one.job)
			if err != nil {
				return job.ProgressView{}, err
			}
			known = &ahead{moves, jobs}
			one.ahead.Store(known)
		}
		n = known.jobs
	}
	place := a.service.PlaceAfter(one.job, n)
	var v job.View
	v.Place(place.Waiting, place.Ahead, place.Done)
	return v.Progress, nil
}

func noCache() []string  { return []string{"no-cache"} }
func jsonType() []string { return []string{"application/json"} }
