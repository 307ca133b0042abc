package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"docket/internal/account"
)

// Paused is something that the operator has paused: "intake" or an operation.
type Paused struct {
	What  string
	Since time.Time
}

// SetPaused pauses something or ends its pause; what is so already stays.
type SetPaused struct {
	What   string
	Paused bool
	Now    time.Time
	Act    account.Act // kept when something changes
}

func (*SetPaused) work() bool { return false }

func (o *SetPaused) apply(t *txn) error {
	query, args := `DELETE FROM paused WHERE what = $1`, []any{o.What}
	if o.Paused {
		query, args = `INSERT INTO paused (what, since) VALUES ($1, $2) ON CONFLICT (what) DO NOTHING`, append(args, micros(o.Now))
	}
	n, err := t.exec(query, args...)
	if err != nil || n == 0 {
		return err
	}
	return t.act(o.Act)
}

// Paused lists what is paused, in order of name.
func (s *Store) Paused(ctx context.Context) ([]Paused, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT what, since FROM paused ORDER BY what`)
	if err != nil {
		return nil, fmt.Errorf("read what is paused: %w", storageError(err))
	}
	var all []Paused
	err = eachRow(rows, func(rows row) error {
		var (
			p     Paused
			since sql.NullInt64
		)
		err := rows.Scan(&p.What, &since)
		p.Since = fromMicros(since)
		all = append(all, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is paused: %w", storageError(err))
	}
	return all, nil
}
