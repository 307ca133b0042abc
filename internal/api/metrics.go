package api

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// unrouted is the pattern under which requests are counted that no route took.
const unrouted = "none"

// metrics counts requests and those who watch.
type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	watching  map[watcher]*atomic.Int64
	watchers  []prometheus.Collector
}

// watcher is a way to follow jobs.
type watcher string

const (
	bySocket watcher = "websocket"
	byStream watcher = "sse"
	byPoll   watcher = "long_poll"
)

func newMetrics() *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "docket_http_requests_total", Help: "Requests that were answered, by route and status.",
		}, []string{"method", "route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "docket_http_request_duration_seconds", Help: "How long answers took, without the waiting of long polls.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"method", "route"}),
		watching: map[watcher]*atomic.Int64{},
	}
	for _, kind := range []watcher{bySocket, byStream, byPoll} {
		n := &atomic.Int64{}
		m.watching[kind] = n
		m.watchers = append(m.watchers, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "docket_watchers", Help: "Clients that wait for news at this moment, by kind.", ConstLabels: prometheus.Labels{"kind": string(kind)},
		}, func() float64 { return float64(n.Load()) }))
	}
	return m
}

// Collectors are what the API measures.
func (a *API) Collectors() []prometheus.Collector {
	return append([]prometheus.Collector{a.metrics.requests, a.metrics.durations}, a.metrics.watchers...)
}

// watch counts a watcher until the function that it gives is called.
func (m *metrics) watch(kind watcher) (gone func()) {
	n := m.watching[kind]
	n.Add(1)
	return func() { n.Add(-1) }
}

// routeMetrics are those of one route, found once: polls are counted without
// looking anything up.
type routeMetrics struct {
	requests *prometheus.CounterVec
	ok       prometheus.Counter
	same     func() prometheus.Counter // those that were answered with 304
	duration prometheus.Observer
}

func (m *metrics) route(r Route) routeMetrics {
	requests := m.requests.MustCurryWith(prometheus.Labels{"method": r.Method, "route": r.Pattern})
	same := sync.OnceValue(func() prometheus.Counter { return requests.WithLabelValues("304") }) // most routes have none
	return routeMetrics{requests, requests.WithLabelValues("200"), same, m.durations.WithLabelValues(r.Method, r.Pattern)}
}

func (m routeMetrics) saw(status int, took time.Duration) {
	switch status {
	case http.StatusOK:
		m.ok.Inc()
	case http.StatusNotModified:
		m.same().Inc()
	default:
		m.requests.WithLabelValues(strconv.Itoa(status)).Inc()
	}
	m.duration.Observe(took.Seconds())
}
