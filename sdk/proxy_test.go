package sdk_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fault is what the proxy does to the next requests.
type fault struct {
	Times      int    `json:"times"`
	Status     int    `json:"status"` // answered in the server's place
	RetryAfter int    `json:"retry_after"`
	Cut        string `json:"cut"`    // "before" or "after" the server has had the request
	Stream     string `json:"stream"` // "refuse": only requests for a stream are answered 501
}

type proxy struct {
	mu    sync.Mutex
	fault fault
	to    *httputil.ReverseProxy
}

// startProxy stands before the server for the length of a test.
func startProxy(t *testing.T, target string) string {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{to: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u) }, FlushInterval: -1}}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/-/fault" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.fault = fault{}
		if err := json.NewDecoder(r.Body).Decode(&p.fault); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
		return
	}
	switch f := p.next(r); {
	case f.Status != 0:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		http.Error(w, "<html>busy</html>", f.Status)
	case f.Stream != "":
		http.Error(w, "no streams here", http.StatusNotImplemented)
	case f.Cut == "before":
		panic(http.ErrAbortHandler)
	case f.Cut == "after":
		p.to.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	default:
		p.to.ServeHTTP(w, r)
	}
}

// next takes one of the faults that are left, if they are for this request.
func (p *proxy) next(r *http.Request) fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	stream := strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	if p.fault.Times <= 0 || p.fault.Stream != "" && !stream {
		return fault{}
	}
	p.fault.Times--
	return p.fault
}
