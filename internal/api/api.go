// Package api speaks HTTP: it decodes a request, calls one verb of the
// service, and renders the answer in the dialect of the route.
package api

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"docket/internal/account"
	"docket/internal/service"
)

// API answers the requests of all dialects.
type API struct {
	service  *service.Service
	log      *slog.Logger
	maxFile  int64
	stopping <-chan struct{}
	streams  streams
	windows  *account.Windows
	tempos   tempos
	handler  http.Handler
}

// New makes the API over a service. When stopping is closed, requests that
// wait for something are answered at once.
func New(s *service.Service, stopping <-chan struct{}, log *slog.Logger) *API {
	a := &API{service: s, log: log, maxFile: s.MaxFile(), stopping: stopping, windows: account.NewWindows(time.Now), tempos: usualTempos()}
	a.streams.pace, a.streams.reads = usualPace(), newReads(s)
	a.streams.slots = &slots{most: s.MaxSockets(), open: map[string]int{}}
	a.handler = a.router()
	return a
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// handler answers a request, or says why it cannot; the dialect of the route
// finds the words.
type handler func(w http.ResponseWriter, r *http.Request) error

func (a *API) router() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.GetHead)
	for _, route := range a.Routes() {
		r.Method(route.Method, route.Pattern, a.serve(route.dialect, a.guard(route.Scope, route.handle)))
	}
	r.NotFound(func(w http.ResponseWriter, r *http.Request) { a.serve(dialectOf(r.URL.Path), notFound)(w, r) })
	r.MethodNotAllowed(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Allow", strings.Join(allowed(r, req.URL.Path), ", "))
		a.serve(dialectOf(req.URL.Path), methodNotAllowed)(w, req)
	})
	return r
}

// allowed lists the methods that a path takes.
func allowed(r chi.Routes, path string) []string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if r.Match(chi.NewRouteContext(), m, path) {
			methods = append(methods, m)
		}
	}
	return methods
}

// serve calls the handler and renders its error, unless the answer has begun:
// then the connection is cut, so that nobody takes half an answer for a whole.
func (a *API) serve(d dialect, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		steady(w, r, a.tempos.sending)
		late := &lateWriter{ResponseWriter: w, tempo: a.tempos.reading, known: deadlineOf(r)}
		err := h(late, r)
		if err == nil {
			if !late.begun {
				late.begin()
			}
			return
		}
		p := problemOf(err, r)
		if p.status >= 500 {
			a.log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		if late.begun {
			panic(http.ErrAbortHandler)
		}
		d(late, p)
	}
}
