package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"docket/internal/account"
	"docket/internal/job"
)

// wantsSocket says that the request asks to become a WebSocket.
func wantsSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && hasToken(r.Header, "Upgrade", "websocket")
}

// wantsEvents says that the request asks for Server-Sent Events.
func wantsEvents(r *http.Request) bool { return hasToken(r.Header, "Accept", "text/event-stream") }

// hasToken looks for a word in a header that is a comma list; parameters after
// a semicolon do not count.
func hasToken(h http.Header, name, token string) bool {
	for _, value := range h.Values(name) {
		for word := range strings.SplitSeq(value, ",") {
			word, _, _ = strings.Cut(word, ";")
			if strings.EqualFold(strings.TrimSpace(word), token) {
				return true
			}
		}
	}
	return false
}

// admit says who opens a stream of the job in the path, or, with a zero id, of
// the account. Errors are of code InvalidRequest, Unauthorized, Forbidden or
// NotFound.
func (a *API) admit(r *http.Request, id job.ID) (context.Context, error) {
	if a.edge.sharing(r) == foreign {
		return nil, foreignOrigin(r)
	}
	if err := noKeys(r.URL.Query()); err != nil {
		return nil, err
	}
	if ticket := r.URL.Query().Get("ticket"); ticket != "" {
		return a.service.Redeem(r.Context(), ticket, id)
	}
	c, err := a.caller(r)
	if err == nil && !c.May(read) {
		err = lacks(c, read)
	}
	return account.With(r.Context(), c), err
}

// admitToJob is admit for the job in the path; it reads the job, which counts
// as one read.
func (a *API) admitToJob(w http.ResponseWriter, r *http.Request) (context.Context, job.Job, error) {
	id, _, err := job.ParseID(chi.URLParam(r, "id"))
	ctx, refusal := a.admit(r, id)
	switch {
	case refusal != nil:
		return nil, job.Job{}, refusal
	case err != nil:
		return nil, job.Job{}, err
	}
	if _, err := a.count(account.From(ctx), w.Header(), account.Reads); err != nil {
		return nil, job.Job{}, err
	}
	j, err := a.service.Job(ctx, id)
	return ctx, j, err
}

// noKeys refuses keys in the address, which logs and histories keep. // contract J28
func noKeys(query url.Values) error {
	names := []string{"api_key", "api-key", "apikey", "x-api-key", "key", "token", "access_token", "authorization"}
	for name := range query {
		if slices.Contains(names, strings.ToLower(name)) {
			return invalid(plain(name, 20), "keys are not taken from the address, where logs keep them",
				"Send the key in a header; a browser sends ?ticket= with a ticket from POST /tickets")
		}
	}
	return nil
}
