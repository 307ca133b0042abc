package api

import (
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
)

// requestIDHeader names a request in the answer, in errors and in the log; it is
// spelled as http.Header keeps it.
const requestIDHeader = "X-Request-Id"

// requestIDSpelling is what a client's own id may look like to be repeated.
var requestIDSpelling = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$`)

// answerPolicy is the Content-Security-Policy of what is no page: a browser
// that is led to show it as one runs and loads nothing.
const answerPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// header is a header with its values.
type header struct {
	name   string // as http.Header keeps it
	values []string
}

// headers are what every answer has. All answers share the values, which costs
// a poll less than new ones; whoever sets another one replaces them.
func (e *edge) headers() []header {
	all := []header{
		{"Content-Security-Policy", []string{answerPolicy}},
		{"Referrer-Policy", []string{"no-referrer"}},
		{"Vary", []string{"Origin"}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"X-Frame-Options", []string{"DENY"}},
	}
	if e.https {
		all = append(all, header{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return all
}

// setHeaders sets what every answer has.
func (e *edge) setHeaders(h http.Header, r *http.Request) {
	for _, one := range e.always {
		h[one.name] = one.values
	}
	h[requestIDHeader] = []string{requestID(r)}
}

// requestID is the client's own when it is fit to stand in logs, or a new one.
// It is a name and no secret.
func requestID(r *http.Request) string {
	if sent := r.Header[requestIDHeader]; len(sent) > 0 && requestIDSpelling.MatchString(sent[0]) {
		return sent[0]
	}
	b := make([]byte, 0, 32)
	for range 2 {
		b = strconv.AppendUint(b, rand.Uint64()|1<<63, 16) // sixteen digits each
	}
	return string(b)
}
