package api

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
)

// requestIDHeader names a request in the answer, in errors and in the log.
const requestIDHeader = "X-Request-Id"

// requestIDSpelling is what a client's own id may look like to be repeated.
var requestIDSpelling = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$`)

// answerPolicy is the Content-Security-Policy of what is no page: a browser
// that is led to show it as one runs and loads nothing.
const answerPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// headers are what every answer has. All answers share the values, which costs
// a poll less than new ones; whoever sets another one replaces them.
func (e *edge) headers() http.Header {
	h := http.Header{
		"Content-Security-Policy": {answerPolicy}, "Referrer-Policy": {"no-referrer"}, "Vary": {"Origin"},
		"X-Content-Type-Options": {"nosniff"}, "X-Frame-Options": {"DENY"},
	}
	if e.https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return h
}

// setHeaders sets what every answer has.
func (e *edge) setHeaders(h http.Header, r *http.Request) {
	maps.Copy(h, e.always)
	h.Set(requestIDHeader, requestID(r))
}

// requestID is the client's own when it is fit to stand in logs, or a new one.
// It is a name and no secret.
func requestID(r *http.Request) string {
	if id := r.Header.Get(requestIDHeader); requestIDSpelling.MatchString(id) {
		return id
	}
	b := make([]byte, 0, 32)
	for range 2 {
		b = strconv.AppendUint(b, rand.Uint64()|1<<63, 16) // sixteen digits each
	}
	return string(b)
}
