package store

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics measures what the writer does.
type metrics struct {
	size     prometheus.Histogram
	duration prometheus.Histogram
	failures prometheus.Counter
}

func newMetrics() metrics {
	return metrics{
		size: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "docket_store_commit_operations", Help: "Writes that shared one commit.", Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "docket_store_commit_duration_seconds", Help: "How long a commit took, from its beginning until it was on disk.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "docket_store_commit_failures_total", Help: "Commits that failed; their writes were tried again in smaller ones.",
		}),
	}
}

func (m metrics) saw(writes int, begun time.Time, err error) {
	if err != nil {
		m.failures.Inc()
		return
	}
	m.size.Observe(float64(writes))
	m.duration.Observe(time.Since(begun).Seconds())
}

// Collectors are what the store measures.
func (s *Store) Collectors() []prometheus.Collector {
	m := s.seen.metrics
	return []prometheus.Collector{m.size, m.duration, m.failures}
}
