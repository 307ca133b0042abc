// Package api speaks HTTP: it decodes a request, calls one verb of the
// service, and renders the answer in the dialect of the route.
package api

import (
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"docket/internal/account"
	"docket/internal/service"
)

// API answers the requests of all dialects.
type API struct {
	service *service.Service
	log     *slog.Logger
	maxFile int64
	handler http.Handler
}

// New makes the API over a service; maxFile is the size in bytes of the
// largest document.
func New(s *service.Service, maxFile int64, log *slog.Logger) *API {
	a := &API{service: s, log: log, maxFile: maxFile}
	a.handler = a.router()
	return a
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// handler answers a request, or says why it cannot; the dialect of the route
// finds the words.
type handler func(w http.ResponseWriter, r *http.Request) error

type route struct {
	method, pattern string
	dialect         dialect
	handle          handler
}

// routes is every route there is.
func (a *API) routes() []route {
	return []route{
		{"POST", "/jobs", jobsDialect, a.createJob},
		{"GET", "/jobs/{id}", jobsDialect, a.getJob},
		{"GET", "/jobs/{id}/result", jobsDialect, a.getResult},
		{"GET", "/jobs/{id}/results", jobsDialect, a.getResult},

		{"POST", "/parse", visionDialect, a.createParse},
		{"GET", "/parse/{id}", visionDialect, a.getParse},

		{"GET", "/files/{signed}", jobsDialect, a.getFile},
		{"GET", "/healthz", jobsDialect, a.getHealth},
	}
}

func (a *API) router() http.Handler {
	r := chi.NewRouter()
	for _, route := range a.routes() {
		r.Method(route.method, route.pattern, a.serve(route.dialect, route.handle))
	}
	r.NotFound(a.serve(jobsDialect, notFound))
	r.MethodNotAllowed(a.serve(jobsDialect, methodNotAllowed))
	return openMode(r)
}

// openMode lets everyone be the local account. // contract J27
func openMode(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(account.With(r.Context(), account.Account{ID: account.Local})))
	})
}

// serve calls the handler and renders its error, unless the answer has begun:
// then the connection is cut, so that nobody takes half an answer for a whole.
func (a *API) serve(d dialect, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		late := &lateWriter{ResponseWriter: w}
		err := h(late, r)
		if err == nil {
			return
		}
		p := problemOf(err, r)
		if p.status >= 500 {
			a.log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		if late.begun {
			panic(http.ErrAbortHandler)
		}
		d(w, p)
	}
}

// lateWriter knows whether the answer has begun.
type lateWriter struct {
	http.ResponseWriter
	begun bool
}

func (w *lateWriter) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *lateWriter) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *lateWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
