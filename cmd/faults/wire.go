package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
)

// wireState is what a wire does with what passes.
type wireState int

const (
	carries wireState = iota
	refuses           // connections end, and no other is made
	hangs             // nothing passes, and nobody is told
	deafens           // a connection ends when the answer to a COMMIT comes back on it
)

// wire is between one node and the database.
type wire struct {
	to       string
	listener net.Listener

	mu      sync.Mutex
	state   wireState
	changed chan struct{} // closed when the state changes
	conns   map[net.Conn]bool
}

func newWire(ctx context.Context, to string) (*wire, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{to: to, listener: l, changed: make(chan struct{}), conns: map[net.Conn]bool{}}
	go w.accept(ctx)
	return w, nil
}

func (w *wire) address() string { return w.listener.Addr().String() }

func (w *wire) accept(ctx context.Context) {
	for {
		c, err := w.listener.Accept()
		if err != nil {
			return // it was closed
		}
		go w.carry(ctx, c)
	}
}

// carry joins a node to the database until one of them has enough.
func (w *wire) carry(ctx context.Context, node net.Conn) {
	defer w.drop(node)
	if !w.keep(node) || w.pass(nil) != nil {
		return
	}
	database, err := new(net.Dialer).DialContext(ctx, "tcp", w.to)
	if err != nil {
		return
	}
	defer w.drop(database)
	if !w.keep(database) {
		return
	}
	go func() {
		_, _ = io.Copy(passing{w, database, false}, node)
		w.drop(database)
	}()
	_, _ = io.Copy(passing{w, node, true}, database)
}

// passing is one direction of a connection.
type passing struct {
	wire    *wire
	to      net.Conn
	answers bool
}

func (p passing) Write(b []byte) (int, error) {
	var answers []byte
	if p.answers {
		answers = b
	}
	if err := p.wire.pass(answers); err != nil {
		return 0, err
	}
	return p.to.Write(b)
}

var errCut = errors.New("the wire is cut")

// pass waits until bytes may pass; answers are those of the database.
func (w *wire) pass(answers []byte) error {
	for {
		w.mu.Lock()
		state, changed := w.state, w.changed
		w.mu.Unlock()
		switch {
		case state == refuses, state == deafens && bytes.Contains(answers, []byte("COMMIT\x00")):
			return errCut
		case state != hangs:
			return nil
		}
		<-changed
	}
}

// set changes what the wire does. When it stops hanging, what has waited
// passes, late.
func (w *wire) set(s wireState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = s
	close(w.changed)
	w.changed = make(chan struct{})
	if s == refuses {
		w.dropAll()
	}
}

func (w *wire) keep(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns[c] = true
	return w.state != refuses
}

func (w *wire) drop(c net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
	_ = c.Close() // nobody reads it any more
}

// dropAll is called with the lock held.
func (w *wire) dropAll() {
	for c := range w.conns {
		_ = c.Close() // whoever reads it ends
	}
	clear(w.conns)
}

// close ends the wire for good.
func (w *wire) close() {
	_ = w.listener.Close() // there is no other way to end it
	w.set(refuses)
}
