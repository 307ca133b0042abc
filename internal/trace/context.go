package trace

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/propagation"
	otel "go.opentelemetry.io/otel/trace"
)

// The headers in which W3C Trace Context travels, in lower case as there.
const (
	parentHeader = "traceparent"
	stateHeader  = "tracestate"
)

// maxState is how long a tracestate may be to be carried, in bytes; a longer
// one need not be.
const maxState = 512

// Context is where ctx is in its trace, as a job carries it from node to node:
// a traceparent and, after a space, the tracestate if there is one. It is empty
// where nothing is traced.
func Context(ctx context.Context) string {
	if !otel.SpanContextFromContext(ctx).IsValid() {
		return ""
	}
	carried := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carried)
	if len(carried[stateHeader]) > maxState {
		return carried[parentHeader]
	}
	return strings.TrimSpace(carried[parentHeader] + " " + carried[stateHeader])
}

// restored is ctx at the place of a trace that Context gave.
func restored(ctx context.Context, text string) context.Context {
	parent, state, _ := strings.Cut(text, " ")
	// Never below another span of this process, which is of something else.
	ctx = otel.ContextWithSpanContext(ctx, otel.SpanContext{})
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{parentHeader: parent, stateHeader: state})
}

// Inject lets who gets the request go on with the trace.
func Inject(ctx context.Context, header http.Header) {
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(header))
}

// ID is the trace that ctx is in, as 32 hexadecimal digits; empty for none.
func ID(ctx context.Context) string {
	at := otel.SpanContextFromContext(ctx)
	if !at.HasTraceID() {
		return ""
	}
	return at.TraceID().String()
}
