package event

import "docket/internal/job"

// MaxTaken is how many changed jobs a listener of an account remembers between
// two calls of Take.
const MaxTaken = 4096

// Listener is told of events until it is closed.
type Listener struct {
	hub     *Hub
	topic   topic
	at      int // place among the listeners of the topic
	wake    chan struct{}
	want    func(job.Event) bool // nil: everything of the topic
	changed *changes             // nil: not remembered
	closed  bool
}

// changes are the newest events, one a job, in the order of the jobs' first.
type changes struct {
	newest map[job.ID]job.Event
	order  []job.ID
	missed bool
}

// tell is called with the hub's lock held.
func (l *Listener) tell(e job.Event) {
	if l.want != nil && !l.want(e) {
		return
	}
	if l.changed != nil {
		l.changed.note(e)
	}
	l.rouse()
}

func (l *Listener) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (c *changes) note(e job.Event) {
	if _, known := c.newest[e.Job]; !known {
		if len(c.order) == MaxTaken {
			c.missed = true
			return
		}
		if c.newest == nil {
			c.newest = map[job.ID]job.Event{}
		}
		c.order = append(c.order, e.Job)
	}
	c.newest[e.Job] = e
}

// Wake has a value when something happened since it was last read.
func (l *Listener) Wake() <-chan struct{} { return l.wake }

// Take gives the newest event of each job that changed since the last call, in
// the order in which they changed first. It is for listeners of an account.
// missed says that there were more than MaxTaken, so that some are not told.
func (l *Listener) Take() (events []job.Event, missed bool) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if l.changed == nil {
		return nil, false
	}
	for _, id := range l.changed.order {
		events = append(events, l.changed.newest[id])
	}
	missed = l.changed.missed
	*l.changed = changes{}
	return events, missed
}

// Close ends the listening; a second call changes nothing.
func (l *Listener) Close() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.hub.remove(l)
	}
}
