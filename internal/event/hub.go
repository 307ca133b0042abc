// Package event tells who waits that a job changed. What it says is a hint:
// the row is the truth, and whoever hears reads it again.
package event

import (
	"sync"

	"docket/internal/job"
)

// Hub hands events to listeners inside this process.
type Hub struct {
	mu        sync.Mutex
	listeners map[*Listener]struct{}
}

// Listener is told of events until it is closed.
type Listener struct {
	hub  *Hub
	wake chan struct{}
	want func(job.Event) bool
}

// NewHub makes a hub without listeners.
func NewHub() *Hub { return &Hub{listeners: map[*Listener]struct{}{}} }

// Publish wakes every listener that wants the event. It never waits: a
// listener that has not looked since the last event is awake already.
func (h *Hub) Publish(e job.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		if !l.want(e) {
			continue
		}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// Listen adds a listener for the events that want accepts; want must be quick.
func (h *Hub) Listen(want func(job.Event) bool) *Listener {
	l := &Listener{hub: h, wake: make(chan struct{}, 1), want: want}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listeners[l] = struct{}{}
	return l
}

// Wake has a value when something happened since it was last read.
func (l *Listener) Wake() <-chan struct{} { return l.wake }

// Close ends the listening.
func (l *Listener) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	delete(l.hub.listeners, l)
}
