package store

import (
	"fmt"
	"sync"
	"time"

	"docket/internal/job"
)

// waiting knows how many jobs of an account no worker has begun. It is read
// from the database and kept up to date by the writers after each commit, so
// that to check a submit costs nothing.
type waiting struct {
	mu   sync.Mutex
	of   map[string]known // of the accounts that were asked for
	keep time.Duration    // how long a number is good, where others write too; 0: for ever
}

// known is a number that was read at a time.
type known struct {
	n  int64
	at time.Time
}

// maxCounted is of how many accounts the numbers are kept.
const maxCounted = 10_000

// waits says that no worker has begun a job in the state.
func waits(s job.Status) bool { return s == job.Queued || s == job.AwaitingUpload }

// room refuses more jobs of an account than may wait; 0 is no limit. The error
// is of code QueueFull. It must come before the operation writes anything.
func (t *txn) room(account string, more, most int) error {
	if most == 0 || more == 0 {
		t.reserved[account] += int64(more)
		return nil
	}
	n, err := t.waitingOf(account)
	if err != nil {
		return err
	}
	if n += t.reserved[account]; n+int64(more) > int64(most) {
		return queueFull(most, n)
	}
	t.reserved[account] += int64(more)
	return nil
}

// counted ends what room has reserved: the jobs are counted by now, or there
// are none.
func (t *txn) counted(account string, n int) { t.reserved[account] -= int64(n) }

func queueFull(most int, n int64) error {
	return &job.Error{Code: job.QueueFull, Facts: job.Facts{"max": most, "waiting": n}}
}

// waitingOf counts with what this transaction has changed.
func (t *txn) waitingOf(account string) (int64, error) {
	if n, exact := t.exact[account]; exact {
		return n + t.waiting[account], nil
	}
	n, ok := t.known.last(account)
	if ok {
		return n + t.waiting[account], nil
	}
	err := t.each(func(rows row) error { return rows.Scan(&n) },
		`SELECT CAST(coalesce(sum(n), 0) AS bigint) FROM (
			SELECT n FROM job_counts WHERE span = 0 AND account = $1 AND status IN ('queued', 'awaiting_upload')
			UNION ALL SELECT n FROM job_count_changes WHERE account = $1 AND status IN ('queued', 'awaiting_upload')
		) counted`, account)
	if err != nil {
		return 0, fmt.Errorf("count waiting jobs: %w", err)
	}
	for k, change := range t.counts { // that are not written yet
		if k.account == account && waits(k.status) {
			n += change
		}
	}
	t.known.learn(account, n-t.waiting[account])
	return n, nil
}

// good gives a number that is still good.
func (w *waiting) good(account string) (int64, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, ok := w.of[account]
	return c.n, ok && (w.keep == 0 || time.Since(c.at) < w.keep)
}

// last gives the number that was known last.
func (w *waiting) last(account string) (int64, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, ok := w.of[account]
	return c.n, ok
}

func (w *waiting) learn(account string, n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.of) >= maxCounted {
		clear(w.of)
	}
	w.of[account] = known{n, time.Now()}
}

// changed is called when a transaction was committed.
func (w *waiting) changed(by map[string]int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for account, n := range by {
		if c, ok := w.of[account]; ok {
			w.of[account] = known{c.n + n, c.at}
		}
	}
}

// forget is for when nobody can tell whether a transaction was committed.
func (w *waiting) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.of)
}

// Room refuses a submit early, of an account that is known to have as many
// jobs waiting as it may: before its documents are taken. What holds is what
// the submit finds in its transaction. The error is of code QueueFull.
func (s *Store) Room(account string, most int) error {
	if n, known := s.seen.waiting.good(account); known && most > 0 && n >= int64(most) {
		return queueFull(most, n)
	}
	return nil
}
