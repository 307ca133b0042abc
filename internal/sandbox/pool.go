package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// Subcommand is the hidden word after which the binary runs ChildMain.
const Subcommand = "sandbox-child"

// Options say how a Pool is made.
type Options struct {
	// Children is the number of child processes, at least 1.
	Children int
	// CacheDir is the folder of the engine's compilation cache. It is made
	// when it does not exist.
	CacheDir string
	// Limits hold for every child and request. Default DefaultLimits, when
	// all of them are zero.
	Limits Limits
	// OCR is the program that recognizes text in pictures; nil for none.
	OCR *Recognizer
	// Log gets what no caller can be told. Default slog.Default().
	Log *slog.Logger
	// Command is the program of a child and its arguments. Default is this
	// binary with Subcommand.
	Command []string
}

// Pool keeps children ready and hands requests to them. It is safe for
// concurrent use.
type Pool struct {
	opts    Options
	log     *slog.Logger
	free    chan *lease
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	starter *starter
	keepers sync.WaitGroup
	kills   *prometheus.CounterVec
	alive   atomic.Int32 // children that are ready or at work
	starts  atomic.Bool  // the last child that was started became ready
	reader  *Recognizer  // nil without OCR

	mu      sync.Mutex
	started bool
	closed  bool
}

// lease is a child that is handed out for one request.
type lease struct {
	proc *process
	back chan bool // whether the child may be used again
}

// New makes a pool; Start starts it.
func New(opts Options) *Pool {
	opts.Children = max(opts.Children, 1)
	if opts.Limits == (Limits{}) {
		opts.Limits = DefaultLimits(opts.Children)
	}
	p := &Pool{opts: opts, log: opts.Log, reader: opts.OCR, free: make(chan *lease), kills: newKills()}
	if p.log == nil {
		p.log = slog.Default()
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Start compiles the engine into the cache, in a child that ends afterwards,
// and starts the children. It returns when the first of them is ready; ctx
// bounds only Start. After an error the pool is closed. A pool starts once.
func (p *Pool) Start(ctx context.Context) error {
	command := p.opts.Command
	if len(command) == 0 {
		var err error
		if command, err = defaultCommand(); err != nil {
			return err
		}
	}
	dir, err := filepath.Abs(p.opts.CacheDir)
	if err != nil {
		return fmt.Errorf("find sandbox cache: %w", err)
	}
	if err := p.begin(); err != nil {
		return err
	}
	p.opts.Command, p.opts.CacheDir = command, dir
	err = p.warm(ctx)
	p.keepers.Done()
	if err != nil {
		p.shut()
	}
	return err
}

// warm fills the cache, starts the keepers and waits for the first child.
func (p *Pool) warm(ctx context.Context) error {
	compiler, _, err := p.spawn(ctx, true)
	if err != nil {
		return fmt.Errorf("compile engine: %w", err)
	}
	compiler.dispose()

	ready := make(chan warmed, p.opts.Children)
	for range p.opts.Children {
		p.keepers.Go(func() { p.keep(ready) })
	}
	select {
	case w := <-ready:
		if w.err == nil && len(w.missing) > 0 {
			p.log.Warn("sandbox is incomplete on this system", "missing", w.missing)
		}
		return w.err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.ctx.Done():
		return ErrClosed
	}
}

// begin marks the pool as started and counts the caller as one keeper, so
// that Close waits for it.
func (p *Pool) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if p.started {
		return errors.New("sandbox was started before")
	}
	p.started = true
	p.starter = newStarter()
	p.keepers.Add(1)
	return nil
}

// Close kills every child, also those at work, and returns when all of them
// are reaped and all requests have ended. Its error is always nil.
func (p *Pool) Close() error {
	p.shut()
	return nil
}

func (p *Pool) shut() {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.keepers.Wait()
	if first && p.starter != nil {
		p.starter.stop()
	}
}
