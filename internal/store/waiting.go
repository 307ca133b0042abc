package store

import (
	"database/sql"
	"fmt"
	"sync"

	"docket/internal/job"
)

// waiting knows how many jobs of an account no worker has begun. It is read
// once from the database and kept up to date by the writer after each commit,
// so that to check a submit costs nothing.
type waiting struct {
	mu sync.Mutex
	of map[string]int64 // of the accounts that were asked for
}

// maxCounted is of how many accounts the numbers are kept.
const maxCounted = 10_000

// waits says that no worker has begun a job in the state.
func waits(s job.Status) bool { return s == job.Queued || s == job.AwaitingUpload }

// room refuses more jobs of an account than may wait; 0 is no limit. The error
// is of code QueueFull. It must come before the operation writes anything.
func (t *txn) room(account string, more, most int) error {
	if most == 0 || more == 0 {
		return nil
	}
	n, err := t.waitingOf(account)
	if err != nil {
		return err
	}
	if n+int64(more) > int64(most) {
		return queueFull(most, n)
	}
	return nil
}

func queueFull(most int, n int64) error {
	return &job.Error{Code: job.QueueFull, Facts: job.Facts{"max": most, "waiting": n}}
}

// waitingOf counts with what this transaction has changed.
func (t *txn) waitingOf(account string) (int64, error) {
	n, known := t.w.waiting.known(account)
	if known {
		return n + t.waiting[account], nil
	}
	err := t.each(func(rows *sql.Rows) error { return rows.Scan(&n) },
		`SELECT coalesce(sum(n), 0) FROM job_counts WHERE account = $1 AND status IN ('queued', 'awaiting_upload')`, account)
	if err != nil {
		return 0, fmt.Errorf("count waiting jobs: %w", err)
	}
	for k, change := range t.counts { // that are not written yet
		if k.account == account && waits(k.status) {
			n += change
		}
	}
	t.w.waiting.learn(account, n-t.waiting[account])
	return n, nil
}

func (w *waiting) known(account string) (int64, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, ok := w.of[account]
	return n, ok
}

func (w *waiting) learn(account string, n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.of) >= maxCounted {
		clear(w.of)
	}
	w.of[account] = n
}

// changed is called when a transaction was committed.
func (w *waiting) changed(by map[string]int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for account, n := range by {
		if _, ok := w.of[account]; ok {
			w.of[account] += n
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
	if n, known := s.writer.waiting.known(account); known && most > 0 && n >= int64(most) {
		return queueFull(most, n)
	}
	return nil
}
