package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"docket/internal/job"
)

// Headers that pages of other origins may read, and for how many seconds a
// browser remembers what it was told of a route.
const (
	exposedHeaders  = "Content-Disposition, Docket-Method, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
	preflightMaxAge = "600"
)

// share says how an answer may be shared with the page that asks.
type share int

const (
	foreign   share = iota // its page may not have it
	anyone                 // all pages may, without the browser's cookies
	byName                 // this one may
	ownOrigin              // it is a page of this server
	noBrowser              // no page asks
)

// sharing looks at where a request comes from. // contract J30
func (e *edge) sharing(r *http.Request) share {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return noBrowser
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return foreign
	}
	switch {
	case strings.EqualFold(u.Host, r.Host), strings.EqualFold(origin, e.PublicOrigin):
		return ownOrigin
	case slices.Contains(e.AllowedOrigins, strings.ToLower(origin)):
		return byName
	case e.open():
		if loopbackName(u.Hostname()) {
			return byName
		}
	case slices.Contains(e.AllowedOrigins, "*"):
		return anyone
	}
	return foreign
}

// shareWithOrigin sets the headers of CORS, answers preflights, and refuses
// pages that may not. done says that the request has been answered. A page
// that may not is refused in open mode, where the browser alone would let it
// in. Elsewhere it needs a key, and its browser keeps the answer from it.
func (e *edge) shareWithOrigin(w http.ResponseWriter, r *http.Request) (done bool, err error) {
	s := e.sharing(r)
	if s == noBrowser {
		return false, nil
	}
	h := w.Header()
	switch s {
	case byName:
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		h.Set("Access-Control-Allow-Credentials", "true")
	case anyone:
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		return s != foreign, e.preflight(w, r, s)
	}
	if s == foreign && !wantsSocket(r) && e.open() {
		return false, foreignOrigin(r)
	}
	if s != foreign {
		h.Set("Access-Control-Expose-Headers", exposedHeaders)
	}
	return false, nil
}

// preflight answers what a browser asks before it sends a page's request.
func (e *edge) preflight(w http.ResponseWriter, r *http.Request, s share) error {
	if s == foreign {
		return foreignOrigin(r)
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	if wanted := r.Header.Get("Access-Control-Request-Headers"); wanted != "" {
		h.Set("Access-Control-Allow-Headers", plain(wanted, 1000))
	}
	if s == byName && r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	h.Set("Access-Control-Max-Age", preflightMaxAge)
	h["Vary"] = []string{"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func foreignOrigin(r *http.Request) error {
	return &job.Error{Code: job.Forbidden, Facts: job.Facts{"origin": plain(r.Header.Get("Origin"), 60)}}
}
