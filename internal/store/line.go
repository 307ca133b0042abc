package store

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"docket/internal/job"
)

// spot is where a job stands in the line of its kind.
type spot struct {
	due int64 // µs
	id  []byte
}

func (s spot) compare(o spot) int {
	return cmp.Or(cmp.Compare(s.due, o.due), bytes.Compare(s.id, o.id))
}

// queue is the waiting jobs of one account and operation.
type queue struct {
	operation job.Operation
	ahead     []spot // the first of them that are not picked
	last      spot   // of those that were looked at
	more      bool   // there may be others behind it
}

// claimant is an account whose jobs wait.
type claimant struct {
	account string
	place   int64 // how many of its jobs run or are picked
	queues  []*queue
}

// pick gives the ids of up to as many jobs as are wanted, in the order of
// taking them one by one. Only as much is read of each queue as decides that.
func (t *txn) pick(now int64, most int) ([][]byte, error) {
	claimants, err := t.claimants(now)
	if err != nil {
		return nil, err
	}
	var picked [][]byte
	for len(picked) < most && len(claimants) > 0 {
		c := slices.MinFunc(claimants, (*claimant).compare)
		for _, q := range c.queues {
			if err := t.lookAhead(c, q, now, most-len(picked)); err != nil {
				return nil, err
			}
		}
		if c.queues = slices.DeleteFunc(c.queues, (*queue).empty); len(c.queues) == 0 {
			claimants = slices.DeleteFunc(claimants, func(o *claimant) bool { return o == c })
			continue
		}
		if slices.MinFunc(claimants, (*claimant).compare) != c {
			continue // another's next job has waited longer
		}
		picked = append(picked, c.next())
	}
	return picked, nil
}

// claimants reads whose jobs wait, with the first of each queue.
func (t *txn) claimants(now int64) ([]*claimant, error) {
	var list []*claimant
	if err := t.each(func(rows row) error {
		var (
			account string
			q       = &queue{more: true}
		)
		err := rows.Scan(&account, &q.operation, &q.last.due, &q.last.id)
		q.ahead = append(q.ahead, q.last)
		if n := len(list); n == 0 || list[n-1].account != account { // they come by account
			list = append(list, &claimant{account: account})
		}
		c := list[len(list)-1]
		c.queues = append(c.queues, q)
		return err
	}, headsSQLite, now); err != nil || len(list) == 0 {
		return nil, err
	}
	running := map[string]int64{}
	if err := t.each(func(rows row) error {
		var (
			account string
			n       int64
		)
		err := rows.Scan(&account, &n)
		running[account] = n
		return err
	}, `SELECT account, count(*) FROM jobs WHERE lease_until IS NOT NULL GROUP BY account`); err != nil {
		return nil, fmt.Errorf("count running jobs: %w", err)
	}
	for _, c := range list {
		c.place = running[c.account]
	}
	return list, nil
}

// lookAhead reads more of a queue of which all that was read is picked.
func (t *txn) lookAhead(c *claimant, q *queue, now int64, most int) error {
	if len(q.ahead) > 0 || !q.more {
		return nil
	}
	if err := t.each(func(rows row) error {
		err := rows.Scan(&q.last.due, &q.last.id)
		q.ahead = append(q.ahead, q.last)
		return err
	}, nextSQLite, c.account, q.operation, now, q.last.due, q.last.id, most); err != nil {
		return fmt.Errorf("look ahead in a queue: %w", err)
	}
	q.more = len(q.ahead) == most
	return nil
}

func (q *queue) empty() bool { return len(q.ahead) == 0 && !q.more }

// compare puts first who is next. Of a queue that was not read so far any job
// may come.
func (c *claimant) compare(o *claimant) int {
	return cmp.Or(cmp.Compare(c.place, o.place), c.head().compare(o.head()))
}

func (c *claimant) head() spot {
	first := spot{due: math.MaxInt64}
	for _, q := range c.queues {
		if len(q.ahead) == 0 {
			return spot{due: math.MinInt64}
		}
		if q.ahead[0].compare(first) < 0 {
			first = q.ahead[0]
		}
	}
	return first
}

// next takes the first of the claimant's jobs out of its queue.
func (c *claimant) next() []byte {
	first := slices.MinFunc(c.queues, func(a, b *queue) int { return a.ahead[0].compare(b.ahead[0]) })
	id := first.ahead[0].id
	first.ahead = first.ahead[1:]
	c.place++
	return id
}
