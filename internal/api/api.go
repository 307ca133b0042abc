// Package api speaks HTTP: it decodes a request, calls one verb of the
// service, and renders the answer in the dialect of the route.
package api

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"docket/internal/account"
	"docket/internal/service"
	"docket/internal/trace"
)

// API answers the requests of all dialects.
type API struct {
	service   *service.Service
	log       *slog.Logger
	maxFile   int64
	stopping  <-chan struct{}
	streams   streams
	windows   *account.Windows
	tempos    tempos
	answers   *answers
	edge      *edge
	metrics   *metrics
	tracer    *trace.Tracer
	health    Health
	dashboard Dashboard
	polled    routeMetrics // of GET /jobs/{id}
	handler   http.Handler
}

// Parts are what an API is made of.
type Parts struct {
	Service *service.Service
	// Answers is how many bytes of polls' answers are kept.
	Answers int
	// Stopping is closed when the server begins to stop: requests that wait
	// for something are answered at once.
	Stopping <-chan struct{}
	Log      *slog.Logger
	Tracer   *trace.Tracer // nil: nothing is traced
	Edge     Edge
	Health   Health
	// Dashboard may be nil: then there is none.
	Dashboard Dashboard
}

// New makes the API over a service.
func New(p Parts) *API {
	s := p.Service
	a := &API{service: s, log: p.Log, tracer: p.Tracer, maxFile: s.MaxFile(), stopping: p.Stopping, health: p.Health, dashboard: p.Dashboard, metrics: newMetrics(), windows: account.NewWindows(time.Now), tempos: usualTempos()}
	a.answers = newAnswers(p.Answers, time.Now, s.Hear)
	a.edge = newEdge(a, p.Edge)
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
		pattern := route.Pattern
		if route.Method == http.MethodGet && pattern == polledRoute {
			a.polled = a.metrics.route(route)
		}
		if pattern == dashboardPage {
			pattern = "/ui/*"
		}
		r.Method(route.Method, pattern, a.serve(route, a.guard(route.Scope, route.handle)))
	}
	r.NotFound(a.refusal(notFound))
	r.MethodNotAllowed(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Allow", strings.Join(allowed(r, req.URL.Path), ", "))
		a.refusal(methodNotAllowed)(w, req)
	})
	return a.edge.before(r)
}

// refusal answers what no route takes, in the dialect of the path.
func (a *API) refusal(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if !slices.Contains(knownMethods(), method) {
			method = "other" // anybody can make methods up
		}
		a.serve(Route{Method: method, Pattern: unrouted, dialect: dialectOf(r.URL.Path)}, h)(w, r)
	}
}

// allowed lists the methods that a path takes.
func allowed(r chi.Routes, path string) []string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if r.Match(chi.NewRouteContext(), m, path) {
			methods = append(methods, m)
		}
	}
	return methods
}

func knownMethods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
}
