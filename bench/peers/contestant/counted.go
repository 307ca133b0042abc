package contestant

import (
	"context"
	"time"
)

// look is how often a server is asked how many jobs have ended.
const look = 20 * time.Millisecond

// Counted says which jobs have ended where nobody is told of an end, but the
// server counts them. A job's function returns before the server knows that the
// job has ended; so of the jobs that have run as many have ended as it counts.
type Counted struct {
	round *Round
	ran   chan int
}

// NewCounted are the jobs of a round.
func NewCounted(r *Round) *Counted {
	return &Counted{round: r, ran: make(chan int, 2*r.Jobs)}
}

// Ran is told by the job itself.
func (c *Counted) Ran(payload string) error {
	n, err := Number(payload)
	if err != nil {
		return err
	}
	c.ran <- n
	return nil
}

// Follow asks for the server's count until the context ends. A count that
// cannot be had is asked for again: a job that has not ended ends the round.
func (c *Counted) Follow(ctx context.Context, count func() (int, error)) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	var run []int
	told := 0
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-c.ran:
			run = append(run, n)
			continue
		case <-ticker.C:
		}
		counted, err := count()
		if err != nil {
			continue
		}
		for ; told < min(len(run), counted); told++ {
			c.round.Ended(run[told])
		}
	}
}
