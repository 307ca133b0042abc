package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/event"
	"docket/internal/job"
)

// While a node is told of changes it reads keys and pauses four times a minute;
// what it is told of, or misses, it reads at once. An outage is told once.
func TestFollowReadsWhatChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads, clocks int
		var fault error
		var log strings.Builder
		hub := event.NewHub()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			follower{
				hub, func(context.Context) error { reads++; return fault }, func(context.Context) error { clocks++; return fault },
				slog.New(slog.NewTextHandler(&log, nil)),
			}.run(ctx)
		}()
		synctest.Wait()
		pass := func(d time.Duration) int {
			before := reads
			<-time.After(d)
			synctest.Wait()
			return reads - before
		}
		if n := pass(time.Minute); n != 4 || clocks != 2 {
			t.Errorf("a quiet minute has %d reads, and looks at the clock %d times", n, clocks)
		}
		hub.Publish(job.Event{Kind: job.EventSettings})
		hub.Publish(job.Event{Kind: job.EventStatus, Elsewhere: true})
		if n := pass(time.Second); n != 0 {
			t.Errorf("read %d times for what happens here, or to jobs", n)
		}
		hub.Publish(job.Event{Kind: job.EventSettings, Elsewhere: true})
		if n := pass(time.Second); n != 1 {
			t.Errorf("read %d times for a change elsewhere", n)
		}
		fault = errors.New("the database is away")
		pass(10 * time.Minute)
		if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
			t.Errorf("an outage is told %d times", n)
		}
		stop()
		<-done
	})
}
