package app

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// stopWork is how long after the signal, and the delay, a server waits for
// what it does besides answering requests. Together with the rest it is less
// than the ten seconds that are promised.
const stopWork = 7 * time.Second

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
