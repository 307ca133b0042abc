package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"docket/internal/job"
)

// UseTicket uses a ticket up, on whichever node. The error is ErrFenced when it
// was used before.
type UseTicket struct {
	Nonce   [16]byte
	Expires time.Time
}

func (*UseTicket) work() bool { return false }

func (*UseTicket) needs() needs { return needs{} }

func (o *UseTicket) apply(t *txn) error {
	if err := t.one(`INSERT INTO tickets (nonce, expires_at) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING`, o.Nonce[:], micros(o.Expires)); err != nil {
		return fmt.Errorf("use a ticket: %w", err)
	}
	return nil
}

// SweepTickets removes up to Max tickets that could not be used any more.
type SweepTickets struct {
	Now time.Time
	Max int

	Count int // the answer
}

func (*SweepTickets) work() bool { return true }

func (o *SweepTickets) apply(t *txn) error {
	n, err := t.exec(`DELETE FROM tickets WHERE nonce IN (SELECT nonce FROM tickets WHERE expires_at <= $1 LIMIT $2)`, micros(o.Now), o.Max)
	if err != nil {
		return fmt.Errorf("delete tickets: %w", err)
	}
	o.Count = int(n)
	return nil
}

// Newest reads where jobs stand, as the event that told of it; those that are
// gone are missing.
func (s *Store) Newest(ctx context.Context, ids []job.ID) (map[job.ID]job.Event, error) {
	found := make(map[job.ID]job.Event, len(ids))
	for part := range slices.Chunk(ids, 500) {
		jobs, err := s.Jobs(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, j := range jobs {
			found[j.ID] = job.Event{Job: j.ID, Account: j.Account, Operation: j.Operation, Version: j.Version, At: j.UpdatedAt, Kind: job.EventStatus, To: j.Status, Attempt: j.Attempt, Elsewhere: true}
		}
	}
	return found, nil
}
