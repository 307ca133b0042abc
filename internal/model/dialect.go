package model

import (
	"net/http"
	"strings"
)

// format is how a server is told the form of the answer.
type format int

const (
	bySchema format = iota // a JSON Schema that it holds to
	byObject               // that it must be a JSON object; the schema is in the text
	byText                 // the text alone
)

// dialect is what a server understands of the API.
type dialect struct {
	format      format
	logProbs    bool
	temperature bool
	newLimit    bool // max_completion_tokens instead of max_tokens
	under       bool // the API lies under /v1 of an address without a path
}

// simpler is what to try after a server has refused a request; false when
// something else is wrong.
func (r *Remote) simpler(d dialect, f *fault) (dialect, bool) {
	if f.status == http.StatusNotFound && r.bare && !d.under {
		d.under = true
		return d, true
	}
	return d.simpler(f)
}

// simpler leaves out what the server does not know.
func (d dialect) simpler(f *fault) (dialect, bool) {
	switch f.status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType, http.StatusNotImplemented:
	default:
		return d, false
	}
	says := strings.ToLower(f.message)
	switch {
	case f.tooLong(), f.blind():
		return d, false
	case d.logProbs && strings.Contains(says, "logprob"):
		d.logProbs = false
	case d.temperature && strings.Contains(says, "temperature"):
		d.temperature = false
	case !d.newLimit && strings.Contains(says, "max_tokens"):
		d.newLimit = true
	case d.format != byText:
		d.format++
	case d.logProbs:
		d.logProbs = false
	default:
		return d, false
	}
	return d, true
}

// speaks is the dialect that the server is known for.
func (r *Remote) speaks() dialect {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dialect
}

// learn remembers the dialect in which the server has answered, unless it has
// answered in a richer one before: then it was this request that it refused.
func (r *Remote) learn(d dialect) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.proven {
		r.dialect, r.proven = d, true
	}
}
