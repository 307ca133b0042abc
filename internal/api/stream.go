package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"docket/internal/event"
)

// pace says how often streams show that they are alive, and how long a reader
// may take.
type pace struct {
	heartbeat time.Duration // between comments of Server-Sent Events
	ping      time.Duration // between pings of a WebSocket
	patience  time.Duration // for a frame to be taken, and for the answer to a ping
}

func usualPace() pace {
	return pace{heartbeat: 15 * time.Second, ping: 25 * time.Second, patience: 10 * time.Second}
}

// streams are what the open streams of a server share.
type streams struct {
	pace  pace
	reads *reads
	slots *slots
	open  sync.WaitGroup // those that the HTTP server no longer knows of
}

// Drain waits until the streams have been ended, which happens when the server
// stops.
func (a *API) Drain(ctx context.Context) error {
	closed := make(chan struct{})
	go func() {
		a.streams.open.Wait()
		close(closed)
	}()
	select {
	case <-closed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("end streams: %w", context.Cause(ctx))
	}
}

// run tells a reader of every change until there is nothing more to tell: tell
// is called at once and after each change, beat at intervals. stopped says
// that the server stops.
func (a *API) run(gone <-chan struct{}, changes *event.Listener, every time.Duration, tell func() (done bool, err error), beat func() error) (stopped bool, err error) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	done, err := tell()
	for !done && err == nil {
		select {
		case <-changes.Wake():
			done, err = tell()
		case <-ticker.C:
			err = beat()
		case <-a.stopping:
			return true, nil
		case <-gone:
			return false, nil
		}
	}
	return false, err
}
