package service

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"docket/internal/account"
)

// keyring holds every key, so that a request costs no query.
type keyring struct {
	some atomic.Bool // there are keys
	mu   sync.RWMutex
	keys map[string]*held      // by id
	sums map[account.Sum]*held // by what opens them, or did before they changed
	puts int                   // how often a key has changed here
}

// held is a key. It is never changed: another one takes its place.
type held struct {
	account.Key
	used  atomic.Int64 // the minute of its last use, in Unix time; 0: never
	noted atomic.Pointer[keyUse]
}

// keyUse is a use of a key that was noted for the audit log.
type keyUse struct {
	hour    int64 // in Unix time
	address string
}

func hold(k account.Key) *held {
	h := &held{Key: k}
	if !k.LastUsedAt.IsZero() {
		h.used.Store(minute(k.LastUsedAt))
	}
	return h
}

func minute(t time.Time) int64 { return t.Unix() / 60 }

// key is the key with its last use.
func (h *held) key() account.Key {
	k := h.Key
	if used := h.used.Load(); used != 0 {
		k.LastUsedAt = time.Unix(60*used, 0).UTC()
	}
	return k
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
	before := r.keys
	r.keys, r.sums = make(map[string]*held, len(keys)), make(map[account.Sum]*held, len(keys))
	for _, k := range keys {
		r.add(k, before[k.ID])
	}
	r.some.Store(len(keys) > 0)
}

// add holds a key in place of what was held before of it, or nil.
func (r *keyring) add(k account.Key, before *held) {
	h := hold(k)
	if before != nil { // the use of a key is written later
		h.used.Store(max(h.used.Load(), before.used.Load()))
		h.noted.Store(before.noted.Load())
	}
	r.keys[k.ID] = h
	for _, s := range []account.Stored{k.Secret, k.Old} {
		if sum, ok := s.Sum(); ok {
			r.sums[sum] = h
		}
	}
}

// put takes a key that is new or has changed. The sums that opened it before
// must no longer lead to what it was.
func (r *keyring) put(k account.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.puts++
	before := r.keys[k.ID]
	if before != nil {
		for _, s := range []account.Stored{before.Secret, before.Old} {
			if sum, ok := s.Sum(); ok {
				delete(r.sums, sum)
			}
		}
	}
	r.add(k, before)
	r.some.Store(true)
}

func (r *keyring) byID(id string) (account.Key, bool) {
	h := r.heldByID(id)
	if h == nil {
		return account.Key{}, false
	}
	return h.key(), true
}

// heldByID gives the key of the id, or nil.
func (r *keyring) heldByID(id string) *held {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[id]
}

// find gives the key that the secret opens, or nil.
func (r *keyring) find(shown string, now time.Time) *held {
	sum, ok := account.SumOf(shown)
	if !ok {
		return nil
	}
	r.mu.RLock()
	h := r.sums[sum]
	r.mu.RUnlock()
	if h == nil || !h.Opens(sum, now) {
		return nil
	}
	return h
}

func (r *keyring) empty() bool { return !r.some.Load() }

// all lists the keys, oldest first.
func (r *keyring) all() []account.Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := make([]account.Key, 0, len(r.keys))
	for _, h := range r.keys {
		list = append(list, h.key())
	}
	slices.SortFunc(list, func(a, b account.Key) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// usedAt notes when the key was used, and says whether that was not known to the
// minute.
func (h *held) usedAt(at time.Time) bool {
	now := minute(at)
	for {
		known := h.used.Load()
		if known >= now {
			return false
		}
		if h.used.CompareAndSwap(known, now) {
			return true
		}
	}
}

// notedAt says whether the last use that was noted is of this hour and from this
// address too; if not, it is from now on.
func (h *held) notedAt(at time.Time, address string) bool {
	hour := at.Unix() / 3600
	if last := h.noted.Load(); last != nil && last.hour == hour && last.address == address {
		return true
	}
	h.noted.Store(&keyUse{hour, address})
	return false
}
