package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
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
}

func (*SetPaused) work() bool { return false }

func (o *SetPaused) apply(t *txn) error {
	if !o.Paused {
		_, err := t.exec(`DELETE FROM paused WHERE what = $1`, o.What)
		return err
	}
	_, err := t.exec(`INSERT INTO paused (what, since) VALUES ($1, $2) ON CONFLICT (what) DO NOTHING`, o.What, micros(o.Now))
	return err
}

// Paused lists what is paused, in order of name.
func (s *Store) Paused(ctx context.Context) ([]Paused, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT what, since FROM paused ORDER BY what`)
	if err != nil {
		return nil, fmt.Errorf("read what is paused: %w", storageError(err))
	}
	var all []Paused
	err = eachRow(rows, func(rows *sql.Rows) error {
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
