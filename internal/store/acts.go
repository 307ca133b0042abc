package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"docket/internal/account"
)

// WriteActs keeps acts, and when keys were used.
type WriteActs struct {
	Acts []account.Act
	Uses map[string]time.Time // by the key's id
}

func (*WriteActs) work() bool { return true }

func (o *WriteActs) apply(t *txn) error {
	for _, a := range o.Acts {
		if err := t.act(a); err != nil {
			return err
		}
	}
	for id, at := range o.Uses {
		if err := t.send(`UPDATE keys SET last_used_at = $2 WHERE id = $1`, id, micros(at)); err != nil {
			return fmt.Errorf("note the use of key %s: %w", id, err)
		}
	}
	return nil
}

// act keeps an act in the transaction of what was done; one without an id is
// none.
func (t *txn) act(a account.Act) error {
	if a.ID == "" {
		return nil
	}
	if err := t.send(`INSERT INTO acts (id, at, account, caller, key_id, address, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		a.ID, micros(a.At), a.Account, a.By, optionalText(a.Key), optionalText(a.Address), a.Action, a.Subject, optionalText(a.Detail)); err != nil {
		return fmt.Errorf("write act %s: %w", a.Action, err)
	}
	return nil
}

// Acts reads a page of acts, newest first, and how many there are in all.
func (s *Store) Acts(ctx context.Context, f account.ActFilter) ([]account.Act, int64, error) {
	const where = ` FROM acts WHERE ($1 = '' OR account = $1) AND ($2 = '' OR key_id = $2) AND ($3 = '' OR action = $3) AND (CAST($4 AS bigint) = 0 OR at >= $4) AND (CAST($5 AS bigint) = 0 OR at < $5)`
	args := []any{f.Account, f.Key, f.Action, orZero(f.After), orZero(f.Before)}
	var total int64
	if err := s.readers.QueryRowContext(ctx, `SELECT count(*)`+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count acts: %w", storageError(err))
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT id, at, account, caller, key_id, address, action, subject, detail`+where+` ORDER BY id DESC LIMIT $6 OFFSET $7`, append(args, f.Limit, f.Offset)...)
	if err != nil {
		return nil, 0, fmt.Errorf("read acts: %w", storageError(err))
	}
	var found []account.Act
	err = eachRow(rows, func(rows row) error {
		var (
			a                    account.Act
			at                   sql.NullInt64
			key, address, detail sql.NullString
		)
		err := rows.Scan(&a.ID, &at, &a.Account, &a.By, &key, &address, &a.Action, &a.Subject, &detail)
		a.At, a.Key, a.Address, a.Detail = fromMicros(at), key.String, address.String, detail.String
		found = append(found, a)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read acts: %w", storageError(err))
	}
	return found, total, nil
}

func orZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
