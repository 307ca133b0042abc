package api

import (
	"net/http"
	"net/netip"
	"net/url"

	"docket/internal/account"
)

// Edge is what the server knows of the network before it.
type Edge struct {
	PublicURL      string         // where clients reach the server; empty: as each says itself
	PublicOrigin   string         // of PublicURL, as browsers spell it
	TrustedProxies []netip.Prefix // whose X-Forwarded headers count
	AllowedOrigins []string       // whose pages may use the API, as browsers spell them, or "*"
}

// edge looks at every request before it is routed: who really sends it, under
// which name the server was reached, and which page it comes from.
type edge struct {
	Edge
	api        *API
	publicHost string // of PublicURL, without a port; empty when there is none
	always     []header
	https      bool // the public address is one that browsers may be told to keep to https
}

func newEdge(a *API, e Edge) *edge {
	made := &edge{Edge: e, api: a}
	if u, err := url.Parse(e.PublicURL); err == nil && e.PublicURL != "" {
		made.publicHost = u.Hostname()
		made.https = u.Scheme == "https" && !loopbackName(u.Hostname())
	}
	made.always = made.headers()
	return made
}

// before wraps the router.
func (e *edge) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.unwrap(r)
		e.setHeaders(w.Header(), r)
		if account.From(r.Context()).ID != "" { // on the control socket, which no browser reaches
			next.ServeHTTP(w, r)
			return
		}
		if err := e.checkHost(r); err != nil {
			e.refuse(w, r, err)
			return
		}
		done, err := e.shareWithOrigin(w, r)
		switch {
		case err != nil:
			e.refuse(w, r, err)
		case !done && !e.api.quickPoll(w, r):
			next.ServeHTTP(w, r)
		}
	})
}

// refuse answers in the dialect of the path.
func (e *edge) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e.api.refusal(func(http.ResponseWriter, *http.Request) error { return err })(w, r)
}

// open says that everyone who reaches the server may use it. // contract J27
func (e *edge) open() bool { return e.api.service.OpenMode() }

// base is where the client reaches the server; it begins every link.
// contract J30
func (a *API) base(r *http.Request) string {
	if a.edge.PublicURL != "" {
		return a.edge.PublicURL
	}
	return scheme(r) + "://" + r.Host
}

// location is the address of a path for the header Location. Without a public
// address the path alone is right under every name.
func (a *API) location(path string) string { return a.edge.PublicURL + path }

// scheme is how the client reaches the server: unwrap has noted what a trusted
// proxy says of it.
func scheme(r *http.Request) string {
	switch {
	case r.URL.Scheme != "":
		return r.URL.Scheme
	case r.TLS != nil:
		return "https"
	}
	return "http"
}
