package api

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// edgeOf is an API in open mode behind an edge.
func edgeOf(t *testing.T, e Edge) *API {
	t.Helper()
	a := newBench(t, usualPace()).api
	a.edge = newEdge(a, e)
	a.handler = a.router()
	return a
}

// ask sends a request with headers, each "Name: value"; Host is one of them.
func ask(t *testing.T, a *API, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	r.Host = "localhost:8080"
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// contract J30
func TestTrustedProxies(t *testing.T) {
	e := &edge{Edge: Edge{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}}
	for _, test := range []struct {
		name, peer  string
		headers     []string
		tls         bool
		client, url string
	}{
		{name: "nobody in between", peer: "192.0.2.1:99", client: "192.0.2.1:99", url: "http://here"},
		{name: "a stranger is not believed", peer: "192.0.2.1:99", headers: []string{"X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil"}, client: "192.0.2.1:99", url: "http://here"},
		{name: "a proxy", peer: "10.1.1.1:99", headers: []string{"X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: docs.example.com"}, client: "198.51.100.7:0", url: "https://docs.example.com"},
		{name: "over IPv6", peer: "[::1]:99", headers: []string{"X-Forwarded-For: 2001:db8::7", "X-Forwarded-Host: [2001:db8::1]:8443"}, client: "[2001:db8::7]:0", url: "http://[2001:db8::1]:8443"},
		{name: "mapped", peer: "[::ffff:10.1.1.1]:99", headers: []string{"X-Forwarded-For: ::ffff:198.51.100.7"}, client: "198.51.100.7:0", url: "http://here"},
		{name: "what the client wrote itself", peer: "10.1.1.1:99", headers: []string{"X-Forwarded-For: 203.0.113.1, 198.51.100.7, 10.2.2.2"}, client: "198.51.100.7:0", url: "http://here"},
		{name: "in two headers", peer: "10.1.1.1:99", headers: []string{"X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 198.51.100.7:4711"}, client: "198.51.100.7:0", url: "http://here"},
		{name: "all are proxies", peer: "10.1.1.1:99", headers: []string{"X-Forwarded-For: 10.3.3.3, 10.2.2.2"}, client: "10.3.3.3:0", url: "http://here"},
		{name: "rubbish", peer: "10.1.1.1:99", headers: []string{"X-Forwarded-For: unknown, <script>", "X-Forwarded-Proto: gopher", "X-Forwarded-Host: a b/c"}, client: "10.1.1.1:99", url: "http://here"},
		{name: "rubbish before an address", peer: "10.1.1.1:99", headers: []string{"X-Forwarded-For: unknown,198.51.100.7"}, client: "198.51.100.7:0", url: "http://here"},
		{name: "the nearest proxy's word", peer: "10.1.1.1:99", headers: []string{"X-Forwarded-Proto: http, https"}, client: "10.1.1.1:99", url: "https://here"},
		{name: "TLS of our own", peer: "192.0.2.1:99", tls: true, client: "192.0.2.1:99", url: "https://here"},
		{name: "TLS in between alone", peer: "10.1.1.1:99", tls: true, headers: []string{"X-Forwarded-Proto: http"}, client: "10.1.1.1:99", url: "http://here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://here/jobs", http.NoBody)
			r.RemoteAddr = test.peer
			if test.tls {
				r.TLS = &tls.ConnectionState{}
			}
			for _, h := range test.headers {
				name, value, _ := strings.Cut(h, ": ")
				r.Header.Add(name, value)
			}
			e.unwrap(r)
			if got := (&API{edge: e}).base(r); r.RemoteAddr != test.client || got != test.url {
				t.Errorf("client %s at %s, want %s at %s", r.RemoteAddr, got, test.client, test.url)
			}
		})
	}
}

// Whatever stands in the headers, the client is an address, and one that a
// stranger cannot choose.
func TestForwardedForIsNeverTheClientsChoice(t *testing.T) {
	e := &edge{Edge: Edge{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	rapid.Check(t, func(t *rapid.T) {
		forged := rapid.StringMatching(`[0-9a-f.:, \[\]%]{0,60}`).Draw(t, "forged")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = "10.1.1.1:99"
		r.Header["X-Forwarded-For"] = []string{forged, "198.51.100.7"}
		e.unwrap(r)
		if r.RemoteAddr != "198.51.100.7:0" {
			t.Errorf("%q made the client %s", forged, r.RemoteAddr)
		}
	})
}

// A name that points here from elsewhere is not taken. // contract J27
func TestHostInOpenMode(t *testing.T) {
	a := edgeOf(t, Edge{PublicURL: "https://Docs.Example.com/docket", PublicOrigin: "https://docs.example.com"})
	for host, want := range map[string]int{
		"": 200, "localhost": 200, "LOCALHOST:8080": 200, "127.0.0.1:8080": 200, "127.8.9.10": 200, "[::1]:80": 200, "docket.localhost:80": 200, "localhost.": 200,
		"docs.example.com": 200, "docs.example.com:443": 200,
		"evil.example": 421, "localhost.evil.example": 421, "192.0.2.1": 421, "0.0.0.0:8080": 421, "example.com": 421, "127.0.0.1.evil.example:8080": 421, "localhost:8080@evil": 421, "[::2]": 421,
	} {
		if w := ask(t, a, "GET", "/healthz", "Host: "+host); w.Code != want {
			t.Errorf("Host %q answers %d, want %d", host, w.Code, want)
		}
	}
	for path, says := range map[string]string{"/jobs": "error_code", "/parse": "detail", "/v1/api/jobs": "MisdirectedRequestError", "/nothing": "error_code"} {
		w := ask(t, a, "GET", path, "Host: evil.example")
		if w.Code != 421 || !strings.Contains(w.Body.String(), says) || !strings.Contains(w.Body.String(), "evil.example") {
			t.Errorf("%s answers %d %s", path, w.Code, w.Body)
		}
	}
}

// contract J27, J30
func TestOriginsInOpenMode(t *testing.T) {
	a := edgeOf(t, Edge{PublicURL: "https://docs.example.com", PublicOrigin: "https://docs.example.com", AllowedOrigins: []string{"https://app.example.com", "*"}})
	for origin, want := range map[string]string{
		"http://localhost:3000": "http://localhost:3000", "http://127.0.0.1": "http://127.0.0.1", "https://[::1]:9": "https://[::1]:9",
		"https://app.example.com": "https://app.example.com", "HTTPS://APP.example.com": "HTTPS://APP.example.com",
		"https://docs.example.com": "own", "http://localhost:8080": "own",
		"https://evil.example": "", "null": "", "http://app.example.com": "", "https://app.example.com:444": "", "https://app.example.com.evil": "", "file://": "", "chrome-extension://x": "", "http://localhost.evil": "", "https://docs.example.com.evil": "",
	} {
		plain := ask(t, a, "GET", "/healthz", "Origin: "+origin)
		post := ask(t, a, "POST", "/jobs", "Origin: "+origin)
		before := ask(t, a, "OPTIONS", "/jobs/x/cancel", "Origin: "+origin, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: api-key, idempotency-key", "Access-Control-Request-Private-Network: true")
		if want == "" {
			if plain.Code != 403 || post.Code != 403 || before.Code != 403 || plain.Header().Get("Access-Control-Allow-Origin")+before.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s is answered %d, %d, %d: %v", origin, plain.Code, post.Code, before.Code, before.Header())
			}
			continue
		}
		allowed, credentials := want, "true"
		if want == "own" {
			allowed, credentials = "", ""
		}
		for name, w := range map[string]*httptest.ResponseRecorder{"GET": plain, "POST": post, "OPTIONS": before} {
			if w.Header().Get("Access-Control-Allow-Origin") != allowed || w.Header().Get("Access-Control-Allow-Credentials") != credentials || !strings.Contains(w.Header().Get("Vary"), "Origin") {
				t.Errorf("%s from %s: %v", name, origin, w.Header())
			}
		}
		if plain.Code != 200 || post.Code != 415 || before.Code != 204 || before.Body.Len() != 0 {
			t.Errorf("%s is answered %d, %d, %d", origin, plain.Code, post.Code, before.Code)
		}
		if h := before.Header(); h.Get("Access-Control-Allow-Headers") != "api-key, idempotency-key" || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "DELETE") || h.Get("Access-Control-Max-Age") == "" {
			t.Errorf("preflight of %s: %v", origin, h)
		}
		if exposed := plain.Header().Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "ETag") || !strings.Contains(exposed, "Retry-After") {
			t.Errorf("%s may read %q", origin, exposed)
		}
	}
	if w := ask(t, a, "GET", "/healthz"); w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Vary") != "Origin" {
		t.Errorf("without an origin: %v", w.Header())
	}
	if w := ask(t, a, "OPTIONS", "/jobs"); w.Code != 405 || w.Header().Get("Allow") != "GET, POST" {
		t.Errorf("OPTIONS that is no preflight: %d, %v", w.Code, w.Header())
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	a := edgeOf(t, Edge{PublicURL: "https://docs.example.com"})
	pages := "default-src 'self'"
	for path, policy := range map[string]string{"/healthz": "default-src 'none'", "/nothing": "default-src 'none'", "/parse/x": "default-src 'none'", "/files/x": "default-src 'none'", "/docs": pages, "/docs/swagger-ui.css": pages} {
		h := ask(t, a, "GET", path).Header()
		got := map[string]string{}
		for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Strict-Transport-Security"} {
			got[name] = h.Get(name)
		}
		want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age=31536000"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if p := h.Get("Content-Security-Policy"); !strings.HasPrefix(p, policy) || !strings.Contains(p, "frame-ancestors 'none'") || len(h["Content-Security-Policy"]) != 1 {
			t.Errorf("%s has the policy %q", path, h["Content-Security-Policy"])
		}
	}
	for _, address := range []string{"", "http://docs.example.com", "https://localhost:8443"} {
		if h := ask(t, edgeOf(t, Edge{PublicURL: address}), "GET", "/healthz").Header(); h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%q keeps browsers to https", address)
		}
	}
}

func TestRequestID(t *testing.T) {
	a := edgeOf(t, Edge{})
	made := map[string]bool{}
	for range 100 {
		id := ask(t, a, "GET", "/healthz").Header().Get("X-Request-Id")
		if len(id) != 32 || made[id] {
			t.Fatalf("made %q", id)
		}
		made[id] = true
	}
	for sent, kept := range map[string]bool{
		"7f3a-42": true, "Root=1-67891233-abcdef012345678912345678": true, strings.Repeat("x", 128): true,
		strings.Repeat("x", 129): false, "a b": false, "a\"b": false, "<b>": false, "é": false, "-x": false,
	} {
		if got := ask(t, a, "GET", "/healthz", "X-Request-Id: "+sent).Header().Get("X-Request-Id"); (got == sent) != kept {
			t.Errorf("%q became %q", sent, got)
		}
	}
	var jobs struct {
		Details struct {
			RequestID string `json:"request_id"`
		}
	}
	if w := ask(t, a, "GET", "/jobs/x", "X-Request-Id: mine"); json.Unmarshal(w.Body.Bytes(), &jobs) != nil || jobs.Details.RequestID != "mine" {
		t.Errorf("the Jobs error is %s", w.Body)
	}
	if w := ask(t, a, "GET", "/v1/api/jobs/x", "X-Request-Id: mine"); !strings.Contains(w.Body.String(), `"requestId":"mine"`) {
		t.Errorf("the platform's error is %s", w.Body)
	}
	if w := ask(t, a, "GET", "/parse/x", "X-Request-Id: mine"); strings.Contains(w.Body.String(), "mine") {
		t.Errorf("the Vision error has room for it: %s", w.Body)
	}
}
