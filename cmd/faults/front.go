package main

import (
	"context"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

// frontState is what a front does with the requests to the S3 server.
type frontState int

const (
	serves frontState = iota
	refers            // it says that it is too busy
	drags             // each takes its time
	mutes             // writes are done, and their answers are lost
)

// slowMost is how long a request waits at most on a front that drags.
const slowMost = 6 * time.Second

// front stands before the S3 server, as a balancer does.
type front struct {
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	state frontState
}

func newFront(ctx context.Context, to string) (*front, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &front{listener: l}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", to
			r.Out.Host = r.In.Host // it is signed
		},
		Transport:      &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true},
		ModifyResponse: f.answer,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	f.server = &http.Server{Handler: f.trouble(proxy), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = f.server.Serve(l) }() // until it is closed
	return f, nil
}

func (f *front) address() string { return f.listener.Addr().String() }

func (f *front) set(s frontState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state = s
}

func (f *front) now() frontState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// trouble does with a request what is to be done with it.
func (f *front) trouble(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch f.now() {
		case refers:
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>") // nobody may be there
			return
		case drags:
			if pause(r.Context(), rand.N(slowMost)) != nil {
				return
			}
		case serves, mutes:
		}
		next.ServeHTTP(w, r)
	})
}

var errMuted = errors.New("the answer is lost")

func (f *front) answer(r *http.Response) error {
	if f.now() == mutes && r.Request.Method != http.MethodGet && r.Request.Method != http.MethodHead {
		return errMuted
	}
	return nil
}

func (f *front) close() { _ = f.server.Close() } // nobody waits for an answer any more
