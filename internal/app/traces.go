package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"docket/internal/config"
	"docket/internal/job"
	"docket/internal/trace"
)

// flushWithin is how long the end of the server waits for the last spans to be
// taken.
const flushWithin = 2 * time.Second

// startTraces begins to send traces. Without an endpoint it does nothing, and
// the tracer is nil. stop sends what is left, if that can be done in time.
//
// Spans wait for the collector in a queue of bounded length; those for which
// there is no room are dropped, so that nobody ever waits for it.
func startTraces(ctx context.Context, cfg config.Trace, n job.Node, log *slog.Logger) (t *trace.Tracer, stop func(), err error) {
	if cfg.Endpoint == "" {
		return nil, func() {}, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(cfg.Endpoint))
	if err != nil {
		return nil, nil, fmt.Errorf("--trace-endpoint: %w", err)
	}
	from, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", "docket"), attribute.String("service.version", n.Version),
		attribute.String("service.instance.id", n.ID), attribute.String("host.name", n.Host), attribute.String("docket.role", n.Role),
	), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		log.Warn("OTEL_RESOURCE_ATTRIBUTES is not all understood", "error", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err) }))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(&outages{SpanExporter: exporter, log: log}), sdk.WithResource(from))
	log.Info("traces are sent", "to", cfg.Endpoint)
	return trace.New(provider), func() {
		// The server has ended already, and so has its context.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWithin)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			log.Warn("the last traces were not sent", "error", err)
		}
	}, nil
}

// outages tells once that the collector does not take spans, and once that it
// does again.
type outages struct {
	sdk.SpanExporter
	log *slog.Logger

	mu   sync.Mutex
	lost int // spans, since it last took some
}

// ExportSpans reports no error: it has been told.
func (o *outages) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := o.SpanExporter.ExportSpans(ctx, spans)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil && o.lost > 0:
		o.log.Info("traces are taken again", "lost_spans", o.lost)
		o.lost = 0
	case err == nil:
	case o.lost == 0:
		o.log.Warn("traces are not taken; they are dropped until they are", "error", err)
		fallthrough
	default:
		o.lost += len(spans)
	}
	return nil
}
