package trace_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"docket/internal/job"
	"docket/internal/trace"
)

// Where nothing is traced a request costs nothing that is kept on the heap, and
// neither does a poll where it is.
func TestOffCostsNothing(t *testing.T) {
	tracer, _ := recording(t, sdk.AlwaysSample())
	for name, on := range map[string]*trace.Tracer{"off": nil, "on": tracer} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/jobs/1", http.NoBody)
		if n := testing.AllocsPerRun(1000, func() {
			ctx, span := on.Request(r, http.MethodGet, "/jobs/{id}")
			_, part := trace.Start(ctx, "part")
			part.End(nil)
			span.Answered(http.StatusOK, "")
			if trace.ID(ctx) != "" || trace.Context(ctx) != "" {
				t.Error("a poll is traced")
			}
		}); n != 0 {
			t.Errorf("%s: a poll takes %v allocations", name, n)
		}
	}
}

// A job carries its trace as text, from which any node goes on; what is not
// sampled stays so everywhere.
func TestContextIsCarried(t *testing.T) {
	const parent, state = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-", "vendor=a:1,other=2"
	for flags, want := range map[string]int{"01": 4, "00": 0} {
		t.Run(flags, func(t *testing.T) {
			tracer, spans := recording(t, sdk.ParentBased(sdk.AlwaysSample()))
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/jobs", http.NoBody)
			r.Header.Set("Traceparent", parent+flags)
			r.Header.Set("Tracestate", state)
			ctx, span := tracer.Request(r, http.MethodPost, "/jobs")
			carried := trace.Context(ctx)
			span.Answered(http.StatusAccepted, "")
			if !strings.HasPrefix(carried, parent[:36]) || !strings.HasSuffix(carried, "-"+flags+" "+state) {
				t.Errorf("carries %q", carried)
			}
			at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			j := job.Job{Trace: carried, Operation: job.Parse, Attempt: 1, CreatedAt: at, UpdatedAt: at.Add(3 * time.Second)}
			_, run := tracer.Attempt(t.Context(), j)
			run.End(nil)
			there, send := tracer.Send(t.Context(), job.Delivery{Channel: job.ByWebhook, Target: "https://hidden:hidden@a.example/hidden?hidden", Trace: carried})
			header := http.Header{}
			trace.Inject(there, header)
			send.End(nil)
			if !strings.HasPrefix(header.Get("Traceparent"), parent[:36]) || header.Get("Tracestate") != state {
				t.Errorf("sends %v", header)
			}
			ended := spans.Ended()
			if len(ended) != want {
				t.Fatalf("%d spans", len(ended))
			}
			for _, s := range ended {
				if s.SpanContext().TraceID().String() != parent[3:35] {
					t.Errorf("%s is in another trace", s.Name())
				}
				for _, a := range s.Attributes() {
					if strings.Contains(a.Value.String(), "hidden") {
						t.Errorf("%s has %v", s.Name(), a)
					}
				}
				if s.Name() == "queue" && (!s.StartTime().Equal(at) || s.EndTime().Sub(s.StartTime()) != 3*time.Second) {
					t.Errorf("waited from %v to %v", s.StartTime(), s.EndTime())
				}
			}
		})
	}
}

// What a caller or a row says of a trace and is none begins a new one.
func TestNonsenseBeginsAnew(t *testing.T) {
	for _, text := range []string{"", "nonsense", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", strings.Repeat("x", 10_000)} {
		tracer, spans := recording(t, sdk.AlwaysSample())
		_, span := tracer.Attempt(t.Context(), job.Job{Trace: text, Attempt: 2})
		span.End(nil)
		if ended := spans.Ended(); len(ended) != 1 || ended[0].Parent().IsValid() {
			t.Errorf("%.20q: %v", text, ended)
		}
	}
}

// A state that is longer than any receiver must take is left out, so that no
// row grows by what a client sends.
func TestLongStateIsLeftOut(t *testing.T) {
	tracer, _ := recording(t, sdk.AlwaysSample())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/jobs", http.NoBody)
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	r.Header.Set("Tracestate", "a="+strings.Repeat("x", 255)+",b="+strings.Repeat("x", 255)+",c="+strings.Repeat("x", 255))
	ctx, span := tracer.Request(r, http.MethodPost, "/jobs")
	defer span.End(nil)
	if carried := trace.Context(ctx); len(carried) != 55 {
		t.Errorf("carries %d bytes", len(carried))
	}
}

// Of an error the code is told, and of a part that was stopped that it was.
func TestErrorsAreCodes(t *testing.T) {
	tracer, spans := recording(t, sdk.AlwaysSample())
	ctx, span := tracer.Attempt(t.Context(), job.Job{Operation: job.Parse, Attempt: 2})
	_, part := trace.Start(ctx, "part")
	part.End(job.Errorf(job.FileCorrupted, job.Facts{"reason": "hidden"}, "hidden"))
	_, part = trace.Start(ctx, "other")
	part.End(errors.New("hidden"))
	stopping, stop := context.WithCancel(ctx)
	_, part = trace.Start(stopping, "stopped")
	stop()
	part.End(context.Canceled)
	span.Answered(http.StatusServiceUnavailable, "unavailable")
	got := map[string]string{}
	for _, s := range spans.Ended() {
		got[s.Name()] = s.Status().Description
	}
	want := map[string]string{"part": "file_corrupted", "other": "internal", "stopped": "", "attempt parse": "unavailable"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func recording(t *testing.T, sampler sdk.Sampler) (*trace.Tracer, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	return trace.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans), sdk.WithSampler(sampler))), spans
}
