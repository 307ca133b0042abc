package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
	"docket/internal/service"
)

// keyWait is how long a request waits for the answer of an earlier one with
// the same Idempotency-Key. // contract J11
const keyWait = 10 * time.Second

// creator makes jobs and gives the answer that tells of them. once is nil
// without an Idempotency-Key.
type creator func(r *http.Request, once *service.Once) (service.Answer, error)

// creates lets a route make jobs, and the same ones for all requests with the
// same Idempotency-Key. A job of an account that has too many waiting is
// refused before its documents are read: a client that waits for 100 Continue
// need not send them. // contract J11, J29
func (a *API) creates(create creator) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		once, err := a.once(r)
		if err != nil {
			return err
		}
		defer once.Release()
		if !once.Again() {
			if err := a.service.Room(r.Context()); err != nil {
				return err
			}
		}
		answer, err := create(r, once)
		if err != nil {
			return err
		}
		h := w.Header()
		for name, value := range answer.Header {
			h.Set(name, value)
		}
		if once.Again() {
			h.Set("Idempotency-Replayed", "true")
		}
		return writeEncoded(w, answer.Status, answer.Body)
	}
}

// once begins to use the request's Idempotency-Key, after waiting for another
// request that does; nil when it has none.
func (a *API) once(r *http.Request) (*service.Once, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return nil, nil
	}
	if len(values) > 1 {
		return nil, invalid("Idempotency-Key", "it was sent more than once", "Send one key with a request")
	}
	timeout := time.NewTimer(keyWait)
	defer timeout.Stop()
	for {
		once, busy, err := a.service.Once(r.Context(), values[0])
		if busy == nil {
			return once, err
		}
		select {
		case <-busy:
		case <-timeout.C:
			return nil, &job.Error{Code: job.KeyInUse, Facts: job.Facts{"key": plain(values[0], 255)}}
		case <-a.stopping:
			return nil, job.Errorf(job.Unavailable, nil, "the server stops")
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

// asks says what a request asks for: the route, the job or batch in the path,
// and the fields as they were decoded. fields is nil when it has none.
func asks(r *http.Request, once *service.Once, f *fields) error {
	if once == nil {
		return nil
	}
	id := chi.URLParam(r, "id")
	if j, _, err := job.ParseID(id); err == nil { // in whichever spelling
		id = j.String()
	} else if b, err := job.ParseBatchID(id); err == nil {
		id = job.ID(b).String()
	}
	what := []any{r.Method, chi.RouteContext(r.Context()).RoutePattern(), id}
	if f != nil {
		what = append(what, f.decoded())
	}
	b, err := json.Marshal(what)
	if err != nil {
		return err
	}
	once.Asks(b)
	return nil
}

// decoded are the fields without what means nothing: the order of the keys of
// an object, white space, and whether it came as a form or as an object.
func (f *fields) decoded() map[string]any {
	all := map[string]any{}
	for name, raw := range f.raws {
		all[name] = decoded(raw, string(raw))
	}
	for name, values := range f.texts {
		var list []any
		for _, v := range values {
			if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
				list = append(list, decoded([]byte(v), v))
			} else {
				list = append(list, v)
			}
		}
		if all[name] = list; len(list) == 1 {
			all[name] = list[0]
		}
	}
	return all
}

func decoded(raw []byte, otherwise string) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return otherwise
	}
	return v
}

// answerJSON is an answer with a body.
func answerJSON(status int, body any) (service.Answer, error) {
	b, err := encode(body)
	return service.Answer{Status: status, Body: b}, err
}
