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

const (
	look = 20 * time.Millisecond // how often it is asked which jobs have ended
	// delay is the longest that the library lets a worker wait before it asks for
	// its first job.
	delay = 2200 * time.Millisecond
)

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
	e := &ends{round: r, ran: make(chan int, 2*r.Jobs), clients: clients}
	m := worker.NewManager()
	m.Concurrency, m.Pool, m.Logger = r.Workers, workers, silent{}
	m.Register(kind, e.work)
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 2)
	go func() { ended <- m.RunWithContext(running) }()
	go func() { e.follow(running); ended <- nil }()
	select {
	case <-time.After(delay):
	case err := <-ended:
		stop()
		return nil, errors.Join(errors.New("the workers do not start"), err)
	}
	return &contestant.Queue{Server: s.pid(), Submit: e.submit, Close: func() error {
		stop()
		err := errors.Join(<-ended, <-ended)
		clients.Close()
		return errors.Join(err, s.stop())
	}}, nil
}

// submit hands in one job after the other.
func (e *ends) submit(_ context.Context, jobs []int) error {
	return e.clients.With(func(c *faktory.Client) error {
		for _, n := range jobs {
			if err := c.Push(faktory.NewJob(kind, contestant.Payload(n))); err != nil {
				return fmt.Errorf("push: %w", err)
			}
		}
		return nil
	})
}

// ends says which jobs have ended. A job's function returns before Faktory knows
// of it, and the library tells nobody when it does; so of the jobs that have run
// as many have ended as Faktory has counted.
type ends struct {
	round   *contestant.Round
	clients *faktory.Pool
	ran     chan int
}

func (e *ends) work(_ context.Context, args ...any) error {
	payload, ok := args[0].(string)
	if !ok {
		return fmt.Errorf("a payload that is no text: %T", args[0])
	}
	n, err := contestant.Number(payload)
	if err != nil {
		return err
	}
	e.ran <- n
	return nil
}

// follow asks Faktory until the context ends.
func (e *ends) follow(ctx context.Context) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	var run []int
	told := 0
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-e.ran:
			run = append(run, n)
			continue
		case <-ticker.C:
		}
		var counted int
		err := e.clients.With(func(c *faktory.Client) error {
			state, err := c.CurrentState()
			if err == nil {
				counted = int(state.Data.TotalProcessed) //nolint:gosec // as many as the round has
			}
			return err
		})
		if err != nil { // a job that has not ended ends the round
			continue
		}
		for ; told < min(len(run), counted); told++ {
			e.round.Ended(run[told])
		}
	}
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
