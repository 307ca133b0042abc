package service

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.jetify.com/typeid/base32"

	"docket/internal/account"
	"docket/internal/store"
)

// maxNoted is how many acts may wait to be written; further ones of the same
// kind are told by those that are kept.
const maxNoted = 10_000

// acts are the acts that requests do all the time, such as the use of a key:
// one an hour of each kind is kept, and they are written together.
type acts struct {
	mu   sync.Mutex
	hour time.Time
	seen map[account.Act]bool // without time and id
	wait []account.Act
	uses map[string]time.Time // of keys
}

// note keeps one act an hour of this kind.
func (s *Service) note(a account.Act) {
	kind := a
	kind.ID, kind.At = "", time.Time{}
	s.acts.mu.Lock()
	defer s.acts.mu.Unlock()
	if hour := a.At.Truncate(time.Hour); hour != s.acts.hour {
		s.acts.hour, s.acts.seen = hour, map[account.Act]bool{}
	}
	if s.acts.seen[kind] || len(s.acts.seen) >= maxNoted {
		return
	}
	s.acts.seen[kind] = true
	s.acts.wait = append(s.acts.wait, a)
}

// use notes when a key was used.
func (a *acts) use(key string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.uses == nil {
		a.uses = map[string]time.Time{}
	}
	a.uses[key] = at.Truncate(time.Minute)
}

func (a *acts) take() ([]account.Act, map[string]time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	wait, uses := a.wait, maps.Clone(a.uses)
	a.wait = nil
	clear(a.uses)
	return wait, uses
}

// KeepActs writes what was noted since the last time.
func (s *Service) KeepActs(ctx context.Context) error {
	wait, uses := s.acts.take()
	if len(wait) == 0 && len(uses) == 0 {
		return nil
	}
	for i := range wait {
		var err error
		if wait[i].ID, err = newActID(); err != nil {
			return err
		}
	}
	if err := s.store.Write(ctx, &store.WriteActs{Acts: wait, Uses: uses}); err != nil {
		return fmt.Errorf("keep acts: %w", err)
	}
	return nil
}

// act makes the act of the caller in the context, to be written with what is
// done.
func (s *Service) act(ctx context.Context, action account.Action, accountID, subject, detail string) (account.Act, error) {
	id, err := newActID()
	c := account.From(ctx)
	return account.Act{
		ID: id, At: s.time(), Account: accountID, By: c.ID, Key: c.Key, Address: c.Address, Action: action, Subject: subject, Detail: detail,
	}, err
}

func newActID() (string, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make act id: %w", err)
	}
	return "act_" + base32.Encode(u), nil
}

// firstActID is not above the id of any act that was done from a time on.
func firstActID(from time.Time) string {
	var u uuid.UUID // version 7 begins with the time in ms
	binary.BigEndian.PutUint64(u[:], uint64(max(from.UnixMilli(), 0))<<16)
	return "act_" + base32.Encode(u)
}

// Acts lists what was done, newest first, and how many acts the filter picks
// in all.
func (s *Service) Acts(ctx context.Context, f account.ActFilter) ([]account.Act, int64, error) {
	return s.store.Acts(ctx, f)
}
