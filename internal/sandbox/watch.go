package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// watchEvery is how often memory and deadline are looked at.
const watchEvery = 100 * time.Millisecond

// watch kills the child when ctx or the pool ends, or a limit is passed.
func (c *call) watch(ctx, pool context.Context) {
	defer close(c.stopped)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-ctx.Done():
			c.condemn(context.Cause(ctx))
			return
		case <-pool.Done():
			c.condemn(ErrClosed)
			return
		case <-tick.C:
			if err := c.excess(); err != nil {
				c.condemn(err)
				return
			}
		}
	}
}

// excess is the limit that the child is over, if any.
func (c *call) excess() error {
	if c.clock.over() {
		return timeoutError(c.clock.allowed(), c.lastPage(), errors.New("deadline passed"))
	}
	if c.limits.Memory <= 0 {
		return nil
	}
	rss, err := residentBytes(c.proc.cmd.Process.Pid)
	if err == nil && rss > c.limits.Memory {
		return limitError("memory", c.limits.Memory, fmt.Errorf("resident size of %d bytes", rss))
	}
	return nil
}

func (c *call) condemn(err error) {
	c.mu.Lock()
	c.verdict = err
	c.mu.Unlock()
	c.proc.kill()
}

func (c *call) lastPage() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.page
}

func (c *call) begin(page int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.page = page
}
