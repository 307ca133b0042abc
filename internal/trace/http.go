package trace

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/propagation"
	otel "go.opentelemetry.io/otel/trace"
)

// Request begins the span of a request to a route; it goes on with the trace
// that the caller names. A read is traced when the caller does so alone: there
// are more polls than all else, and none of them is news.
func (t *Tracer) Request(r *http.Request, method, route string) (context.Context, *Span) {
	ctx := r.Context()
	if t == nil {
		return ctx, nil
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reads && r.Header.Get("Traceparent") == "" {
		return ctx, nil
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	if reads && !otel.SpanContextFromContext(ctx).IsValid() {
		return ctx, nil
	}
	return begun(t.tracer.Start(ctx, method+" "+route, otel.WithSpanKind(otel.SpanKindServer),
		otel.WithAttributes(Text("http.request.method", method), Text("http.route", route))))
}

// Answered ends the span of a request, with the code of its error if there was
// one. That a client has made a mistake is no failure of the server.
func (s *Span) Answered(status int, code string) {
	if s == nil {
		return
	}
	s.Note(Number("http.response.status_code", status))
	switch {
	case status >= http.StatusInternalServerError:
		s.Fail(cmp.Or(code, strconv.Itoa(status)))
	case code != "":
		s.Note(Text("error.type", code))
	}
	s.span.End()
}
