package testkit

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Wire is what a database is reached through, and can be cut.
type Wire struct {
	to     string
	mu     sync.Mutex
	from   string // address
	deaf   bool
	hung   bool
	l      net.Listener
	conns  []net.Conn
	mended time.Time
}

// NewWire gives a wire to the server of a database, and the address of the
// database through it.
func NewWire(t testing.TB, database string) (*Wire, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{to: u.Host, from: "127.0.0.1:0"}
	if err := w.Mend(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Cut)
	u.Host = w.from
	return w, u.String()
}

// Mend lets connections through again, at the same address.
func (w *Wire) Mend() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", w.from)
	if err != nil {
		return err
	}
	w.l, w.from, w.deaf, w.hung, w.mended = l, l.Addr().String(), false, false, time.Now()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return nil
}

func (w *Wire) carry(c net.Conn) {
	to, err := new(net.Dialer).DialContext(context.Background(), "tcp", w.to)
	if err != nil {
		_ = c.Close()
		return
	}
	w.mu.Lock()
	w.conns = append(w.conns, c, to)
	w.mu.Unlock()
	go func() {
		_, _ = io.Copy(answers{w, c}, to)
		_ = c.Close()
	}()
	_, _ = io.Copy(questions{w, to}, c)
	_ = to.Close()
}

// answers are what comes back.
type answers struct {
	wire *Wire
	to   net.Conn
}

func (a answers) Write(b []byte) (int, error) {
	a.wire.mu.Lock()
	deaf, hung := a.wire.deaf, a.wire.hung
	a.wire.mu.Unlock()
	if deaf && bytes.Contains(b, []byte("COMMIT\x00")) {
		return 0, io.ErrClosedPipe
	}
	if hung {
		return len(b), nil
	}
	return a.to.Write(b)
}

// questions are what is sent there.
type questions struct {
	wire *Wire
	to   net.Conn
}

func (q questions) Write(b []byte) (int, error) {
	q.wire.mu.Lock()
	hung := q.wire.hung
	q.wire.mu.Unlock()
	if hung {
		return len(b), nil
	}
	return q.to.Write(b)
}

// Hang lets the wire take what is sent and carry nothing, with every connection
// open, until it is cut.
func (w *Wire) Hang() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hung = true
}

// Deafen ends every connection when the answer to a COMMIT comes back on it:
// what was asked is stored, and who asked never hears of it.
func (w *Wire) Deafen() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf = true
}

// Hear ends what Deafen began.
func (w *Wire) Hear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf = false
}

// Cut ends every connection, and lets no other through.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.l.Close()
	for _, c := range w.conns {
		_ = c.Close()
	}
	w.conns = nil
}

// SinceMended is how long ago the wire was mended.
func (w *Wire) SinceMended() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Since(w.mended)
}
