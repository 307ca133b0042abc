package service

import (
	"sync"
	"time"

	"docket/internal/job"
)

// pace remembers how long jobs of each operation usually take, wherever they
// ran.
type pace struct {
	mu    sync.Mutex
	usual map[job.Operation]time.Duration
}

// saw counts a job that was completed; the latest weigh most.
func (p *pace) saw(e job.Event) {
	if e.Kind != job.EventStatus || e.From != job.Processing || e.To != job.Completed {
		return
	}
	took := e.Took
	p.mu.Lock()
	defer p.mu.Unlock()
	if before, ok := p.usual[e.Operation]; ok {
		took = (9*before + took) / 10
	}
	p.usual[e.Operation] = took
}

// of is the usual time of the operation, or 0 when none was seen.
func (p *pace) of(o job.Operation) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.usual[o]
}
