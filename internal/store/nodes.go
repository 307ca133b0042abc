package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"docket/internal/job"
)

// Beat says that a node is there, and forgets those that were not seen since a
// time.
type Beat struct {
	Node   job.Node
	Forget time.Time
}

func (*Beat) work() bool { return true }

func (o *Beat) apply(t *txn) error {
	n := o.Node
	if err := t.send(`INSERT INTO nodes (id, host, role, version, slots, started_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET slots = excluded.slots, seen_at = excluded.seen_at`,
		n.ID, n.Host, n.Role, n.Version, n.Slots, micros(n.Started), micros(n.Seen)); err != nil {
		return fmt.Errorf("write node %s: %w", n.ID, err)
	}
	if err := t.send(`DELETE FROM nodes WHERE seen_at < $1`, micros(o.Forget)); err != nil {
		return fmt.Errorf("forget nodes: %w", err)
	}
	return nil
}

// Leave says that a node is there no more.
type Leave struct{ ID string }

func (*Leave) work() bool { return true }

func (o *Leave) apply(t *txn) error {
	if err := t.send(`DELETE FROM nodes WHERE id = $1`, o.ID); err != nil {
		return fmt.Errorf("remove node %s: %w", o.ID, err)
	}
	return nil
}

// Nodes reads the processes that serve or work, oldest first.
func (s *Store) Nodes(ctx context.Context) ([]job.Node, error) {
	var found []job.Node
	err := s.query(ctx, func(rows row) error {
		var (
			n             job.Node
			started, seen sql.NullInt64
		)
		err := rows.Scan(&n.ID, &n.Host, &n.Role, &n.Version, &n.Slots, &started, &seen)
		n.Started, n.Seen = fromMicros(started), fromMicros(seen)
		found = append(found, n)
		return err
	}, `SELECT id, host, role, version, slots, started_at, seen_at FROM nodes ORDER BY started_at, id`)
	if err != nil {
		return nil, fmt.Errorf("read nodes: %w", err)
	}
	return found, nil
}
