package notify

import (
	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/job"
)

// metrics counts what is sent.
type metrics struct {
	attempts *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newMetrics() metrics {
	return metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "docket_delivery_attempts_total", Help: "Tries to send a message: delivered, to be tried again (retry), or given up (failed).",
		}, []string{"channel", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "docket_delivery_duration_seconds", Help: "How long a try took.", Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"channel"}),
	}
}

// Collectors are what the dispatcher measures.
func (d *Dispatcher) Collectors() []prometheus.Collector {
	return []prometheus.Collector{d.metrics.attempts, d.metrics.duration}
}

func (m metrics) saw(channel job.Channel, a Attempt, final bool) {
	outcome := "retry"
	switch {
	case a.OK():
		outcome = "delivered"
	case final:
		outcome = "failed"
	}
	m.attempts.WithLabelValues(string(channel), outcome).Inc()
	m.duration.WithLabelValues(string(channel)).Observe(a.Took.Seconds())
}
