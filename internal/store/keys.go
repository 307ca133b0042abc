package store

import (
	"context"
	"database/sql"
	"fmt"

	"docket/internal/account"
)

const keyColumns = `id, account, name, scopes, limits, prefix, hash, old_prefix, old_hash, old_until, created_at, expires_at, revoked_at, last_used_at`

// Keys reads all keys, oldest first.
func (s *Store) Keys(ctx context.Context) ([]account.Key, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT "+keyColumns+" FROM keys ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", storageError(err))
	}
	var found []account.Key
	err = eachRow(rows, func(rows row) error {
		k, err := scanKey(rows)
		found = append(found, k)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", storageError(err))
	}
	return found, nil
}

func scanKey(rows row) (account.Key, error) {
	var (
		k                                      account.Key
		limits, oldPrefix, oldHash             sql.NullString
		oldUntil, created, expires, gone, used sql.NullInt64
	)
	if err := rows.Scan(&k.ID, &k.Account, &k.Name, &k.Scopes, &limits, &k.Secret.Prefix, &k.Secret.Hash, &oldPrefix, &oldHash, &oldUntil, &created, &expires, &gone, &used); err != nil {
		return k, fmt.Errorf("scan key: %w", err)
	}
	k.Old, k.OldUntil = account.Stored{Prefix: oldPrefix.String, Hash: oldHash.String}, fromMicros(oldUntil)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt = fromMicros(created), fromMicros(expires), fromMicros(gone), fromMicros(used)
	return k, decode(limits, &k.Limits)
}

// SaveKey stores a key, new or changed, and the act that made it so.
type SaveKey struct {
	Key account.Key
	Act account.Act
}

func (*SaveKey) work() bool { return false }

func (o *SaveKey) apply(t *txn) error {
	k := o.Key
	limits, err := text(k.Limits, k.Limits == account.Limits{})
	if err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO keys (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, limits = excluded.limits, prefix = excluded.prefix, hash = excluded.hash,
			old_prefix = excluded.old_prefix, old_hash = excluded.old_hash, old_until = excluded.old_until, expires_at = excluded.expires_at, revoked_at = excluded.revoked_at`,
		k.ID, k.Account, k.Name, k.Scopes, limits, k.Secret.Prefix, k.Secret.Hash, optionalText(k.Old.Prefix), optionalText(k.Old.Hash), micros(k.OldUntil),
		micros(k.CreatedAt), micros(k.ExpiresAt), micros(k.RevokedAt), micros(k.LastUsedAt)); err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	return t.act(o.Act)
}
