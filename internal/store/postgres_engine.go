package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// postgresEngine is one of a node's connections that write. The operations of
// a batch run side by side, and what they ask is sent together: a batch costs
// as many round trips as the longest of its operations, not as all of them.
type postgresEngine struct {
	config *pgx.ConnConfig
	conn   *pgx.Conn // nil: not connected
	seen   *seen
	texts  map[string]string // of inserts and updates, by name
	// databaseClock: leases end by the database's clock.
	databaseClock bool
}

func newPostgresEngine(config *pgx.ConnConfig, seen *seen, databaseClock bool) *postgresEngine {
	return &postgresEngine{config: config, seen: seen, texts: map[string]string{}, databaseClock: databaseClock}
}

// try runs the batch on the connection that there is, and once more on a new
// one when that one turns out to be dead before anything was to be committed.
func (e *postgresEngine) try(batch []*request) ([]error, *effects, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	old := e.conn != nil
	refusals, done, committing, err := e.once(ctx, batch)
	if old && !committing && away(err) && ctx.Err() == nil {
		refusals, done, _, err = e.once(ctx, batch)
	}
	return refusals, done, err
}

func (e *postgresEngine) once(ctx context.Context, batch []*request) (_ []error, _ *effects, committing bool, err error) {
	if err := e.connect(ctx); err != nil {
		return nil, nil, false, err
	}
	p := newPipeline(ctx, e)
	refusals, err := p.run(batch)
	if err != nil {
		e.rollback()
		if p.committing {
			err = unknown(err)
		}
		return nil, nil, p.committing, err
	}
	return refusals, p.effects, true, nil
}

func (e *postgresEngine) connect(ctx context.Context) error {
	if e.conn != nil && !e.conn.IsClosed() {
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	e.conn = conn
	return nil
}

// rollback leaves a connection that can be used again, or none.
func (e *postgresEngine) rollback() {
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	defer cancel()
	if e.conn.IsClosed() {
		e.conn = nil
		return
	}
	if _, err := e.conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = e.conn.Close(ctx) // of no use any more
		e.conn = nil
	}
}

func (e *postgresEngine) close() error {
	if e.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	defer cancel()
	return e.conn.Close(ctx)
}

// change is the statement that updates rows of jobs.
func (e *postgresEngine) change(what update) string {
	if e.texts[what.name] == "" {
		e.texts[what.name] = postgresTexts.update(what)
	}
	return e.texts[what.name]
}

// text is the statement that inserts into a table.
func (e *postgresEngine) text(into table) string {
	if e.texts[into.name] == "" {
		e.texts[into.name] = postgresTexts.insert(into)
	}
	return e.texts[into.name]
}
