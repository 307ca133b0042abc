package api

import (
	"net"
	"net/http"
	"strings"

	"docket/internal/account"
	"docket/internal/job"
)

// guard lets those in who have the scope. public routes take everyone, and
// know who calls when they can.
func (a *API) guard(scope account.Scopes, h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.caller(r)
		if err == nil && !c.May(scope) {
			err = lacks(c, scope)
		}
		if err != nil && scope != public {
			return err
		}
		if err != nil { // nobody in particular
			c = account.Caller{}
		}
		if late, ok := w.(*lateWriter); ok {
			late.account = c.ID
		}
		return h(w, r.WithContext(account.With(r.Context(), c)))
	}
}

// lacks is the error for a caller without the scope.
func lacks(c account.Caller, scope account.Scopes) error {
	return &job.Error{Code: job.Forbidden, Facts: job.Facts{"scope": scope.String(), "scopes": c.Scopes.String()}}
}

// caller finds who sends the request, by its key, by its session, or as
// everyone in open mode. The error is of code Unauthorized.
func (a *API) caller(r *http.Request) (account.Caller, error) {
	if c := account.From(r.Context()); c.ID != "" { // known already, as on the control socket
		return c, nil
	}
	return a.stranger(r)
}

// stranger is caller for a request of which nothing is known yet.
func (a *API) stranger(r *http.Request) (account.Caller, error) {
	shown, err := shownKey(r.Header)
	if err != nil && !a.service.OpenMode() {
		return account.Caller{}, err
	}
	if shown == "" {
		if cookie, err := r.Cookie(sessionCookie); err == nil {
			if !a.ownPage(r) {
				return account.Caller{}, &job.Error{Code: job.Unauthorized, Facts: job.Facts{"problem": "foreign page"}}
			}
			return a.service.Session(cookie.Value, clientAddress(r))
		}
	}
	return a.service.Authenticate(shown, clientAddress(r))
}

// shownKey is the key in the headers, in any of the spellings of the published
// APIs. Two different ones are refused: nobody could tell which was meant.
// contract 0.3, H12–H16
func shownKey(h http.Header) (string, error) {
	shown := ""
	bearer := func(v string) string {
		kind, key, _ := strings.Cut(strings.TrimSpace(v), " ")
		if !strings.EqualFold(kind, "Bearer") {
			return "" // of a proxy, which is none of our business
		}
		return key
	}
	for _, name := range [...]string{"X-Api-Key", "Api-Key", "Authorization"} { // as headers are kept
		for _, v := range h[name] {
			if name == "Authorization" {
				v = bearer(v)
			}
			v = strings.TrimSpace(v)
			switch {
			case v == "" || v == shown:
			case shown != "":
				return "", &job.Error{Code: job.Unauthorized, Facts: job.Facts{"problem": "ambiguous"}}
			default:
				shown = v
			}
		}
	}
	return shown, nil
}

// ownPage says that a request with a cookie comes from a page of this server,
// or of an origin that the operator has named: browsers add cookies also to
// what other pages ask them to send.
func (a *API) ownPage(r *http.Request) bool {
	s := a.edge.sharing(r)
	if s == byName {
		return true
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	return s == noBrowser || s == ownOrigin
}

// clientAddress is where the request comes from.
func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
