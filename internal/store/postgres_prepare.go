package store

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"docket/internal/job"
)

// needs is what an operation knows beforehand of its transaction.
type needs struct {
	// jobs are those that it changes. They are locked for all operations of a
	// batch in order of their ids, so that two nodes never wait for each other.
	jobs []job.ID
	// account is whose endpoints it may tell; empty: nobody's.
	account string
	// most is how many jobs of the account may wait; 0: it does not ask.
	most int
}

// named is an operation that may run beside others of its batch. It changes
// only rows of the jobs that it names and rows that it makes, or one statement
// decides all that it does.
type named interface{ needs() needs }

// spare is how many more jobs of an account may wait than are known, by which
// nobody needs to know better.
const spare = 10_000

// prepare locks and reads what the operations need.
func (p *pipeline) prepare(batch []*request) error {
	ids, accounts, most := map[job.ID]bool{}, map[string]bool{}, map[string]int{}
	for _, r := range batch {
		o, ok := r.op.(named)
		if !ok {
			continue
		}
		n := o.needs()
		for _, id := range n.jobs {
			ids[id] = true
		}
		if n.account != "" {
			accounts[n.account] = true
		}
		if n.most > 0 && (most[n.account] == 0 || n.most < most[n.account]) {
			most[n.account] = n.most
		}
	}
	if len(ids) > 0 {
		p.lock(ids)
	}
	if len(accounts) > 0 {
		p.readEndpoints(accounts)
	}
	return p.countWaiting(most)
}

func (p *pipeline) lock(ids map[job.ID]bool) {
	list := make([][]byte, 0, len(ids))
	for id := range ids {
		list = append(list, id[:])
	}
	p.ask(`SELECT FROM jobs WHERE id = ANY ($1) ORDER BY id FOR UPDATE`, []any{list}, nil)
}

func (p *pipeline) readEndpoints(accounts map[string]bool) {
	list := slices.Sorted(maps.Keys(accounts))
	for _, a := range list {
		p.endpoints[a] = nil
	}
	var found []job.Endpoint
	scan := scanEndpoints(&found)
	p.ask("SELECT "+endpointColumns+" FROM endpoints WHERE account = ANY ($1) ORDER BY id", []any{list}, func(r row) error {
		if err := scan(r); err != nil {
			return err
		}
		e := found[len(found)-1]
		p.endpoints[e.Account] = append(p.endpoints[e.Account], e)
		return nil
	})
}

// countWaiting reads how many jobs of the accounts wait, unless that is known
// well enough. Where there is little room left, nobody else may add any until
// this transaction has ended.
func (p *pipeline) countWaiting(most map[string]int) error {
	var unknown, near []string
	for account, most := range most {
		n, known := p.engine.seen.waiting.good(account)
		switch {
		case !known && most > spare:
			unknown = append(unknown, account)
		case !known || n+spare >= int64(most):
			near = append(near, account)
		}
	}
	if len(unknown) > 0 {
		p.readWaiting(unknown)
	}
	if len(p.asked) > 0 {
		if err := p.flush(); err != nil {
			return fmt.Errorf("prepare a transaction: %w", err)
		}
	}
	for _, account := range unknown {
		if p.exact[account]+spare >= int64(most[account]) {
			near = append(near, account)
		}
	}
	if len(near) == 0 {
		return nil
	}
	slices.Sort(near)
	for _, account := range near {
		p.ask(`SELECT pg_advisory_xact_lock($1)`, []any{lockOf("waiting", account)}, nil)
	}
	p.readWaiting(near)
	return p.flush()
}

func (p *pipeline) readWaiting(accounts []string) {
	for _, a := range accounts {
		p.exact[a] = 0
	}
	p.ask(`SELECT account, CAST(sum(n) AS bigint) FROM (
			SELECT account, n FROM job_counts WHERE span = 0 AND account = ANY ($1) AND status IN ('queued', 'awaiting_upload')
			UNION ALL SELECT account, n FROM job_count_changes WHERE account = ANY ($1) AND status IN ('queued', 'awaiting_upload')
		) counted GROUP BY account`,
		[]any{accounts}, func(r row) error {
			var (
				account string
				n       int64
			)
			err := r.Scan(&account, &n)
			p.exact[account] = n
			p.engine.seen.waiting.learn(account, n)
			return err
		})
}

// lockOf is the number of an advisory lock.
func lockOf(kind, of string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("docket " + kind + " " + of)) // never fails
	return int64(h.Sum64())                             //nolint:gosec // any number is as good
}
