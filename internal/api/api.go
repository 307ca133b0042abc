// Package api speaks HTTP: it decodes a request, calls one verb of the
// service, and renders the answer in the dialect of the route.
package api

import (
	"log/slog"
	"net/http"
	"strings"

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
	handler  http.Handler
}

// New makes the API over a service. When stopping is closed, requests that
// wait for something are answered at once.
func New(s *service.Service, stopping <-chan struct{}, log *slog.Logger) *API {
	a := &API{service: s, log: log, maxFile: s.MaxFile(), stopping: stopping}
	a.streams.pace, a.streams.reads = usualPace(), newReads(s)
	a.streams.slots = &slots{most: s.MaxSockets(), open: map[string]int{}}
	a.handler = a.router()
	return a
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// handler answers a request, or says why it cannot; the dialect of the route
// finds the words.
type handler func(w http.ResponseWriter, r *http.Request) error

// Route is one line of the route table.
type Route struct {
	Method, Pattern string
	dialect         dialect
	handle          handler
}

// Routes is every route there is.
func (a *API) Routes() []Route {
	return []Route{
		{"POST", "/jobs", jobsDialect, a.createJob},
		{"GET", "/jobs", jobsDialect, a.listJobs},
		{"GET", "/jobs/status", jobsDialect, a.getMany},
		{"POST", "/jobs/batch", jobsDialect, a.createBatch},
		{"GET", "/jobs/batch/{id}", jobsDialect, a.getBatch},
		{"POST", "/jobs/batch/{id}/cancel", jobsDialect, a.cancelBatch},
		{"POST", "/jobs/batch/{id}/rerun", jobsDialect, a.rerunBatch},
		{"GET", "/jobs/{id}", jobsDialect, a.getJob},
		{"DELETE", "/jobs/{id}", jobsDialect, a.deleteJob},
		{"GET", "/jobs/{id}/status", jobsDialect, a.getStatus},
		{"GET", "/jobs/{id}/result", jobsDialect, a.getResult},
		{"GET", "/jobs/{id}/results", jobsDialect, a.getResult},
		{"GET", "/jobs/{id}/events", jobsDialect, a.getEvents},
		{"GET", "/jobs/{id}/deliveries", jobsDialect, a.getJobDeliveries},
		{"POST", "/jobs/{id}/cancel", jobsDialect, a.cancelJob},
		{"POST", "/jobs/{id}/rerun", jobsDialect, a.rerunJob},

		{"POST", "/parse", visionDialect, a.createParse},
		{"GET", "/parse/{id}", visionDialect, a.getParse},
		{"POST", "/v2/parse/upload", uploadDialect, a.createUpload},
		{"POST", "/v2/extract", visionDialect, a.createExtract},
		{"POST", "/extract", visionDialect, a.createExtract},
		{"POST", "/cite", visionDialect, a.createExtract},
		{"GET", "/v2/extract/{id}", visionDialect, a.getExtract},
		{"GET", "/extract/{id}", visionDialect, a.getExtract},
		{"GET", "/cite/{id}", visionDialect, a.getExtract},
		{"POST", "/classify", visionDialect, a.createClassify},
		{"GET", "/classify/{id}", visionDialect, a.getClassify},
		{"POST", "/splitter", visionDialect, a.createSplit},
		{"GET", "/splitter/{id}", visionDialect, a.getSplit},

		{"POST", "/v1/api/jobs", platformDialect, a.createPlatformJob},
		{"GET", "/v1/api/jobs", platformDialect, a.listPlatformJobs},
		{"GET", "/v1/api/jobs/{id}", platformDialect, a.getPlatformJob},
		{"POST", "/v1/api/jobs/{id}/rerun", platformDialect, a.rerunPlatformJob},
		{"POST", "/v1/api/jobs/{id}/cancel", platformDialect, a.cancelPlatformJob},

		{"POST", "/webhooks", jobsDialect, a.createWebhook},
		{"GET", "/webhooks", jobsDialect, a.listWebhooks},
		{"GET", "/webhooks/secret", jobsDialect, a.getSecret},
		{"POST", "/webhooks/secret", jobsDialect, a.rotateSecret},
		{"GET", "/webhooks/{id}", jobsDialect, a.getWebhook},
		{"DELETE", "/webhooks/{id}", jobsDialect, a.deleteWebhook},
		{"POST", "/webhooks/{id}/rotate", jobsDialect, a.rotateWebhook},
		{"POST", "/webhooks/{id}/enable", jobsDialect, a.enableWebhook},
		{"POST", "/webhooks/{id}/test", jobsDialect, a.testWebhook},
		{"POST", "/webhooks/{id}/replay", jobsDialect, a.replayWebhook},
		{"GET", "/webhooks/{id}/deliveries", jobsDialect, a.listDeliveries},
		{"GET", "/webhooks/{id}/deliveries/{delivery}", jobsDialect, a.getDelivery},
		{"POST", "/webhooks/{id}/deliveries/{delivery}/replay", jobsDialect, a.replayDelivery},

		{"GET", "/events", jobsDialect, a.streamAccount},
		{"POST", "/tickets", jobsDialect, a.createTicket},

		{"GET", "/files/{signed}", jobsDialect, a.getFile},
		{"PUT", "/uploads/{signed}", uploadDialect, a.upload},
		{"GET", "/healthz", jobsDialect, a.getHealth},
		{"GET", "/openapi/{name}.yaml", jobsDialect, a.getSpec},
		{"GET", "/docs", jobsDialect, a.getDocs},
		{"GET", "/docs/{file}", jobsDialect, a.getDocs},
	}
}

func (a *API) router() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.GetHead)
	for _, route := range a.Routes() {
		r.Method(route.Method, route.Pattern, a.serve(route.dialect, route.handle))
	}
	r.NotFound(func(w http.ResponseWriter, r *http.Request) { a.serve(dialectOf(r.URL.Path), notFound)(w, r) })
	r.MethodNotAllowed(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Allow", strings.Join(allowed(r, req.URL.Path), ", "))
		a.serve(dialectOf(req.URL.Path), methodNotAllowed)(w, req)
	})
	return openMode(r)
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
