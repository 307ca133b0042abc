// Command faktory puts jobs through a Faktory server, which it starts, and which
// starts a Redis server for itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	faktory "github.com/contribsys/faktory/client"
	worker "github.com/contribsys/faktory_worker_go"

	"docket/bench/peers/contestant"
)

// kind is the name of the jobs.
const kind = "no_op"

// delay is the longest that the library lets a worker wait before it asks for
// its first job.
const delay = 2200 * time.Millisecond

func main() { os.Exit(command()) }

func command() int {
	program := flag.String("faktory", "faktory", "the server's program")
	fsync := flag.String("appendfsync", "", "let its Redis log each command, with this setting; empty: as Faktory sets it up, with snapshots alone")
	return contestant.Main(func(ctx context.Context, r *contestant.Round) (*contestant.Queue, error) {
		s, err := start(ctx, *program, r.Database, *fsync)
		if err != nil {
			return nil, err
		}
		q, err := open(ctx, r, s)
		if err != nil {
			return nil, errors.Join(err, s.stop())
		}
		return q, nil
	})
}

// open lets workers wait for the jobs of a server.
func open(ctx context.Context, r *contestant.Round, s *server) (*contestant.Queue, error) {
	at := faktory.DefaultServer()
	at.Address, at.Timeout = s.address, 10*time.Second
	workers, err := faktory.NewPoolWithClientConstructor(r.Workers+2, at.Open)
	if err != nil {
		return nil, fmt.Errorf("make connections: %w", err)
	}
	clients, err := faktory.NewPoolWithClientConstructor(r.Clients+1, at.Open)
	if err != nil {
		return nil, fmt.Errorf("make connections: %w", err)
	}
	j := &jobs{counted: contestant.NewCounted(r), clients: clients}
	m := worker.NewManager()
	m.Concurrency, m.Pool, m.Logger = r.Workers, workers, silent{}
	m.Register(kind, j.work)
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 2)
	go func() { ended <- m.RunWithContext(running) }()
	go func() { j.counted.Follow(running, j.count); ended <- nil }()
	select {
	case <-time.After(delay):
	case err := <-ended:
		stop()
		return nil, errors.Join(errors.New("the workers do not start"), err)
	}
	return &contestant.Queue{Server: s.pid(), Submit: j.submit, Close: func() error {
		stop()
		err := errors.Join(<-ended, <-ended)
		clients.Close()
		return errors.Join(err, s.stop())
	}}, nil
}

// submit hands in one job after the other.
func (j *jobs) submit(_ context.Context, numbers []int) error {
	return j.clients.With(func(c *faktory.Client) error {
		for _, n := range numbers {
			if err := c.Push(faktory.NewJob(kind, contestant.Payload(n))); err != nil {
				return fmt.Errorf("push: %w", err)
			}
		}
		return nil
	})
}

// jobs are those of a round.
type jobs struct {
	counted *contestant.Counted
	clients *faktory.Pool
}

func (j *jobs) work(_ context.Context, args ...any) error {
	payload, ok := args[0].(string)
	if !ok {
		return fmt.Errorf("a payload that is no text: %T", args[0])
	}
	return j.counted.Ran(payload)
}

// count asks Faktory how many have ended.
func (j *jobs) count() (n int, err error) {
	err = j.clients.With(func(c *faktory.Client) error {
		state, err := c.CurrentState()
		if err == nil {
			n = int(state.Data.TotalProcessed) //nolint:gosec // as many as the round has
		}
		return err
	})
	return n, err
}

// silent is a logger that says nothing: what goes wrong is seen from the jobs.
type silent struct{}

func (silent) Debug(...any)          {}
func (silent) Debugf(string, ...any) {}
func (silent) Info(...any)           {}
func (silent) Infof(string, ...any)  {}
func (silent) Warn(...any)           {}
func (silent) Warnf(string, ...any)  {}
func (silent) Error(...any)          {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatal(...any)          {}
func (silent) Fatalf(string, ...any) {}
