package worker

import (
	"context"
	"sync"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

const progressEvery = 500 * time.Millisecond

// progress stores how far an attempt is, at most twice a second and never
// backwards, on a goroutine of its own so that no operation waits for it.
type progress struct {
	mu      sync.Mutex
	current job.Progress
	changed chan struct{}
	quit    chan struct{}
	stopped chan struct{}
}

func newProgress(ctx context.Context, s *service.Service, cancel func(service.Held, error), j job.Job) *progress {
	p := &progress{
		current: job.Progress{TotalFiles: j.Progress.TotalFiles},
		changed: make(chan struct{}, 1), quit: make(chan struct{}), stopped: make(chan struct{}),
	}
	go p.run(ctx, func(state job.Progress) {
		if err := s.Progress(ctx, j, state); service.Fenced(err) {
			cancel(service.Held{ID: j.ID, Attempt: j.Attempt}, errLost)
		}
	})
	return p
}

func (p *progress) run(ctx context.Context, write func(job.Progress)) {
	defer close(p.stopped)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		select {
		case <-p.quit:
			return
		case <-ctx.Done():
			return
		case <-p.changed:
			write(p.last())
			pause.Reset(progressEvery)
		}
	}
}

func (p *progress) set(state job.Progress) {
	p.mu.Lock()
	p.current = state.Over(p.current)
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *progress) last() job.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

// stop returns when nothing more will be written.
func (p *progress) stop() {
	close(p.quit)
	<-p.stopped
}
