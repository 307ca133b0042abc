package service

import (
	"context"
	"fmt"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// OpenMode says that everyone may use the server: it listens on loopback alone and
// no key was ever made. // contract J27
func (s *Service) OpenMode() bool { return s.settings.Loopback && s.keys.empty() }

// Authenticate finds who shows a secret, from where. Without a secret it is
// everyone in open mode. The error is of code Unauthorized, whose fact
// "problem" says whether the key is missing, malformed, unknown, expired or
// revoked.
func (s *Service) Authenticate(shown, address string) (account.Caller, error) {
	if s.OpenMode() {
		c := account.Everyone()
		c.Address = address
		return c, nil
	}
	if shown == "" {
		return account.Caller{}, unauthorized("missing")
	}
	now := s.now()
	h := s.keys.find(shown, now)
	if h == nil {
		if _, err := account.ParseSecret(shown); err != nil {
			return account.Caller{}, &job.Error{Code: job.Unauthorized, Facts: job.Facts{"problem": "malformed"}, Err: err}
		}
		return account.Caller{}, unauthorized("unknown")
	}
	c := h.Caller()
	c.Address = address
	return s.admit(h, c, now)
}

// admit gives the caller if the key is still good, and keeps its use.
func (s *Service) admit(h *held, c account.Caller, now time.Time) (account.Caller, error) {
	if state := h.State(now); state != account.Active {
		s.noteKey(h, c.Address, account.KeyRefused, string(state))
		return account.Caller{}, unauthorized(string(state))
	}
	if h.usedAt(now) {
		s.acts.use(h.ID, now)
	}
	if !h.notedAt(now, c.Address) {
		s.noteKey(h, c.Address, account.KeyUsed, "")
	}
	return c, nil
}

func (s *Service) noteKey(h *held, address string, action account.Action, detail string) {
	s.note(account.Act{At: s.time(), Account: h.Account, By: h.Account, Key: h.ID, Address: address, Action: action, Subject: h.ID, Detail: detail})
}

func unauthorized(problem string) error {
	return &job.Error{Code: job.Unauthorized, Facts: job.Facts{"problem": problem}}
}

// StillGood says whether a caller who was admitted before, and has a stream
// open, would be admitted now. The error is of code Unauthorized.
func (s *Service) StillGood(c account.Caller) error {
	if c.Key == "" {
		if c.Open && !s.OpenMode() {
			return unauthorized("missing")
		}
		return nil
	}
	k, ok := s.keys.byID(c.Key)
	if !ok {
		return unauthorized("unknown")
	}
	if state := k.State(s.now()); state != account.Active {
		return unauthorized(string(state))
	}
	return nil
}

// foreign is the error for something of another account that the caller may
// not have. // contract H18, A9
func (s *Service) foreign(what string, id fmt.Stringer) error {
	if s.settings.HideForeign {
		return job.Errorf(job.NotFound, nil, "%s %s is of another account", what, id)
	}
	return job.Errorf(job.Forbidden, nil, "%s %s is of another account", what, id)
}

// named is an id that is text already.
type named string

func (n named) String() string { return string(n) }

// own says whether the caller may have what is the account's; an admin may
// have everything, which is noted.
func (s *Service) own(ctx context.Context, accountID, what string, id fmt.Stringer) error {
	c := account.From(ctx)
	if c.ID == accountID {
		return nil
	}
	if !c.May(account.Admin) {
		return s.foreign(what, id)
	}
	s.note(account.Act{At: s.time(), Account: accountID, By: c.ID, Key: c.Key, Address: c.Address, Action: account.JobRead, Subject: id.String()})
	return nil
}

// Scoped gives the account whose things the caller may list: the caller's own,
// or for an admin the one that is named. The error is of code Forbidden.
// contract J27
func Scoped(ctx context.Context, named string) (string, error) {
	c := account.From(ctx)
	if named == "" || named == c.ID {
		return c.ID, nil
	}
	if !c.May(account.Admin) {
		return "", &job.Error{Code: job.Forbidden, Facts: job.Facts{"scope": account.Admin.String()}}
	}
	return named, nil
}
