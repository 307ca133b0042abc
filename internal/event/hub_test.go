package event_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/event"
	"docket/internal/job"
)

// woken says whether the listener was, and lets it sleep again.
func woken(l *event.Listener) bool {
	select {
	case <-l.Wake():
		return true
	default:
		return false
	}
}

func TestListenerIsWokenOnceForManyEvents(t *testing.T) {
	hub := event.NewHub()
	queued := hub.Listen(func(e job.Event) bool { return e.To == job.Queued })
	ended := hub.Listen(func(e job.Event) bool { return e.To.Final() })
	for range 100 {
		hub.Publish(job.Event{To: job.Queued})
	}
	if !woken(queued) || woken(queued) {
		t.Error("not woken once")
	}
	if woken(ended) {
		t.Error("woken by what was not wanted")
	}
	queued.Close()
	queued.Close()
	hub.Publish(job.Event{To: job.Queued})
	if woken(queued) {
		t.Error("woken after the end")
	}
}

func TestListenersHearOfTheirOwn(t *testing.T) {
	hub := event.NewHub()
	a, b := job.ID{1}, job.ID{2}
	listeners := map[string]*event.Listener{
		"job a": hub.ListenJob(a), "job a again": hub.ListenJob(a), "job b": hub.ListenJob(b), "no job": hub.ListenJob(job.ID{3}),
		"account x": hub.ListenAccount("x"), "account y": hub.ListenAccount("y"),
		"all": hub.Listen(func(job.Event) bool { return true }),
	}
	for _, test := range []struct {
		event job.Event
		want  []string
	}{
		{job.Event{Job: a, Account: "x"}, []string{"job a", "job a again", "account x", "all"}},
		{job.Event{Job: b, Account: "y"}, []string{"job b", "account y", "all"}},
		{job.Event{Kind: job.EventDelivery}, []string{"all"}}, // of no job and no account
	} {
		hub.Publish(test.event)
		want := map[string]bool{}
		for _, name := range test.want {
			want[name] = true
		}
		for name, l := range listeners {
			if got := woken(l); got != want[name] {
				t.Errorf("%v: %s was woken: %v", test.event, name, got)
			}
		}
	}
}

func TestTakeHoldsTheNewestOfEachJob(t *testing.T) {
	hub := event.NewHub()
	l := hub.ListenAccount("x")
	for version := range int64(3) {
		for _, id := range []job.ID{{2}, {1}} {
			hub.Publish(job.Event{Job: id, Account: "x", Version: version})
		}
	}
	got, missed := l.Take()
	want := []job.Event{{Job: job.ID{2}, Account: "x", Version: 2}, {Job: job.ID{1}, Account: "x", Version: 2}}
	if diff := cmp.Diff(want, got); diff != "" || missed {
		t.Error(missed, diff)
	}
	if got, missed := l.Take(); len(got) != 0 || missed {
		t.Errorf("taken twice: %v, %v", got, missed)
	}
	for i := range event.MaxTaken + 1 {
		id := job.ID{byte(i), byte(i >> 8), 1}
		hub.Publish(job.Event{Job: id, Account: "x"})
		hub.Publish(job.Event{Job: id, Account: "x"})
	}
	if got, missed := l.Take(); len(got) != event.MaxTaken || !missed {
		t.Errorf("took %d, %v", len(got), missed)
	}
	if got, missed := l.Take(); len(got) != 0 || missed {
		t.Errorf("missed again: %v, %v", got, missed)
	}
}

// Closing moves others to another place.
func TestCloseInAnyOrder(t *testing.T) {
	for first := range 4 {
		t.Run(fmt.Sprint(first), func(t *testing.T) {
			hub, id := event.NewHub(), job.ID{1}
			var all []*event.Listener
			for range 4 {
				all = append(all, hub.ListenJob(id))
			}
			closed := map[int]bool{}
			for i := range all {
				n := (first + i*3) % len(all)
				all[n].Close()
				closed[n] = true
				hub.Publish(job.Event{Job: id})
				for k, l := range all {
					if woken(l) == closed[k] {
						t.Errorf("after closing %v, listener %d", closed, k)
					}
				}
			}
		})
	}
}
