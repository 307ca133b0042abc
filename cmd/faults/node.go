package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// program is how a node is started.
type program struct {
	path  string
	name  string // for who reads what was started
	cache string // the folder of compiled engines
}

// programs are what the nodes are: this executable, which is the server too,
// and perhaps that of another release. A node is the last of them at first, and
// one at random whenever it is started again.
type programs []program

// node is one process of the cluster, with a data folder and an address of its
// own that it keeps over its deaths.
type node struct {
	name     string
	programs programs
	data     string
	args     []string
	env      []string
	listen   string // host:port of its API; empty: it has none
	log      string

	mu      sync.Mutex
	cmd     *exec.Cmd      // nil: it is not to run
	ended   chan struct{}  // closed when it has ended
	revived int            // how often it ended by itself
	random  *rand.Rand     // chooses what it is next
	started map[string]int // how often, by the name of the program
}

// start starts the process; it is ready a moment later. One that ends by itself
// is started again after a second, as systemd does: it may have come while its
// database was away or its disk full.
func (n *node) start(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the process has its own
	p := n.next()
	if err := n.furnish(p); err != nil {
		return err
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), p.path, n.args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), n.env...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", n.name, err)
	}
	n.started[p.name]++
	ended := make(chan struct{})
	n.cmd, n.ended = cmd, ended
	go func() {
		_ = cmd.Wait() // its log says why
		close(ended)
		n.revive(ctx, cmd)
	}()
	return nil
}

// next is what the node will be; it is called with the lock held.
func (n *node) next() program {
	if len(n.started) == 0 {
		return n.programs[len(n.programs)-1]
	}
	return n.programs[n.random.IntN(len(n.programs))]
}

// revive starts a node that ended by itself.
func (n *node) revive(ctx context.Context, cmd *exec.Cmd) {
	if pause(ctx, time.Second) != nil {
		return
	}
	n.mu.Lock()
	wanted := n.cmd == cmd
	if wanted {
		n.revived++
	}
	n.mu.Unlock()
	if wanted {
		_ = n.start(ctx) // clients would notice
	}
}

// furnish makes the data folder, with the engine that is compiled already.
func (n *node) furnish(p program) error {
	if err := os.MkdirAll(n.data, 0o700); err != nil {
		return err
	}
	if err := os.Symlink(p.cache, filepath.Join(n.data, "cache")); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// signal sends a signal to the process, if it has not ended by itself.
func (n *node) signal(s syscall.Signal) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		return nil
	}
	if err := n.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", n.name, err)
	}
	return nil
}

// stopWithin is how long a node may take to stop. It promises ten seconds.
const stopWithin = 20 * time.Second

// end ends the process with a signal and waits for that; one that is told to
// stop and does not is killed, which is an error.
func (n *node) end(s syscall.Signal) error {
	if err := n.signal(s); err != nil {
		return err
	}
	n.mu.Lock()
	cmd, ended := n.cmd, n.ended
	n.cmd = nil
	n.mu.Unlock()
	if cmd == nil {
		return nil
	}
	select {
	case <-ended:
		return nil
	case <-time.After(stopWithin):
		err := cmd.Process.Signal(syscall.SIGKILL)
		<-ended
		return errors.Join(fmt.Errorf("%s did not end within %v", n.name, stopWithin), err)
	}
}

// freeAddress is a place where nothing listens now.
func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
