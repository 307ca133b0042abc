package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// sqliteEngine is the one connection that writes to a file. Its operations run
// one after another.
type sqliteEngine struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // prepared once
	texts map[string]string    // of inserts and updates, by name
	seen  *seen
}

func newSQLiteEngine(ctx context.Context, db *sql.DB) (*sqliteEngine, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect the writer: %w", err)
	}
	return &sqliteEngine{db: db, conn: conn, stmts: map[string]*sql.Stmt{}, texts: map[string]string{}, seen: newSeen(0)}, nil
}

func (e *sqliteEngine) try(batch []*request) (refusals []error, done *effects, err error) {
	ctx := context.Background()
	if _, err := e.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		e.rollback(ctx)
		return nil, nil, fmt.Errorf("begin: %w", err)
	}
	done = newEffects()
	t := &txn{session: e, effects: done, texts: sqliteTexts, known: &e.seen.waiting}
	refusals = make([]error, len(batch))
	for i, r := range batch {
		err := r.op.apply(t)
		if refusal(err) {
			refusals[i] = err
			continue
		}
		if err != nil {
			e.rollback(ctx)
			return nil, nil, err
		}
	}
	if err := t.flush(); err != nil {
		e.rollback(ctx)
		return nil, nil, err
	}
	if _, err := e.conn.ExecContext(ctx, "COMMIT"); err != nil {
		e.rollback(ctx)
		e.seen.waiting.forget()
		return nil, nil, fmt.Errorf("commit: %w", unknown(err))
	}
	return refusals, done, nil
}

// rollback fails only when a full disk or the like has ended the transaction
// already, which is as good.
func (e *sqliteEngine) rollback(ctx context.Context) { _, _ = e.conn.ExecContext(ctx, "ROLLBACK") }

func (e *sqliteEngine) close() error {
	var errs []error
	for _, s := range e.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, e.conn.Close(), e.db.Close())...)
}

func (e *sqliteEngine) prepare(query string) (*sql.Stmt, error) {
	if s := e.stmts[query]; s != nil {
		return s, nil
	}
	s, err := e.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	e.stmts[query] = s
	return s, nil
}

func (e *sqliteEngine) each(scan func(row) error, query string, args ...any) error {
	s, err := e.prepare(query) //nolint:sqlclosecheck // kept for the next batch, closed with the engine
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

func (e *sqliteEngine) exec(query string, args ...any) (int64, error) {
	s, err := e.prepare(query) //nolint:sqlclosecheck // kept for the next batch, closed with the engine
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (e *sqliteEngine) send(query string, args ...any) error {
	_, err := e.exec(query, args...)
	return err
}

func (e *sqliteEngine) insert(into table, values ...any) error {
	if e.texts[into.name] == "" {
		e.texts[into.name] = sqliteTexts.insert(into)
	}
	return e.send(e.texts[into.name], values...)
}

func (e *sqliteEngine) update(what update, values ...any) (c changed, err error) {
	if e.texts[what.name] == "" {
		e.texts[what.name] = sqliteTexts.update(what)
	}
	err = e.each(func(rows row) error {
		var id []byte
		return rows.Scan(&id, &c.version, &c.awaited)
	}, e.texts[what.name], values...)
	return c, err
}

// alone is what every operation is here.
func (*sqliteEngine) alone() error { return nil }
