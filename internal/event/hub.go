// Package event tells who waits that a job changed. What it says is a hint:
// the row is the truth, and whoever hears reads it again.
package event

import (
	"sync"
	"sync/atomic"

	"docket/internal/job"
)

// Hub hands events to listeners inside this process. An event costs as much as
// the listeners that it is for: those of other jobs and accounts are not
// looked at.
type Hub struct {
	mu     sync.Mutex
	topics map[topic][]*Listener
	onward func(job.Event) // to other nodes; nil: there are none
	deaf   atomic.Bool
}

// topic is what a listener listens to: one job, one account, or, when zero,
// everything.
type topic struct {
	job     job.ID
	account string
}

// NewHub makes a hub without listeners.
func NewHub() *Hub { return &Hub{topics: map[topic][]*Listener{}} }

// Publish wakes every listener that the event is for, here and on other nodes.
// It never waits: a listener that has not looked since the last event is awake
// already.
func (h *Hub) Publish(e job.Event) {
	if onward := h.hear(e); onward != nil {
		onward(e)
	}
}

// forward has every event that is published here told to others; to must not
// wait.
func (h *Hub) forward(to func(job.Event)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.onward = to
}

// Deaf says that there are other nodes, which are not heard.
func (h *Hub) Deaf() bool { return h.deaf.Load() }

// wakeAll wakes every listener: nobody knows what happened.
func (h *Hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, listeners := range h.topics {
		for _, l := range listeners {
			if l.changed != nil {
				l.changed.missed = true
			}
			l.rouse()
		}
	}
}

// missed wakes who listens to one of the accounts: nobody knows what happened.
func (h *Hub) missed(accounts []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, account := range accounts {
		for _, l := range h.topics[topic{account: account}] {
			l.changed.missed = true
			l.rouse()
		}
	}
}

// watched are the jobs and accounts that somebody listens to.
func (h *Hub) watched() (jobs []job.ID, accounts []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for t := range h.topics {
		switch {
		case !t.job.IsZero():
			jobs = append(jobs, t.job)
		case t.account != "":
			accounts = append(accounts, t.account)
		}
	}
	return jobs, accounts
}

// hear wakes the listeners of this node, and gives what tells the others: with
// the lock that it holds anyway, which every event needs.
func (h *Hub) hear(e job.Event) (onward func(job.Event)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell(topic{}, e)
	if !e.Job.IsZero() {
		h.tell(topic{job: e.Job}, e)
	}
	if e.Account != "" {
		h.tell(topic{account: e.Account}, e)
	}
	return h.onward
}

func (h *Hub) tell(t topic, e job.Event) {
	for _, l := range h.topics[t] {
		l.tell(e)
	}
}

// Listen adds a listener for the events that want accepts, of all jobs; want
// must be quick. It is for the few that need to hear of everything.
func (h *Hub) Listen(want func(job.Event) bool) *Listener {
	return h.add(&Listener{want: want})
}

// ListenJob adds a listener for the events of one job.
func (h *Hub) ListenJob(id job.ID) *Listener {
	return h.add(&Listener{topic: topic{job: id}})
}

// ListenAccount adds a listener for the jobs of one account; Take says which
// of them changed.
func (h *Hub) ListenAccount(account string) *Listener {
	return h.add(&Listener{topic: topic{account: account}, changed: &changes{}})
}

func (h *Hub) add(l *Listener) *Listener {
	l.hub, l.wake = h, make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	l.at = len(h.topics[l.topic])
	h.topics[l.topic] = append(h.topics[l.topic], l)
	return l
}

// remove is called with the lock held.
func (h *Hub) remove(l *Listener) {
	list := h.topics[l.topic]
	last := len(list) - 1
	list[l.at] = list[last]
	list[l.at].at = l.at
	list[last] = nil
	if last == 0 {
		delete(h.topics, l.topic)
		return
	}
	h.topics[l.topic] = list[:last]
}
