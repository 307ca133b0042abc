package event_test

import (
	"testing"

	"docket/internal/event"
	"docket/internal/job"
)

func TestListenerIsWokenOnceForManyEvents(t *testing.T) {
	hub := event.NewHub()
	queued := hub.Listen(func(e job.Event) bool { return e.To == job.Queued })
	ended := hub.Listen(func(e job.Event) bool { return e.To.Final() })
	for range 100 {
		hub.Publish(job.Event{To: job.Queued})
	}
	<-queued.Wake()
	select {
	case <-queued.Wake():
		t.Error("woken twice")
	case <-ended.Wake():
		t.Error("woken by what was not wanted")
	default:
	}
	queued.Close()
	hub.Publish(job.Event{To: job.Queued})
	select {
	case <-queued.Wake():
		t.Error("woken after the end")
	default:
	}
}
