package service

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"docket/internal/account"
)

// keyring holds every key, so that a request costs no query.
type keyring struct {
	mu     sync.RWMutex
	keys   map[string]account.Key // by id
	prefix map[string][]string    // ids by the beginning of a secret
	puts   int                    // how often a key has changed here
}

// LoadKeys reads the keys of the database.
func (s *Service) LoadKeys(ctx context.Context) error {
	puts := s.keys.changed()
	keys, err := s.store.Keys(ctx)
	if err != nil {
		return err
	}
	s.keys.load(keys, puts)
	return nil
}

func (r *keyring) changed() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.puts
}

// load takes the keys that were read when so many had changed here: if one has
// changed since, the next reading will have it.
func (r *keyring) load(keys []account.Key, puts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.puts != puts {
		return
	}
	for i, k := range keys { // the use of a key is noted later
		if used := r.keys[k.ID].LastUsedAt; used.After(k.LastUsedAt) {
			keys[i].LastUsedAt = used
		}
	}
	r.keys, r.prefix = make(map[string]account.Key, len(keys)), make(map[string][]string, len(keys))
	for _, k := range keys {
		r.add(k)
	}
}

func (r *keyring) add(k account.Key) {
	r.keys[k.ID] = k
	for _, p := range []string{k.Secret.Prefix, k.Old.Prefix} {
		if p != "" && !slices.Contains(r.prefix[p], k.ID) {
			r.prefix[p] = append(r.prefix[p], k.ID)
		}
	}
}

// put takes a key that is new or has changed. Prefixes that it no longer has
// may stay: whoever is found by one must still show the secret.
func (r *keyring) put(k account.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.puts++
	r.add(k)
}

func (r *keyring) byID(id string) (account.Key, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	k, ok := r.keys[id]
	return k, ok
}

// find gives the key that the secret opens.
func (r *keyring) find(secret account.Secret, now time.Time) (account.Key, bool) {
	shown := secret.Stored()
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, id := range r.prefix[shown.Prefix] {
		if k := r.keys[id]; k.Opens(shown, now) {
			return k, true
		}
	}
	return account.Key{}, false
}

func (r *keyring) empty() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.keys) == 0
}

// all lists the keys, oldest first.
func (r *keyring) all() []account.Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.SortedFunc(maps.Values(r.keys), func(a, b account.Key) int { return strings.Compare(a.ID, b.ID) })
}

// used notes when a key was used, and says whether that was not known to the
// minute.
func (r *keyring) used(id string, at time.Time) bool {
	at = at.Truncate(time.Minute)
	r.mu.RLock()
	known := !r.keys[id].LastUsedAt.Before(at)
	r.mu.RUnlock()
	if known {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.keys[id]
	if !ok || !k.LastUsedAt.Before(at) {
		return false
	}
	k.LastUsedAt = at
	r.keys[id] = k
	return true
}
