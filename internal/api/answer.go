package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

// answer is the encoded body of one poll, or one item of GET /jobs/status, with
// what decides whether and to whom it may be shown.
type answer struct {
	job   job.Job // without what only the body needs
	until time.Time
	body  []byte
	place int // where in the body the job's place goes; 0 for a final job
	// optional is what an item of many leaves out unless it is asked for.
	optional section
	etag     []string // as a header's values, like length, that of the body
	length   []string
	ahead    atomic.Pointer[ahead]
}

// ahead is how many jobs were before one that waits, when the account's number
// of moves was as it says, and the body that says so.
type ahead struct {
	moves  uint64
	jobs   int
	until  time.Time     // when they are counted again, whatever was heard
	place  service.Place // that the body has; it is compared in whole seconds
	body   []byte
	length []string
}

// section is a part of a body.
type section struct{ from, to int }

// keptOf is the job without what only the body needs.
func keptOf(j job.Job) job.Job {
	return job.Job{
		ID: j.ID, Account: j.Account, Operation: j.Operation, Status: j.Status, Version: j.Version,
		ExpiresAt: j.ExpiresAt, RunAt: j.RunAt, StartedAt: j.StartedAt, Progress: j.Progress,
	}
}

// newAnswer encodes a job that may be shown until a time.
func newAnswer(j job.Job, asked job.Spelling, words job.Words, until time.Time) (*answer, error) {
	v := j.View(asked, words)
	body, err := encode(v)
	if err != nil {
		return nil, err
	}
	a := &answer{job: keptOf(j), until: until, body: body, etag: []string{etag(j)}, length: []string{strconv.Itoa(len(body))}}
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
	status, body, err := a.shown(w.Header(), r, one)
	if err != nil {
		return err
	}
	w.WriteHeader(status)
	if status == http.StatusOK {
		_, err = w.Write(body)
	}
	return err
}

// shown sets the headers of an answer to the request, and gives its status and
// its body.
func (a *API) shown(h http.Header, r *http.Request, one *answer) (status int, body []byte, err error) {
	h["Etag"], h["Cache-Control"] = one.etag, a.answers.noCache // as Set would, with the values of all answers
	if matches(r, one.etag[0]) {
		return http.StatusNotModified, nil, nil
	}
	body, length := one.body, one.length
	if one.place > 0 {
		at, err := a.placed(r.Context(), one)
		if err != nil {
			return 0, nil, err
		}
		body, length = at.body, at.length
	}
	h["Content-Type"], h["Content-Length"] = a.answers.jsonType, length
	return http.StatusOK, body, nil
}

// countedFor is how long it is relied on how many jobs are ahead of one.
const countedFor = 5 * time.Second

// placed finds where the job of an answer stands, and the body that says so. The
// jobs ahead are counted again when one of the account's has changed, and
// after a while: another node may end between a change and the word of it.
func (a *API) placed(ctx context.Context, one *answer) (*ahead, error) {
	known := one.ahead.Load()
	found := ahead{}
	if one.job.Waiting() {
		found.moves = a.answers.moves.number(one.job.Account).Load() // before they are counted
		now := a.answers.now()
		if known != nil && known.moves == found.moves && now.Before(known.until) {
			found.jobs, found.until = known.jobs, known.until
		} else {
			var err error
			found.until = now.Add(countedFor)
			if found.jobs, err = a.service.Ahead(ctx, one.job); err != nil {
				return nil, err
			}
		}
	}
	found.place = a.service.PlaceAfter(one.job, found.jobs)
	found.place.Done = (found.place.Done + time.Second - 1).Truncate(time.Second)
	if known != nil && known.moves == found.moves && known.until.Equal(found.until) && known.place == found.place {
		return known, nil
	}
	found.body = one.bodyAt(found.place)
	found.length = []string{strconv.Itoa(len(found.body))}
	one.ahead.Store(&found)
	return &found, nil
}

// bodyAt is the body with the job's place in it.
func (one *answer) bodyAt(place service.Place) []byte {
	var v job.View
	v.Place(place.Waiting, place.Ahead, place.Done)
	body := make([]byte, 0, len(one.body)+64)
	body = append(body, one.body[:one.place]...)
	if n := v.Progress.QueuePosition; n != nil {
		body = strconv.AppendInt(append(body, `,"queue_position":`...), int64(*n), 10)
	}
	if n := v.Progress.ETASeconds; n != nil {
		body = strconv.AppendInt(append(body, `,"eta_seconds":`...), int64(*n), 10)
	}
	return append(body, one.body[one.place:]...)
}
