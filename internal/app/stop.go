package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// How long after the signal, and the delay, a server waits. Less than ten
// seconds are promised for all of it.
const (
	stopWork = 7 * time.Second // for what it does besides answering requests
	stopAll  = 9 * time.Second // and for what it is made of to be closed
)

// deadline is closed when a server whose context ends then has waited long
// enough.
func deadline(ctx context.Context, after time.Duration) <-chan struct{} {
	late := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(after, func() { close(late) }) })
	return late
}

// waitFor waits until all is done, or until it is late: a database or a bucket
// that takes requests and answers none would keep it for minutes. What is not
// done then is as after a kill -9, and nothing is lost.
func waitFor(wg *sync.WaitGroup, late <-chan struct{}, log *slog.Logger) {
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-late:
		log.Warn("stopped in the middle of work, because the database or the store of the documents does not answer: jobs go on when their leases end")
	}
}

// within lives until that ends, or the context has ended and it is late. Then
// the process is to end without it: what closes a connection waits for answers
// too. The error is that of live, or what ended the context, unless that was a
// signal.
func within(ctx context.Context, late <-chan struct{}, log *slog.Logger, live func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- live() }()
	select {
	case err := <-ended:
		return err
	case <-late:
		log.Warn("ended without closing the database, which does not answer: nothing is lost")
	}
	return unlessSignal(context.Cause(ctx))
}

// unlessSignal is what ended a server, or nil when it was told to end.
func unlessSignal(cause error) error {
	if errors.Is(cause, context.Canceled) {
		return nil
	}
	return cause
}
