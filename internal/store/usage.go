package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// usageKey is what usage is summed by.
type usageKey struct {
	account   string
	day       int64
	operation job.Operation
}

// used adds what a change of a job says of its account's usage; the
// transaction writes one row for each kind at its end.
func (t *txn) used(j job.Job, e job.Event) {
	k := usageKey{j.Account, e.At.UnixMicro() / day, j.Operation}
	u := t.usage[k]
	switch {
	case e.Kind == job.EventCreated:
		u.Submitted++
	case e.Kind != job.EventStatus || !e.To.Final():
		return
	case e.To == job.Completed:
		u.Completed++
	case e.To == job.Failed:
		u.Failed++
	default:
		u.Cancelled++
	}
	if e.To.Final() {
		u.Pages += int64(j.Progress.PagesCompleted)
		for _, in := range j.Inputs {
			u.Bytes += in.File.Size
		}
	}
	t.usage[k] = u
}

const usageColumns = `account, day, operation, submitted, completed, failed, cancelled, pages, bytes`

func (t *txn) flushUsage() error {
	for k, u := range t.usage {
		if err := t.insert(usageRows(), k.account, k.day, k.operation, u.Submitted, u.Completed, u.Failed, u.Cancelled, u.Pages, u.Bytes); err != nil {
			return fmt.Errorf("write usage: %w", err)
		}
	}
	return nil
}

const sumUsage = `SELECT account, day, operation, CAST(sum(submitted) AS bigint), CAST(sum(completed) AS bigint), CAST(sum(failed) AS bigint),
	CAST(sum(cancelled) AS bigint), CAST(sum(pages) AS bigint), CAST(sum(bytes) AS bigint) FROM usage`

func scanUsage(rows row) (account.Usage, error) {
	var (
		k usageKey
		u account.Usage
	)
	err := rows.Scan(&k.account, &k.day, &k.operation, &u.Submitted, &u.Completed, &u.Failed, &u.Cancelled, &u.Pages, &u.Bytes)
	u.Day, u.Operation = time.UnixMicro(k.day*day).UTC(), string(k.operation)
	return u, err
}

// FoldUsage makes one row of all differences of a kind.
type FoldUsage struct {
	More bool // the answer: there are more kinds to fold
}

func (*FoldUsage) work() bool { return true }

func (o *FoldUsage) apply(t *txn) error {
	var kinds []usageKey
	err := t.each(func(rows row) error {
		var k usageKey
		err := rows.Scan(&k.account, &k.day, &k.operation)
		kinds = append(kinds, k)
		return err
	}, `SELECT account, day, operation FROM usage GROUP BY account, day, operation HAVING count(*) > 1 LIMIT $1`, foldedAtOnce)
	if err != nil {
		return fmt.Errorf("find usage to fold: %w", err)
	}
	for _, k := range kinds {
		err := t.each(func(rows row) error {
			u, err := scanUsage(rows)
			t.usage[k] = t.usage[k].Add(u)
			return err
		}, `DELETE FROM usage WHERE account = $1 AND day = $2 AND operation = $3 RETURNING `+usageColumns, k.account, k.day, k.operation)
		if err != nil {
			return fmt.Errorf("fold usage: %w", err)
		}
	}
	o.More = len(kinds) == foldedAtOnce
	return nil
}

// Usage sums what an account had done on the days from the first to before the
// last, by day and operation, both in order.
func (s *Store) Usage(ctx context.Context, accountID string, from, to time.Time) ([]account.Usage, error) {
	rows, err := s.readers.QueryContext(ctx, sumUsage+` WHERE account = $1 AND day >= $2 AND day < $3 GROUP BY account, day, operation ORDER BY day, operation`,
		accountID, from.UnixMicro()/day, to.UnixMicro()/day)
	if err != nil {
		return nil, fmt.Errorf("read usage: %w", storageError(err))
	}
	var found []account.Usage
	err = eachRow(rows, func(rows row) error {
		u, err := scanUsage(rows)
		found = append(found, u)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read usage: %w", storageError(err))
	}
	return found, nil
}
