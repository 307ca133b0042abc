package event

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
)

// What is said of events is understood elsewhere as it was meant.
func TestTextsSayEveryEvent(t *testing.T) {
	at := time.Date(2024, 1, 15, 10, 30, 0, 123456000, time.UTC)
	var events, heard []job.Event
	for i := range 500 {
		id, err := job.NewID()
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, job.Event{
			Job: id, Account: fmt.Sprintf("compte-\"é\"-%d", i), Operation: job.Parse, Took: time.Second, Version: int64(i), At: at,
			Kind: job.EventStatus, From: job.Processing, To: job.Failed, Attempt: 2, Code: job.FileCorrupted,
		})
	}
	events = append(events, job.Event{Kind: job.EventDelivery}, job.Event{Kind: job.EventSettings, At: at})
	all, err := texts("node-a", events)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range all {
		if len(text) > store.MaxSaid {
			t.Errorf("a text of %d bytes", len(text))
		}
		var s said
		if err := json.Unmarshal([]byte(text), &s); err != nil || s.Node != "node-a" {
			t.Fatalf("%v: %.100s", err, text)
		}
		for _, w := range s.Events {
			e, err := w.event()
			if err != nil || !e.Elsewhere {
				t.Fatalf("%v: %v", err, w)
			}
			e.Elsewhere = false
			heard = append(heard, e)
		}
	}
	if diff := cmp.Diff(events, heard); diff != "" {
		t.Error(diff)
	}
	if len(all) > 25 {
		t.Errorf("%d texts for %d events", len(all), len(events))
	}
}

// Of many changes of a job only the newest of a kind is said, and of too many
// only that there were too many.
func TestOnlyTheNewestIsSaid(t *testing.T) {
	hub := NewHub()
	n := NewNodes(NodesOptions{Hub: hub, Self: "a", Log: slog.New(slog.DiscardHandler)})
	for version := range int64(100) {
		hub.Publish(job.Event{Job: job.ID{1}, Version: version, Kind: job.EventProgress})
		hub.Publish(job.Event{Job: job.ID{1}, Version: version, Kind: job.EventStatus})
	}
	all, err := n.take()
	if err != nil || len(all) != 1 || strings.Count(all[0], `"v":99`) != 2 || strings.Contains(all[0], `"v":98`) {
		t.Errorf("%v: %v", err, all)
	}
	if all, err := n.take(); err != nil || len(all) != 0 {
		t.Errorf("said twice: %v, %v", all, err)
	}
	for i := range maxWaiting + 2 {
		hub.Publish(job.Event{Job: job.ID{byte(i), byte(i >> 8), byte(i >> 16)}, Kind: job.EventStatus})
	}
	all, err = n.take()
	if err != nil || len(all) == 0 || !strings.Contains(all[0], `"l":true`) {
		t.Errorf("too many: %v, %.200v", err, all)
	}
}

// What others say wakes those whom it is for; one's own words and nonsense wake
// nobody.
func TestHearingWakes(t *testing.T) {
	hub := NewHub()
	var shared []string
	n := NewNodes(NodesOptions{Hub: hub, Self: "a", Log: slog.New(slog.DiscardHandler), Heard: func(node string, b []byte) { shared = append(shared, node+string(b)) }})
	id := job.ID{1}
	mine, other, account := hub.ListenJob(id), hub.ListenJob(job.ID{2}), hub.ListenAccount("x")
	woken := func(l *Listener) bool {
		select {
		case <-l.Wake():
			return true
		default:
			return false
		}
	}
	say := func(node string) {
		all, err := texts(node, []job.Event{{Job: id, Account: "x", Kind: job.EventStatus, To: job.Completed, Version: 7}})
		if err != nil {
			t.Fatal(err)
		}
		n.hear(all[0])
	}
	say("a")
	n.hear("echo 1 2")
	n.hear(`{"n":"b","e":[{"j":"nonsense","k":"x"}]}`)
	if woken(mine) || woken(other) || woken(account) {
		t.Error("woken by nothing")
	}
	say("b")
	events, missed := account.Take()
	if !woken(mine) || woken(other) || !woken(account) || missed || len(events) != 1 || events[0].Version != 7 || !events[0].Elsewhere {
		t.Errorf("heard %v, %v", events, missed)
	}
	n.hear(`{"n":"b","l":true}`)
	if _, missed := account.Take(); !woken(mine) || !woken(other) || !woken(account) || !missed {
		t.Error("not everybody looks")
	}
	n.hear(`{"n":"b","s":{"taken":[]}}`)
	if diff := cmp.Diff([]string{`b{"taken":[]}`}, shared); diff != "" {
		t.Error(diff)
	}
}

// A node that died between its commit and its word leaves watchers who were
// told nothing; they are told a moment later all the same.
func TestWhatWasNeverSaidIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := NewHub()
		var version atomic.Int64
		n := NewNodes(NodesOptions{Hub: hub, Self: "a", Log: slog.New(slog.DiscardHandler), Read: func(_ context.Context, ids []job.ID) (map[job.ID]job.Event, error) {
			return map[job.ID]job.Event{ids[0]: {Job: ids[0], Version: version.Load()}}, nil
		}})
		n.set(true)
		l := hub.ListenJob(job.ID{1})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go n.poll(ctx)
		within := func(d time.Duration) bool {
			select {
			case <-l.Wake():
				return true
			case <-time.After(d):
				return false
			}
		}
		within(trustFor + 2*readEvery)
		if within(4 * trustFor) {
			t.Error("woken though nothing happened")
		}
		version.Add(1)
		if !within(trustFor + 2*readEvery) {
			t.Error("not woken by a change of which nobody spoke")
		}
	})
}

// What could not be said is not forgotten: the others are to look.
func TestWhatWasNotSaidIsLookedFor(t *testing.T) {
	n := NewNodes(NodesOptions{Hub: NewHub(), Self: "a", Log: slog.New(slog.DiscardHandler)})
	n.putAll()
	all, err := n.take()
	if err != nil || len(all) != 1 || !strings.Contains(all[0], `"l":true`) {
		t.Errorf("%v: %v", err, all)
	}
}
