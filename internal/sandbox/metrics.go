package sandbox

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/job"
)

// newKills counts the children that did not end by themselves.
func newKills() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "docket_sandbox_kills_total", Help: "Children that were killed or died at work, by cause.",
	}, []string{"cause"})
}

// Collectors are what the pool measures.
func (p *Pool) Collectors() []prometheus.Collector {
	return []prometheus.Collector{p.kills, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "docket_sandbox_children", Help: "Children that are ready or at work.",
	}, func() float64 { return float64(p.alive.Load()) })}
}

// Ready says that children start: the last one to be started did. That one was
// killed and its successor is not there yet does not count.
func (p *Pool) Ready() bool { return p.starts.Load() }

// causeOf is the word for why a child had to end.
func causeOf(err error) string {
	e, isJob := errors.AsType[*job.Error](err)
	switch {
	case errors.Is(err, ErrClosed):
		return "shutdown"
	case errors.Is(err, errIdle):
		return "idle"
	case errors.Is(err, errProtocol):
		return "protocol"
	case isJob && e.Code == job.Timeout:
		return "timeout"
	case isJob && e.Code == job.ResourceLimit:
		return "memory"
	case errors.Is(err, ErrDied):
		return "crash"
	}
	return "cancelled"
}
