package service

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// TicketLife is how long a ticket may be used.
const TicketLife = time.Minute

// ticketSlack is by how much the clocks of two nodes may differ.
const ticketSlack = 5 * time.Minute

// ticket is what is signed: it lets a client that can send no headers, such as
// a browser's WebSocket, open one stream.
type ticket struct {
	nonce   [16]byte
	job     job.ID    // zero: any of the account's
	made    time.Time // µs
	account string
	key     string // id; empty when the caller showed none
}

const ticketBytes = 16 + 16 + 8 // nonce, job, time of making in µs; the key and the account follow, with a line break between them

// Ticket makes a ticket of the caller's for the job, or for any of the
// caller's jobs when id is zero, and says until when it can be used. The error
// is that of Job.
func (s *Service) Ticket(ctx context.Context, id job.ID) (string, time.Time, error) {
	if !id.IsZero() {
		if _, err := s.Job(ctx, id); err != nil {
			return "", time.Time{}, err
		}
	}
	c := account.From(ctx)
	t := ticket{job: id, made: s.time(), account: c.ID, key: c.Key}
	_, _ = rand.Read(t.nonce[:]) // never fails
	b := append(t.nonce[:], id[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(t.made.UnixMicro()))
	b = append(b, t.key+"\n"+t.account...)
	return base64.RawURLEncoding.EncodeToString(append(b, s.ticketMAC(b)...)), t.made.Add(TicketLife), nil
}

func (s *Service) ticketMAC(b []byte) []byte {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("ticket\n")) // so that no link is a ticket
	mac.Write(b)
	return mac.Sum(nil)
}

// Redeem uses a ticket up and gives the context of its account. id is the job
// that it is shown for, zero when it is for all. The error is of code
// Forbidden.
func (s *Service) Redeem(ctx context.Context, text string, id job.ID) (context.Context, error) {
	t, ok := s.readTicket(text)
	switch {
	case !ok:
		return ctx, badTicket("not one of this server's")
	case !s.now().Before(t.made.Add(TicketLife)):
		return ctx, badTicket("expired")
	case t.made.After(s.now().Add(ticketSlack)):
		return ctx, badTicket("from the future")
	case !t.job.IsZero() && t.job != id:
		return ctx, badTicket("for another job")
	}
	c, err := s.holder(t)
	if err != nil {
		return ctx, err
	}
	// Whatever node it was shown to: the database knows.
	err = s.store.Write(ctx, &store.UseTicket{Nonce: t.nonce, Expires: t.made.Add(TicketLife + ticketSlack)})
	if errors.Is(err, store.ErrFenced) {
		return ctx, badTicket("used already")
	}
	if err != nil {
		return ctx, err
	}
	return account.With(ctx, c), nil
}

// holder is who asked for the ticket, if that is still somebody. A ticket only
// reads.
func (s *Service) holder(t ticket) (account.Caller, error) {
	if t.key == "" && s.OpenMode() {
		return account.Everyone(), nil
	}
	k, ok := s.keys.byID(t.key)
	if !ok || k.State(s.now()) != account.Active {
		return account.Caller{}, badTicket("of a key that is no longer good")
	}
	c := k.Caller()
	c.ID = t.account
	return c, nil
}

func badTicket(problem string) error {
	return &job.Error{Code: job.Forbidden, Facts: job.Facts{"ticket": problem}}
}

func (s *Service) readTicket(text string) (ticket, bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < ticketBytes+sha256.Size {
		return ticket{}, false
	}
	b, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if !hmac.Equal(mac, s.ticketMAC(b)) {
		return ticket{}, false
	}
	key, holder, _ := strings.Cut(string(b[ticketBytes:]), "\n")
	return ticket{
		nonce: [16]byte(b[:16]), job: job.ID(b[16:32]),
		made: time.UnixMicro(int64(binary.BigEndian.Uint64(b[32:]))), account: holder, key: key,
	}, true
}
