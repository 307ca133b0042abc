package sandbox

import (
	"context"
	"fmt"
	"time"
)

// warmed is how the first start of a child went.
type warmed struct {
	missing []string
	err     error
}

const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// keep holds one place of the pool: it starts a child, offers it, and starts
// the next when that one has ended.
func (p *Pool) keep(ready chan<- warmed) {
	pause := firstPause
	for first := true; p.ctx.Err() == nil; first = false {
		proc, missing, err := p.spawn(p.ctx, false)
		p.starts.Store(err == nil)
		if err == nil {
			p.alive.Add(1)
		}
		if first {
			ready <- warmed{missing, err}
		}
		served := false
		switch {
		case err == nil:
			served = p.offer(proc)
			p.alive.Add(-1)
			proc.dispose()
		case p.ctx.Err() == nil:
			p.log.Error("sandbox child does not start", "error", err, "again_in", pause)
		}
		if served {
			pause = firstPause
			continue
		}
		// Children that end before they are of use must not be started in a
		// busy loop.
		select {
		case <-time.After(pause):
			pause = min(2*pause, maxPause)
		case <-p.ctx.Done():
		}
	}
}

// offer hands the child to one request after the other until it is used up,
// has ended, or the pool is closed. It tells whether any request came.
func (p *Pool) offer(proc *process) (served bool) {
	for ; ; served = true {
		l := &lease{proc: proc, back: make(chan bool, 1)}
		select {
		case p.free <- l:
			if usable := <-l.back; !usable || p.worn(proc) {
				return true
			}
		case <-proc.exited:
			p.log.Warn("idle sandbox child ended", "state", proc.state.String(), "stderr", proc.stderr.String())
			return served
		case <-p.ctx.Done():
			return served
		}
	}
}

// worn tells whether a child has served long enough.
func (p *Pool) worn(proc *process) bool {
	limits := p.opts.Limits
	if limits.RecycleAfter > 0 && proc.reads >= limits.RecycleAfter {
		return true
	}
	if limits.RecycleMemory <= 0 {
		return false
	}
	rss, err := residentBytes(proc.cmd.Process.Pid)
	return err == nil && rss > limits.RecycleMemory
}

const (
	compileTime = 5 * time.Minute
	loadTime    = time.Minute
)

// spawn starts a child and waits until it is ready. missing are the
// protections that it could not get.
func (p *Pool) spawn(ctx context.Context, compile bool) (proc *process, missing []string, err error) {
	proc, err = startProcess(p.starter, p.opts.Command)
	if err != nil {
		return nil, nil, err
	}
	most := loadTime
	if compile {
		most = compileTime
	}
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("sandbox child not ready in %s", most))
	defer cancel()
	defer context.AfterFunc(ctx, proc.kill)()
	defer context.AfterFunc(p.ctx, proc.kill)()

	answer, err := proc.greet(settings{Compile: compile, CacheDir: p.opts.CacheDir, Limits: p.opts.Limits})
	if err == nil {
		if _, err := residentBytes(proc.cmd.Process.Pid); err != nil && !compile {
			answer.Missing = append(answer.Missing, "memory watch: "+err.Error())
		}
		return proc, answer.Missing, nil
	}
	proc.dispose()
	switch {
	case p.ctx.Err() != nil:
		return nil, nil, ErrClosed
	case ctx.Err() != nil:
		return nil, nil, context.Cause(ctx)
	}
	return nil, nil, fmt.Errorf("greet sandbox child: %w (%s)%s", err, proc.state, proc.lastWords())
}
