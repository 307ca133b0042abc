package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
)

// loadTime is how long a scrape may ask the database.
const loadTime = 5 * time.Second

// loadCollector asks the database what there is to do, at each scrape.
type loadCollector struct {
	service    *service.Service
	operations []job.Operation

	jobs, oldest, deliveries, paused, room *prometheus.Desc
}

func newLoadCollector(svc *service.Service, ops []op.Operation) *loadCollector {
	c := &loadCollector{
		service:    svc,
		jobs:       prometheus.NewDesc("docket_jobs", "Jobs that are kept, by state; the queue is those of status queued.", []string{"operation", "status"}, nil),
		oldest:     prometheus.NewDesc("docket_queue_oldest_seconds", "For how long the job that waits longest could have been taken.", []string{"operation"}, nil),
		deliveries: prometheus.NewDesc("docket_deliveries_pending", "Messages that wait to be sent.", nil, nil),
		paused:     prometheus.NewDesc("docket_paused", "1 while the operator has paused it: the intake, or an operation.", []string{"what"}, nil),
		room:       prometheus.NewDesc("docket_disk_free_bytes", "Room on the disk of the documents.", nil, nil),
	}
	for _, o := range ops {
		c.operations = append(c.operations, o.Name())
	}
	return c
}

// Describe lists what there is. // prometheus.Collector
func (c *loadCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.jobs, c.oldest, c.deliveries, c.paused, c.room} {
		to <- d
	}
}

// Collect asks. // prometheus.Collector
func (c *loadCollector) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), loadTime)
	defer cancel()
	load, err := c.service.Load(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(c.jobs, err)
		return
	}
	now := time.Now()
	for _, o := range c.operations {
		for _, s := range []job.Status{job.AwaitingUpload, job.Queued, job.Processing, job.Completed, job.Failed, job.Cancelled} {
			gauge(c.jobs, float64(load.Jobs[service.JobKind{Status: s, Operation: o}]), string(o), string(s))
		}
		age := time.Duration(0)
		if oldest, waits := load.Oldest[o]; waits {
			age = max(now.Sub(oldest), 0) // one that is to be tried again later could not be taken yet
		}
		gauge(c.oldest, age.Seconds(), string(o))
	}
	gauge(c.deliveries, float64(load.Deliveries))
	c.collectPaused(gauge)
	if free, err := c.service.FreeBytes(); err == nil {
		gauge(c.room, float64(free))
	}
}

func (c *loadCollector) collectPaused(gauge func(*prometheus.Desc, float64, ...string)) {
	paused := map[string]float64{service.Intake: 0}
	for _, o := range c.operations {
		paused[string(o)] = 0
	}
	for _, p := range c.service.Paused() {
		paused[p.What] = 1
	}
	for what, v := range paused {
		gauge(c.paused, v, what)
	}
}
