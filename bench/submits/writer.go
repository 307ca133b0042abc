package submits

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// row is one submit.
type row struct {
	id   []byte
	hash string
	body []byte
	done chan error
}

// writer is a loop that takes what waits into one commit.
type writer struct {
	conn    *sql.Conn
	insert  *sql.Stmt
	waiting chan row
	most    int // rows of one commit
}

func newWriter(ctx context.Context, db *sql.DB, group bool) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	insert, err := conn.PrepareContext(ctx, "INSERT INTO rows VALUES (?, ?, ?)")
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	w := &writer{conn: conn, insert: insert, waiting: make(chan row, 512), most: 1}
	if group {
		w.most = cap(w.waiting)
	}
	return w, nil
}

// write returns when the row is on the disk.
func (w *writer) write(one row) error {
	one.done = make(chan error, 1)
	w.waiting <- one
	return <-one.done
}

func (w *writer) run(ctx context.Context) {
	for first := range w.waiting {
		batch := []row{first}
		for more := true; more && len(batch) < w.most; {
			select {
			case one := <-w.waiting:
				batch = append(batch, one)
			default:
				more = false
			}
		}
		err := w.commit(ctx, batch)
		for _, one := range batch {
			one.done <- err
		}
	}
}

func (w *writer) commit(ctx context.Context, batch []row) error {
	_, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	for _, one := range batch {
		_, e := w.insert.ExecContext(ctx, one.id, one.hash, one.body)
		err = errors.Join(err, e)
	}
	_, e := w.conn.ExecContext(ctx, "COMMIT")
	return errors.Join(err, e)
}
