package sandbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"docket/internal/job"
)

// call is one request at one child.
type call struct {
	proc   *process
	limits Limits
	clock  *clock
	page   int   // the last page begun
	output int64 // bytes of records or chunks received
	retire bool
	killed bool            // the child did not survive the request
	ctx    context.Context //nolint:containedctx // a call is one request, and lives as long as it
	log    *slog.Logger

	// recognize reads a scan, all of a page or a part; it is nil where nothing
	// is to be recognized.
	recognize func(scan []byte, dpi int, whole bool) (*recognized, error)
	texts     []*recognized // of the page that is read

	stop    chan struct{}
	stopped chan struct{}

	mu      sync.Mutex
	verdict error // why the watcher killed the child
}

// maxLosses is how many children in a row may turn out dead when a request
// reaches them.
const maxLosses = 10

// errIdle is the end of a child that had not yet accepted the request.
var errIdle = errors.New("sandbox child ended while idle")

// run has perform talk to a free child that accepted the command. Any end but
// a good one, or one that the child reported itself, costs the child its life.
func (p *Pool) run(ctx context.Context, k kind, command any, perform func(*call) error) error {
	for range maxLosses {
		l, err := p.take(ctx)
		if err != nil {
			return err
		}
		err = p.serve(ctx, l, func(c *call) error {
			if err := c.command(k, command); err != nil {
				return err
			}
			return perform(c)
		})
		if !errors.Is(err, errIdle) {
			return err
		}
		p.log.Warn("idle sandbox child ended", "state", l.proc.state.String(), "stderr", l.proc.stderr.String())
	}
	return job.Errorf(job.Internal, nil, "%w: %d children in a row before they took the request", ErrDied, maxLosses)
}

// take waits for a free child.
func (p *Pool) take(ctx context.Context) (*lease, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	select {
	case l := <-p.free:
		return l, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-p.ctx.Done():
		return nil, ErrClosed
	}
}

// serve runs perform under watch and gives the child back, also when perform
// panics.
func (p *Pool) serve(ctx context.Context, l *lease, perform func(*call) error) error {
	c := &call{
		ctx: ctx, log: p.log,
		proc: l.proc, limits: p.opts.Limits, clock: newClock(p.opts.Limits.budget(0)),
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	usable := false
	defer func() { l.back <- usable }()
	go c.watch(ctx, p.ctx)
	err := func() error {
		defer func() { close(c.stop); <-c.stopped }()
		return perform(c)
	}()
	l.proc.r.trim()
	usable, err = c.judge(err)
	if c.killed {
		p.kills.WithLabelValues(causeOf(err)).Inc()
	}
	return err
}

// judge turns the end of a request into the caller's error, and tells whether
// the child may go on.
func (c *call) judge(err error) (usable bool, _ error) {
	if err == nil {
		// The answer is complete, even if the watcher struck right after it.
		return c.verdict == nil && !c.retire, nil
	}
	if e, ok := errors.AsType[*childError](err); ok {
		return c.verdict == nil && !c.retire, e.err
	}
	c.killed = true
	c.proc.kill()
	<-c.proc.exited
	if c.verdict != nil {
		return false, c.verdict
	}
	if e, ok := errors.AsType[*callerError](err); ok {
		return false, e.err
	}
	if errors.Is(err, errIdle) {
		return false, err
	}
	return false, c.death(err)
}
