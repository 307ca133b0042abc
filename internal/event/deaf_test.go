package event

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// Through a pooler that lets no notification pass, a node tells so once and
// tries again four times an hour, and when the way was broken and mended; while
// it hears nothing, what it remembers is read every second.
func TestDeafNodesTryRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries int
		var broken error
		var log strings.Builder
		hub := NewHub()
		n := NewNodes(NodesOptions{
			Hub: hub, Self: "a", Log: slog.New(slog.NewTextHandler(&log, nil)), Share: func() [][]byte { return nil },
			Read: func(context.Context, []job.ID) (map[job.ID]job.Event, error) { return nil, nil },
		})
		n.bus = bus{
			say:  func(context.Context, []string) error { return broken },
			hear: func(context.Context, func(), func(string)) error { tries++; return store.ErrDeaf },
		}
		settings := 0
		hub.Listen(func(e job.Event) bool {
			if e.Kind == job.EventSettings && e.Elsewhere {
				settings++
			}
			return false
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); n.Run(ctx) }()
		pass := func(d time.Duration) int {
			before := tries
			<-time.After(d)
			synctest.Wait()
			return tries - before
		}
		if n := pass(time.Hour - time.Minute); n != 4 {
			t.Errorf("an hour has %d tries", n)
		}
		if told := strings.Count(log.String(), "level=WARN"); told != 1 {
			t.Errorf("told %d times: %s", told, &log)
		}
		if settings < 3000 {
			t.Errorf("what is remembered was read %d times", settings)
		}
		pass(2 * time.Minute) // to the middle of a pause
		broken = errors.New("the database is away")
		hub.Publish(job.Event{Kind: job.EventSettings})
		if n := pass(time.Minute); n != 0 {
			t.Errorf("%d tries while the way is broken", n)
		}
		broken = nil
		hub.Publish(job.Event{Kind: job.EventSettings})
		if n := pass(time.Minute); n != 1 {
			t.Errorf("%d tries when it was mended", n)
		}
		stop()
		<-done
	})
}

// Who tells other nodes of an event may listen and publish: no lock is held.
func TestForwardHoldsNoLock(t *testing.T) {
	hub, told := NewHub(), 0
	hub.forward(func(e job.Event) {
		if told++; told == 1 {
			hub.Listen(nil).Close()
			hub.Publish(e)
		}
	})
	hub.Publish(job.Event{Kind: job.EventDelivery})
	if told != 2 {
		t.Errorf("told %d times", told)
	}
}
