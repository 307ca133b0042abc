package api

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
)

// serve calls the handler for a route and renders its error, unless the answer
// has begun: then the connection is cut, so that nobody takes half an answer
// for a whole.
func (a *API) serve(route Route, h handler) http.HandlerFunc {
	seen := a.metrics.route(route)
	return func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		steady(w, r, a.tempos.sending)
		ctx, span := a.tracer.Request(r, route.Method, route.Pattern)
		if span != nil {
			r = r.WithContext(ctx)
		}
		late := &lateWriter{ResponseWriter: w, tempo: a.tempos.reading, known: deadlineOf(r)}
		err := h(late, r)
		cut, code := false, ""
		if err != nil {
			p := problemOf(err, r)
			code = string(p.code)
			p.requestID = w.Header().Get(requestIDHeader)
			if cut = late.begun(); !cut {
				route.dialect(late, p)
			}
			if p.status >= http.StatusInternalServerError {
				a.logFailure(r, route, p, err)
			}
		}
		if !late.begun() {
			late.begin(http.StatusOK)
		}
		took := time.Since(begun) - late.waited
		seen.saw(late.status, took)
		span.Answered(late.status, code)
		a.logRequest(late, r, route, took)
		if cut {
			panic(http.ErrAbortHandler)
		}
	}
}

// logFailure tells the operator of a request that the server failed. A path
// may be a signed link, so it is the route that is named, and the job alone.
// What the operator has paused himself is no failure.
func (a *API) logFailure(r *http.Request, route Route, p problem, err error) {
	if p.code == job.IntakePaused {
		return
	}
	attrs := []any{"request_id", p.requestID, "method", route.Method, "route", route.Pattern}
	if id, _, bad := job.ParseID(chi.URLParam(r, "id")); bad == nil {
		attrs = append(attrs, "job", id)
	}
	if e, ok := errors.AsType[*job.Error](err); ok && e.Err != nil {
		err = e.Err // the facts may be the client's own words
	}
	a.log.ErrorContext(r.Context(), "a request failed", append(attrs, "error", err)...)
}

// logRequest writes a line for who looks for faults. Reads that went well have
// none: a poll must cost nothing that is not its answer.
func (a *API) logRequest(w *lateWriter, r *http.Request, route Route, took time.Duration) {
	status := w.status
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if (reads && status < http.StatusBadRequest) || !a.log.Enabled(r.Context(), slog.LevelDebug) {
		return
	}
	a.log.DebugContext(r.Context(), "a request", "request_id", w.Header().Get(requestIDHeader), "method", route.Method, "route", route.Pattern, "status", status,
		"took", took, "client", r.RemoteAddr, "account", w.account)
}
