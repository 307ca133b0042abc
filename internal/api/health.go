package api

import (
	"context"
	"net/http"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

// Health is what the API tells of the process that it is part of.
type Health struct {
	// Checks looks at what the service does not know of; nil when there is
	// nothing.
	Checks func() []service.Check
	// Metrics answers GET /metrics; nil when nothing is measured.
	Metrics http.Handler
}

// Limits of the answers about health.
const (
	checkTime  = 2 * time.Second // for the database to answer
	retryReady = "5"             // seconds after which to ask again
)

// getHealth is GET /healthz: 200 while the process answers at all.
func (a *API) getHealth(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, struct {
		Status string `json:"status"`
	}{"ok"})
}

// readiness is the body of GET /readyz.
type readiness struct {
	Status string          `json:"status"` // "ready" or "not_ready"
	Checks []service.Check `json:"checks"`
	Paused []string        `json:"paused"` // "intake" and operations
}

// getReadiness is GET /readyz: 200 when the server can take work, 503 with the
// reasons when it cannot. Operations that are paused do not count: their jobs
// are taken.
func (a *API) getReadiness(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	checks := a.service.Ready(ctx)
	if a.health.Checks != nil {
		checks = append(checks, a.health.Checks()...)
	}
	body := readiness{Status: "ready", Checks: checks, Paused: []string{}}
	for _, p := range a.service.Paused() {
		body.Paused = append(body.Paused, p.What)
	}
	status := http.StatusOK
	for _, c := range checks {
		if !c.OK {
			body.Status, status = "not_ready", http.StatusServiceUnavailable
			w.Header().Set("Retry-After", retryReady)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, status, body)
}

// getMetrics is GET /metrics, which concerns all accounts.
func (a *API) getMetrics(w http.ResponseWriter, r *http.Request) error {
	if a.health.Metrics == nil {
		return &job.Error{Code: job.NotFound, Facts: job.Facts{"path": r.URL.Path}}
	}
	a.health.Metrics.ServeHTTP(w, r)
	return nil
}

// HealthHandler answers /healthz, /readyz and /metrics, for a listener of
// their own, which asks for no key.
func (a *API) HealthHandler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range []Route{
		{"GET", "/healthz", public, jobsDialect, a.getHealth},
		{"GET", "/readyz", public, jobsDialect, a.getReadiness},
	} {
		mux.Handle(route.Method+" "+route.Pattern, a.serve(route, route.handle))
	}
	if a.health.Metrics != nil {
		mux.Handle("GET /metrics", a.health.Metrics)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.edge.setHeaders(w.Header(), r)
		mux.ServeHTTP(w, r)
	})
}
