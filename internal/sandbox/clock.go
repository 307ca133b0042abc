package sandbox

import (
	"sync"
	"time"
)

// clock counts the time that is the child's, against its budget.
type clock struct {
	mu     sync.Mutex
	budget time.Duration
	used   time.Duration // until since
	since  time.Time     // zero while paused
}

func newClock(budget time.Duration) *clock {
	return &clock{budget: budget, since: time.Now()}
}

func (c *clock) pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used += c.running()
	c.since = time.Time{}
}

func (c *clock) resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		c.since = time.Now()
	}
}

func (c *clock) allow(budget time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.budget = budget
}

func (c *clock) allowed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.budget
}

func (c *clock) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used+c.running() > c.budget
}

func (c *clock) running() time.Duration {
	if c.since.IsZero() {
		return 0
	}
	return time.Since(c.since)
}
