// Package trace says in spans of OpenTelemetry what happens to a job and how
// long it takes, on whichever node. Where nothing is traced, spans are nil:
// their methods do nothing, and nothing is spent on them.
//
// A span names a job, an operation, a stage, a code of an error, and the host
// that was asked. It never has what a document is called or says, an address
// with its path, a key, or the text of an error.
package trace

import (
	"context"
	"net/url"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	otel "go.opentelemetry.io/otel/trace"

	"docket/internal/job"
)

// scope names us among those who make spans.
const scope = "docket"

// Tracer begins what has no span above it in this process. A nil one traces
// nothing.
type Tracer struct{ tracer otel.Tracer }

// New makes a tracer whose spans go to the provider.
func New(p otel.TracerProvider) *Tracer { return &Tracer{p.Tracer(scope)} }

// Span is something that takes time. A nil one is not traced.
type Span struct {
	span otel.Span
	done <-chan struct{} // of the context that it is about
}

// begun is the span that tracing has put into a context.
func begun(ctx context.Context, span otel.Span) (context.Context, *Span) {
	return ctx, &Span{span: span, done: ctx.Done()}
}

// Attribute is a fact about a span.
type Attribute = attribute.KeyValue

// Text is a fact of text.
func Text(name, value string) Attribute { return attribute.String(name, value) }

// Number is a fact that counts something.
func Number(name string, value int) Attribute { return attribute.Int(name, value) }

// Host is the fact which server is asked: of an address the name alone, since
// its path may be as good as a key.
func Host(address string) Attribute {
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = u.Hostname()
	}
	return Text("server.address", host)
}

// Of are the facts about a job that every span of it has.
func Of(j job.Job) []Attribute {
	return []Attribute{Text("docket.job.id", j.ID.In(job.TypeID)), Text("docket.operation", string(j.Operation))}
}

// Start begins a part of what the context's span is about. Where nothing is
// recorded it gives the context as it is, and nil.
func Start(ctx context.Context, name string, facts ...Attribute) (context.Context, *Span) {
	return within(ctx, name, otel.SpanKindInternal, facts)
}

// Ask begins a question to another server.
func Ask(ctx context.Context, name string, facts ...Attribute) (context.Context, *Span) {
	return within(ctx, name, otel.SpanKindClient, facts)
}

func within(ctx context.Context, name string, kind otel.SpanKind, facts []Attribute) (context.Context, *Span) {
	parent := otel.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, nil
	}
	return begun(parent.TracerProvider().Tracer(scope).Start(ctx, name, otel.WithSpanKind(kind), otel.WithAttributes(facts...)))
}

// Attempt goes on with the trace of a job that a worker has just claimed: the
// time in which it waited, if this is the first claim, and then the attempt.
func (t *Tracer) Attempt(ctx context.Context, j job.Job) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx = restored(ctx, j.Trace)
	if j.Attempt == 1 {
		_, waited := t.tracer.Start(ctx, "queue", otel.WithTimestamp(j.CreatedAt), otel.WithAttributes(Of(j)...),
			otel.WithAttributes(attribute.Float64("docket.waited_seconds", j.UpdatedAt.Sub(j.CreatedAt).Seconds())))
		waited.End(otel.WithTimestamp(j.UpdatedAt))
	}
	return begun(t.tracer.Start(ctx, "attempt "+string(j.Operation), otel.WithSpanKind(otel.SpanKindConsumer),
		otel.WithAttributes(Of(j)...), otel.WithAttributes(Number("docket.attempt", j.Attempt))))
}

// Send goes on with the trace of the job of which a message tells.
func (t *Tracer) Send(ctx context.Context, d job.Delivery) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	facts := []Attribute{Text("docket.delivery.id", d.ID), Number("docket.attempt", d.Attempt)}
	if !d.Job.IsZero() {
		facts = append(facts, Text("docket.job.id", d.Job.In(job.TypeID)))
	}
	if d.Channel == job.ByWebhook {
		facts = append(facts, Host(d.Target))
	}
	return begun(t.tracer.Start(restored(ctx, d.Trace), "send "+string(d.Channel), otel.WithSpanKind(otel.SpanKindClient), otel.WithAttributes(facts...)))
}

// Note adds facts.
func (s *Span) Note(facts ...Attribute) {
	if s != nil {
		s.span.SetAttributes(facts...)
	}
}

// End ends the span, with the code of the error if there is one: its text may
// hold what a document says.
func (s *Span) End(err error) {
	switch {
	case s == nil:
		return
	case err != nil && s.interrupted():
		s.Note(attribute.Bool("docket.interrupted", true))
	case err != nil:
		s.Fail(string(job.CodeOf(err)))
	}
	s.span.End()
}

// Fail marks the span as failed, for a reason that is a code or a number.
func (s *Span) Fail(reason string) {
	if s != nil {
		s.span.SetAttributes(Text("error.type", reason))
		s.span.SetStatus(codes.Error, reason)
	}
}

// interrupted says that what the span is about was told to stop.
func (s *Span) interrupted() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}
