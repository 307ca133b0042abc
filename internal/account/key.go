package account

import (
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.jetify.com/typeid/base32"
)

// Key lets its holder act for an account. What the holder shows is a Secret,
// of which only the hash is kept.
type Key struct {
	ID      string // key_…
	Account string
	Name    string // what it is for, in its owner's words
	Scopes  Scopes
	Limits  Limits
	Secret  Stored
	// Old is the secret before the last rotation, good until OldUntil.
	Old        Stored
	OldUntil   time.Time
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero: never
	RevokedAt  time.Time // zero: it is not
	LastUsedAt time.Time // to the minute; zero: never
}

// NewKeyID makes the id of a new key; ids made later sort after it.
func NewKeyID() (string, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make key id: %w", err)
	}
	return "key_" + base32.Encode(u), nil
}

// Caller is who shows the key.
func (k Key) Caller() Caller {
	return Caller{ID: k.Account, Key: k.ID, Scopes: k.Scopes, Limits: k.Limits}
}

// State is where a key stands.
type State string

// States of a key.
const (
	Active  State = "active"
	Expired State = "expired"
	Revoked State = "revoked"
)

// State is where the key stands now.
func (k Key) State(now time.Time) State {
	switch {
	case !k.RevokedAt.IsZero():
		return Revoked
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return Expired
	}
	return Active
}

// Opens says whether a secret of this sum is the key's own at this time; it does
// not look at the key's state.
func (k Key) Opens(shown Sum, now time.Time) bool {
	return k.Secret.equal(shown) || (now.Before(k.OldUntil) && k.Old.equal(shown))
}

func (s Stored) equal(shown Sum) bool {
	var kept, given [2 * len(shown)]byte
	copy(kept[:], s.Hash)
	hex.Encode(given[:], shown[:])
	return len(s.Hash) == len(kept) && subtle.ConstantTimeCompare(kept[:], given[:]) == 1
}

// Revoke ends the key for good.
func (k Key) Revoke(now time.Time) Key {
	if k.RevokedAt.IsZero() {
		k.RevokedAt, k.Old, k.OldUntil = now, Stored{}, time.Time{}
	}
	return k
}

// Rotate gives the key a new secret; the one before is good for the overlap.
func (k Key) Rotate(s Secret, now time.Time, overlap time.Duration) Key {
	k.Old, k.OldUntil = Stored{}, time.Time{}
	if overlap > 0 {
		k.Old, k.OldUntil = k.Secret, now.Add(overlap)
	}
	k.Secret = s.Stored()
	return k
}
