package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is the name under which the nodes of a database talk.
const channel = "docket"

// MaxSaid is the longest text that can be said, in bytes; PostgreSQL takes less
// than 8000.
const MaxSaid = 7900

// ErrDeaf says that what is said on the bus is not heard: a pooler between here
// and the database lends its connections for a transaction at a time.
var ErrDeaf = errors.New("notifications do not pass")

// Bus carries short texts between the nodes of a database; a node hears its own
// too. They are hints: one that is said while a node is not listening is lost
// for it. It has two connections of its own, so that no other transaction waits
// for a text, nor a text for it.
type Bus struct {
	config *pgx.ConnConfig
	mu     sync.Mutex
	says   *pgx.Conn // nil: not connected
}

// Bus gives the way to the other nodes; nil when no other node can have the
// database open.
func (s *Store) Bus() *Bus { return s.bus }

// Say tells every node that listens, in one transaction.
func (b *Bus) Say(ctx context.Context, texts []string) error {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.says == nil || b.says.IsClosed() {
		conn, err := pgx.ConnectConfig(ctx, b.config)
		if err != nil {
			return storageError(fmt.Errorf("connect to tell other nodes: %w", err))
		}
		b.says = conn
	}
	if _, err := b.says.Exec(ctx, `SELECT pg_notify($1, said) FROM unnest($2::text[]) said`, channel, texts); err != nil {
		err = errors.Join(err, b.hangUp(b.says))
		b.says = nil
		return storageError(fmt.Errorf("tell other nodes: %w", err))
	}
	return nil
}

// Hear gives every text that is said to heard, until ctx ends or the connection
// is lost; ready is called once nothing more is missed. The error is ErrDeaf
// when it listens and hears nothing.
func (b *Bus) Hear(ctx context.Context, ready func(), heard func(text string)) (err error) {
	conn, err := b.dial(ctx)
	if err != nil {
		return storageError(fmt.Errorf("connect to hear other nodes: %w", err))
	}
	defer func() { err = errors.Join(err, b.hangUp(conn)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return storageError(fmt.Errorf("listen to other nodes: %w", err))
	}
	echo := fmt.Sprintf("echo %d %d", conn.PgConn().PID(), time.Now().UnixNano())
	if err := b.Say(ctx, []string{echo}); err != nil {
		return err
	}
	if err := b.await(ctx, conn, echo); err != nil {
		return err
	}
	ready()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return storageError(fmt.Errorf("hear other nodes: %w", err))
		}
		heard(n.Payload)
	}
}

func (b *Bus) dial(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	return pgx.ConnectConfig(ctx, b.config)
}

// await hears what was said to oneself. What others say meanwhile may be missed
// as before: whoever is ready looks at everything.
func (b *Bus) await(ctx context.Context, conn *pgx.Conn, echo string) error {
	within, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	for {
		n, err := conn.WaitForNotification(within)
		switch {
		case err != nil && within.Err() != nil && ctx.Err() == nil:
			return ErrDeaf
		case err != nil:
			return storageError(fmt.Errorf("hear oneself: %w", err))
		case n.Payload == echo:
			return nil
		}
	}
}

func (b *Bus) hangUp(conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := conn.Close(ctx); err != nil && !conn.IsClosed() {
		return fmt.Errorf("close a connection to other nodes: %w", err)
	}
	return nil
}

// close ends what Say has open.
func (b *Bus) close() error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.says == nil {
		return nil
	}
	return b.hangUp(b.says)
}
