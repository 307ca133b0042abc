package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Answer is what a request was answered with.
type Answer struct {
	Status int               // of HTTP
	Header map[string]string // those that belong to what was made
	Body   []byte
}

// Kept is an answer under the Idempotency-Key of its request. // contract J11
type Kept struct {
	Answer
	Account string
	Key     string // 1 to 255 characters
	Request []byte // a hash of what was asked
	Made    time.Time
	Expires time.Time // from then on the key may be used anew
}

const keptColumns = `account, key, request, created_at, expires_at, status, header, body`

// Kept reads the answer under a key of the account; nil when there is none, or
// it has expired by now.
func (s *Store) Kept(ctx context.Context, account, key string, now time.Time) (*Kept, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT "+keptColumns+" FROM idempotency_keys WHERE account = $1 AND key = $2 AND expires_at > $3", account, key, micros(now))
	if err != nil {
		return nil, fmt.Errorf("read an idempotency key: %w", storageError(err))
	}
	var found *Kept
	if err := eachRow(rows, scanKept(&found)); err != nil {
		return nil, fmt.Errorf("read an idempotency key: %w", storageError(err))
	}
	return found, nil
}

func scanKept(found **Kept) func(row) error {
	return func(rows row) error {
		var (
			k                Kept
			created, expires sql.NullInt64
			header           string
		)
		if err := rows.Scan(&k.Account, &k.Key, &k.Request, &created, &expires, &k.Status, &header, &k.Body); err != nil {
			return fmt.Errorf("scan idempotency key: %w", err)
		}
		k.Made, k.Expires = fromMicros(created), fromMicros(expires)
		*found = &k
		return json.Unmarshal([]byte(header), &k.Header)
	}
}

// before finds the answer that is kept under a key already; nil when there is
// none.
func (t *txn) before(k *Kept) (found *Kept, err error) {
	if k == nil {
		return nil, nil
	}
	if err := t.each(scanKept(&found), "SELECT "+keptColumns+" FROM idempotency_keys WHERE account = $1 AND key = $2 AND expires_at > $3",
		k.Account, k.Key, micros(k.Made)); err != nil {
		return nil, fmt.Errorf("look for an idempotency key: %w", err)
	}
	return found, nil
}

// keep stores an answer under its key. When another node has just done so, it
// writes nothing and gives that one's.
func (t *txn) keep(k *Kept) (before *Kept, err error) {
	if k == nil {
		return nil, nil
	}
	header, err := text(k.Header, false)
	if err != nil {
		return nil, err
	}
	n, err := t.exec(`INSERT INTO idempotency_keys (`+keptColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (account, key) DO UPDATE SET request = excluded.request, created_at = excluded.created_at, expires_at = excluded.expires_at,
		status = excluded.status, header = excluded.header, body = excluded.body WHERE idempotency_keys.expires_at <= excluded.created_at`,
		k.Account, k.Key, k.Request, micros(k.Made), micros(k.Expires), k.Status, header, k.Body)
	if err != nil {
		return nil, fmt.Errorf("keep an answer: %w", err)
	}
	if n > 0 {
		return nil, nil
	}
	return t.before(k)
}

// Keep stores the answer of a request that makes nothing itself.
type Keep struct {
	Once *Kept

	Before *Kept // the answer: what was kept already, in which case nothing was written
}

func (*Keep) work() bool { return false }

func (o *Keep) apply(t *txn) (err error) {
	if o.Before, err = t.before(o.Once); err != nil || o.Before != nil {
		return err
	}
	o.Before, err = t.keep(o.Once)
	return err
}
