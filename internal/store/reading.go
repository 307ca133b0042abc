package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// reading is a transaction in which all that is read is of one moment.
type reading struct {
	store *Store
	tx    *sql.Tx
	texts []string // that were not prepared
}

func (s *Store) beginReading(ctx context.Context) (*reading, error) {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.pages})
	if err != nil {
		return nil, fmt.Errorf("begin to read: %w", storageError(err))
	}
	return &reading{store: s, tx: tx}, nil
}

// query calls scan for every row of the answer. What SQLite is asked for the
// first time is prepared for the next one when the transaction is over: to
// prepare takes a connection, and who waits for one must not hold another.
func (r *reading) query(ctx context.Context, scan func(row) error, text string, args ...any) error {
	rows, err := r.rows(ctx, text, args)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

func (r *reading) rows(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if known := r.store.often.known(text); known != nil {
		return r.tx.StmtContext(ctx, known).QueryContext(ctx, args...) //nolint:sqlclosecheck // closed with the transaction
	}
	if !r.store.shared {
		r.texts = append(r.texts, text)
	}
	return r.tx.QueryContext(ctx, text, args...)
}

func (r *reading) end(ctx context.Context) error {
	err := r.tx.Rollback()
	for _, text := range r.texts {
		err = errors.Join(err, r.store.often.learn(context.WithoutCancel(ctx), r.store.readers, text))
	}
	return err
}
