package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// killIdle kills a node at a moment at which it has no message to send, which
// another one would send a minute later: it is held up, looked at, and let go
// again if it has.
func (c *cluster) killIdle(ctx context.Context, n *node) (err error) {
	db, err := sql.Open(c.driver, c.source)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for {
		if err := n.signal(syscall.SIGSTOP); err != nil {
			return err
		}
		sends, err := n.sends(ctx, db)
		if err == nil && sends == 0 {
			return n.end(syscall.SIGKILL)
		}
		// When it could not be looked at, the database is in trouble too.
		if err := errors.Join(n.signal(syscall.SIGCONT), pause(ctx, 20*time.Millisecond)); err != nil {
			return err
		}
	}
}

// sends is how many messages the database says that the process is sending.
func (n *node) sends(ctx context.Context, db *sql.DB) (messages int, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		return 0, nil
	}
	sender := fmt.Sprintf("%%:%d:%%", n.cmd.Process.Pid) // host:pid:random
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM deliveries WHERE lease_owner LIKE $1`, sender).Scan(&messages)
	return messages, err
}
