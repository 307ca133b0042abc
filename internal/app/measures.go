package app

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"docket/internal/config"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/sandbox"
	"docket/internal/service"
)

// measures are what /metrics shows. No label names an account or a job.
type measures struct {
	registry    *prometheus.Registry
	transitions *prometheus.CounterVec
	failures    *prometheus.CounterVec
	waits       *prometheus.HistogramVec
	runs        *prometheus.HistogramVec
	listener    *event.Listener
}

// jobSeconds are the bounds of the times of jobs.
func jobSeconds() []float64 {
	return []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600}
}

// newMeasures counts the moves of jobs from now on.
func newMeasures(svc *service.Service, hub *event.Hub, ops []op.Operation) *measures {
	m := &measures{
		registry: prometheus.NewRegistry(),
		transitions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "docket_job_transitions_total", Help: "Moves of jobs from one state to another; those that were just made come from none.",
		}, []string{"operation", "from", "to"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "docket_job_failures_total", Help: "Jobs that failed, by the code of the reason.",
		}, []string{"operation", "code"}),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "docket_job_wait_seconds", Help: "How long jobs waited until a worker first took them.", Buckets: jobSeconds(),
		}, []string{"operation"}),
		runs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "docket_job_duration_seconds", Help: "How long jobs took, from when a worker first took them to their end.", Buckets: jobSeconds(),
		}, []string{"operation", "status"}),
	}
	m.add([]prometheus.Collector{
		m.transitions, m.failures, m.waits, m.runs, newLoadCollector(svc, ops),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector(),
	})
	m.listener = hub.Listen(func(e job.Event) bool {
		m.saw(e)
		return false // there is nothing to wake for
	})
	return m
}

func (m *measures) close() { m.listener.Close() }

// add shows what a part measures.
func (m *measures) add(parts ...[]prometheus.Collector) {
	for _, part := range parts {
		m.registry.MustRegister(part...)
	}
}

// saw counts an event; it is called for every one, and must be quick.
func (m *measures) saw(e job.Event) {
	if e.Elsewhere || (e.Kind != job.EventStatus && e.Kind != job.EventCreated) || e.From == e.To { // each node counts its own
		return
	}
	operation := string(e.Operation)
	m.transitions.WithLabelValues(operation, string(e.From), string(e.To)).Inc()
	if e.To == job.Failed {
		m.failures.WithLabelValues(operation, string(e.Code)).Inc()
	}
	switch {
	case e.From == job.Queued && e.To == job.Processing:
		m.waits.WithLabelValues(operation).Observe(e.Took.Seconds())
	case e.From == job.Processing && e.To.Final():
		m.runs.WithLabelValues(operation, string(e.To)).Observe(e.Took.Seconds())
	}
}

// handler answers in the format of Prometheus or OpenMetrics. A part that
// cannot be measured now is left out and logged.
func (m *measures) handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
	})
}

// checks looks at what the service does not know of: whether the server is
// about to stop, and whether documents can be read.
func checks(ctx context.Context, cfg config.Config, pool *sandbox.Pool) func() []service.Check {
	return func() []service.Check {
		running, children := service.Check{Name: "running", OK: true}, service.Check{Name: "sandbox", OK: true}
		if ctx.Err() != nil {
			running = service.Check{Name: "running", Reason: "the server is stopping"}
		}
		if cfg.Workers > 0 && !pool.Ready() {
			children = service.Check{Name: "sandbox", Reason: "no child process starts to read documents; at the first start of the server that takes some seconds"}
		}
		return []service.Check{running, children}
	}
}
