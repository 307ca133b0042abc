package app

import (
	"context"
	"io"
	"log/slog"

	"docket/internal/config"
	"docket/internal/trace"
)

// newLog writes to w as the settings say.
func newLog(cfg config.Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	var h slog.Handler = slog.NewTextHandler(w, options)
	if cfg.LogJSON {
		h = slog.NewJSONHandler(w, options)
	}
	if cfg.Trace.Endpoint != "" {
		h = traced{h}
	}
	return slog.New(h)
}

// traced adds to each line the trace that it belongs to, if any.
type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if id := trace.ID(ctx); id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }

func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }
