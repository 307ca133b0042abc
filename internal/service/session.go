package service

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"docket/internal/account"
	"docket/internal/store"
)

// SessionLife is how long a session lasts that nobody ends.
const SessionLife = 24 * time.Hour

// OpenSession gives what a browser's cookie holds in place of a key, and until
// when it is good. The error is that of Authenticate. // contract J28
func (s *Service) OpenSession(ctx context.Context, shown, address string) (string, account.Caller, time.Time, error) {
	c, err := s.Authenticate(shown, address)
	if err != nil {
		return "", c, time.Time{}, err
	}
	until := s.time().Add(SessionLife)
	act, err := s.act(account.With(ctx, c), account.SessionOpened, c.ID, c.Key, "")
	if err != nil {
		return "", c, until, err
	}
	if err := s.store.Write(ctx, &store.WriteActs{Acts: []account.Act{act}}); err != nil {
		return "", c, until, err
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(until.UnixMicro()))
	b = append(b, c.Key...)
	return base64.RawURLEncoding.EncodeToString(append(b, s.sessionMAC(b)...)), c, until, nil
}

func (s *Service) sessionMAC(b []byte) []byte {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("session\n")) // so that no link or ticket is a session
	mac.Write(b)
	return mac.Sum(nil)
}

// Session finds whose session a cookie holds. The error is of code
// Unauthorized, also when the key has ended since.
func (s *Service) Session(cookie, address string) (account.Caller, error) {
	if s.OpenMode() {
		return s.Authenticate("", address)
	}
	b, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil || len(b) < 8+sha256.Size {
		return account.Caller{}, unauthorized("session")
	}
	b, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if !hmac.Equal(mac, s.sessionMAC(b)) || !s.now().Before(time.UnixMicro(int64(binary.BigEndian.Uint64(b)))) {
		return account.Caller{}, unauthorized("session")
	}
	h := s.keys.heldByID(string(b[8:]))
	if h == nil {
		return account.Caller{}, unauthorized("session")
	}
	c := h.Caller()
	c.Address, c.Session = address, true
	return s.admit(h, c, s.now())
}
