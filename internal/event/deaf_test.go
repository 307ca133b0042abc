package event

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// counting counts the lines that are written to it.
type counting struct{ lines *atomic.Int64 }

func (c counting) Write(p []byte) (int, error) { c.lines.Add(1); return len(p), nil }

// Through a pooler that lets no notification pass, a node tells so once and
// tries again four times an hour, and when the way was broken and mended; while
// it hears nothing, what it remembers is read every second.
func TestDeafNodesTryRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries, settings, warned atomic.Int64
		var broken atomic.Bool
		hub := NewHub()
		n := NewNodes(NodesOptions{
			Hub: hub, Self: "a", Log: slog.New(slog.NewTextHandler(counting{&warned}, &slog.HandlerOptions{Level: slog.LevelWarn})), Share: func() [][]byte { return nil },
			Read: func(context.Context, []job.ID) (map[job.ID]job.Event, error) { return nil, nil },
		})
		n.bus = bus{
			say: func(context.Context, []string) error {
				if broken.Load() {
					return errors.New("the database is away")
				}
				return nil
			},
			hear: func(context.Context, func(), func(string)) error { tries.Add(1); return store.ErrDeaf },
		}
		hub.Listen(func(e job.Event) bool {
			if e.Kind == job.EventSettings && e.Elsewhere {
				settings.Add(1)
			}
			return false
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); n.Run(ctx) }()
		pass := func(d time.Duration) int64 {
			synctest.Wait()
			before := tries.Load()
			<-time.After(d)
			synctest.Wait()
			return tries.Load() - before
		}
		if n := pass(time.Hour - time.Minute); n != 3 || tries.Load() != 4 {
			t.Errorf("an hour has %d tries, %d of them later", tries.Load(), n)
		}
		if told := warned.Load(); told != 1 {
			t.Errorf("told %d times", told)
		}
		if settings.Load() < 3000 {
			t.Errorf("what is remembered was read %d times", settings.Load())
		}
		pass(2 * time.Minute) // to the middle of a pause
		broken.Store(true)
		hub.Publish(job.Event{Kind: job.EventSettings})
		if n := pass(time.Minute); n != 0 {
			t.Errorf("%d tries while the way is broken", n)
		}
		broken.Store(false)
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
