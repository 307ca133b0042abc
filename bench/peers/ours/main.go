// Command ours puts jobs through Docket: in one process, as a library such as
// River does it, or with -http over the requests of clients to a server in a
// process of its own. `ours serve` is such a server.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"docket/bench/noop"
	"docket/bench/peers/contestant"
	"docket/internal/job"
)

func main() { os.Exit(command()) }

func command() int {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		if err := noop.Serve(ctx, os.Args[2:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "ours:", err)
			return 1
		}
		return 0
	}
	http := flag.Bool("http", false, "over HTTP")
	return contestant.Main(func(ctx context.Context, r *contestant.Round) (*contestant.Queue, error) {
		folder, err := os.MkdirTemp("", "ours-")
		if err != nil {
			return nil, fmt.Errorf("make a folder: %w", err)
		}
		o := noop.Options{Name: "ours", Folder: folder, Workers: r.Workers, Database: r.Database}
		if !strings.HasPrefix(r.Database, "postgres") {
			o.Database, o.Folder = "", filepath.Join(r.Database, "ours")
		}
		open := inProcess
		if *http {
			open = overHTTP
		}
		q, err := open(ctx, r, o)
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(folder))
		}
		stop := q.Close
		q.Close = func() error { return errors.Join(stop(), os.RemoveAll(folder)) }
		return q, nil
	})
}

func inProcess(ctx context.Context, r *contestant.Round, o noop.Options) (*contestant.Queue, error) {
	runs := contestant.NewRuns[job.ID](r)
	o.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	o.Tell = func(id job.ID, m noop.Moment, _ time.Time, text []byte) {
		if m != noop.Returned {
			return
		}
		if err := runs.Ran(id, string(text)); err != nil {
			o.Log.Error("a job that is none of ours", "job", id, "error", err)
		}
	}
	node, err := noop.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	node.Hub.Listen(func(e job.Event) bool {
		if e.To == job.Completed {
			runs.Ended(e.Job)
		}
		return false
	})
	submit := func(ctx context.Context, jobs []int) error {
		for _, n := range jobs {
			if _, err := node.Submit(ctx, contestant.Payload(n)); err != nil {
				return err
			}
		}
		return nil
	}
	return &contestant.Queue{Submit: submit, Close: node.Close}, nil
}
