package noop

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"docket/internal/job"
)

// Serve is a server whose settings are the flags in args, until the context
// ends. It prints where it listens, and then every moment of its jobs.
func Serve(ctx context.Context, args []string, out io.Writer) error {
	o := Options{Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.StringVar(&o.Name, "name", "node", "of the node")
	flags.StringVar(&o.Folder, "folder", "", "of the node's own")
	flags.StringVar(&o.Blobs, "blobs", "", "folder of the documents, which nodes share")
	flags.StringVar(&o.Database, "database", "", "URL of PostgreSQL; empty: SQLite in the folder")
	flags.IntVar(&o.Workers, "workers", 64, "jobs at the same time")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	p := newPrinter(out)
	o.Tell = func(id job.ID, m Moment, at time.Time, _ []byte) { p.moment(id.In(job.TypeID), m, at) }
	node, err := Open(ctx, o)
	if err != nil {
		return err
	}
	node.Hub.Listen(func(e job.Event) bool {
		if e.To == job.Completed && !e.Elsewhere {
			p.moment(e.Job.In(job.TypeID), Completed, time.Now())
		}
		return false
	})
	p.lines <- []byte(ready + l.Addr().String() + "\n")
	served := make(chan error, 1)
	go func() { served <- node.serve(l) }()
	select {
	case err = <-served:
		return errors.Join(err, node.Close())
	case <-ctx.Done():
	}
	return errors.Join(node.Close(), <-served)
}
