package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// maxKeyName is the longest name of a key, in bytes.
const maxKeyName = 200

// maxOverlap is how long a rotated secret may stay good.
const maxOverlap = 30 * 24 * time.Hour

// KeySpec is what somebody asks of a new key.
type KeySpec struct {
	Account string // empty: account.Local
	Name    string
	Scopes  account.Scopes
	Limits  account.Limits
	Expires time.Duration // from now; zero: never
}

// CreateKey makes a key and ends open mode. An account is there as soon as it
// has a key.
// The secret is known here and never again. Errors are of code InvalidRequest.
func (s *Service) CreateKey(ctx context.Context, spec KeySpec) (account.Key, account.Secret, error) {
	if spec.Account == "" {
		spec.Account = account.Local
	}
	if err := spec.check(); err != nil {
		return account.Key{}, "", err
	}
	id, err := account.NewKeyID()
	if err != nil {
		return account.Key{}, "", err
	}
	secret := account.NewSecret()
	k := account.Key{
		ID: id, Account: spec.Account, Name: spec.Name, Scopes: spec.Scopes, Limits: spec.Limits, Secret: secret.Stored(), CreatedAt: s.time(),
	}
	if spec.Expires > 0 {
		k.ExpiresAt = k.CreatedAt.Add(spec.Expires)
	}
	return k, secret, s.saveKey(ctx, k, account.KeyCreated, "scopes "+k.Scopes.String())
}

func (spec KeySpec) check() error {
	wrong := func(field, problem, remedy string) error {
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": field, "problem": problem, "remedy": remedy}}
	}
	l := spec.Limits
	switch {
	case !account.ValidID(spec.Account):
		return wrong("account", "it is not a name for an account", "Use up to 64 lower-case letters, digits, dots, dashes and underscores, the first a letter or digit")
	case len(spec.Name) > maxKeyName || !utf8.ValidString(spec.Name) || strings.ContainsFunc(spec.Name, func(r rune) bool { return r < ' ' }):
		return wrong("name", "it is not a name for a key", fmt.Sprintf("Use up to %d bytes of text on one line", maxKeyName))
	case spec.Scopes == 0:
		return wrong("scopes", "none is given", "Choose from read, write and admin")
	case spec.Expires < 0:
		return wrong("expires_in", "it is in the past", "Send the seconds from now, or leave it out for a key that never expires")
	case min(l.Reads, l.Batches, l.Lists, l.Waiting) < 0:
		return wrong("limits", "one of them is below zero", "Send a number above zero, or leave it out for the server's own")
	}
	return nil
}

// saveKey writes the key with the act that changed it, and tells the keyring.
func (s *Service) saveKey(ctx context.Context, k account.Key, action account.Action, detail string) error {
	act, err := s.act(ctx, action, k.Account, k.ID, detail)
	if err != nil {
		return err
	}
	if err := s.store.Write(ctx, &store.SaveKey{Key: k, Act: act}); err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	s.keys.put(k)
	s.hub.Publish(job.Event{Kind: job.EventSettings, At: s.time()})
	return nil
}

// Keys lists the keys of an account, or of all when it is empty, oldest first.
func (s *Service) Keys(accountID string) []account.Key {
	keys := s.keys.all()
	return slices.DeleteFunc(keys, func(k account.Key) bool { return accountID != "" && k.Account != accountID })
}

// Key reads a key by its id. The error is of code NotFound.
func (s *Service) Key(id string) (account.Key, error) {
	k, ok := s.keys.byID(id)
	if !ok {
		return k, job.Errorf(job.NotFound, nil, "no key %q", id)
	}
	return k, nil
}

// RotateKey gives a key a new secret, which is known here and never again. The
// one before is good for the overlap. Errors are of code NotFound, Conflict
// and InvalidRequest.
func (s *Service) RotateKey(ctx context.Context, id string, overlap time.Duration) (account.Key, account.Secret, error) {
	k, err := s.Key(id)
	if err != nil {
		return k, "", err
	}
	if state := k.State(s.now()); state != account.Active {
		return k, "", &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "it is " + string(state)}}
	}
	if overlap < 0 || overlap > maxOverlap {
		return k, "", &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "overlap", "problem": "it is not a time from 0 seconds to 30 days", "remedy": "Leave it out to end the old secret at once"}}
	}
	secret := account.NewSecret()
	k = k.Rotate(secret, s.time(), overlap)
	return k, secret, s.saveKey(ctx, k, account.KeyRotated, fmt.Sprintf("old secret good for %s", overlap))
}

// RevokeKey ends a key at once and for good. The error is of code NotFound.
func (s *Service) RevokeKey(ctx context.Context, id string) (account.Key, error) {
	k, err := s.Key(id)
	if err != nil || !k.RevokedAt.IsZero() {
		return k, err
	}
	k = k.Revoke(s.time())
	return k, s.saveKey(ctx, k, account.KeyRevoked, "")
}
