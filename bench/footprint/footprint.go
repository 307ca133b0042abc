// Package footprint measures what a server takes: memory, time to start, room
// on the disk.
package footprint

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"docket/bench/harness"
)

const group = "What a server takes"

// Rows are the rows of this package.
func Rows() []harness.Row {
	rows := []harness.Row{
		alone("start-cold", "Start with an empty folder, until the first answer", "ms", cold),
		alone("start-warm", "Start with a database of 1,000 jobs, until the first answer", "ms", warm),
		alone("memory-idle", "Memory of an idle server", "MiB", idle),
		alone("size", "The program", "MiB", size),
		alone("memory-documents", "Memory after many documents, through that after few", "times", documents),
	}
	last := &rows[len(rows)-1]
	last.Rounds, last.Aim = 1, harness.Aim{Kind: harness.AtMost, Value: 1.2}
	last.Note = "Resident memory of the server without its children, after 1,000 small documents through that after 100. `make endurance` does the same with 10,000."
	rows[2].Rounds, rows[3].Rounds = 1, 1
	return rows
}

func alone(name, title, unit string, start func(context.Context, *harness.Env) (*harness.Running, error)) harness.Row {
	return harness.Row{Name: name, Group: group, Title: title, Unit: unit, Contestants: []harness.Contestant{{Name: "Docket", Start: start}}}
}

// started is how long a server takes to answer its first request.
func started(ctx context.Context, env *harness.Env, folder string) (_ harness.Round, err error) {
	begin := time.Now()
	d, err := env.Serve(ctx, harness.DocketOptions{Folder: folder})
	if err != nil {
		return harness.Round{}, err
	}
	defer func() { err = errors.Join(err, d.Stop()) }()
	if _, err := d.Ask(ctx, http.MethodGet, "/healthz", "", nil); err != nil {
		return harness.Round{}, err
	}
	return harness.Round{Figure: milliseconds(time.Since(begin))}, nil
}

func cold(_ context.Context, env *harness.Env) (*harness.Running, error) {
	return &harness.Running{Round: func(ctx context.Context) (harness.Round, error) {
		folder, err := os.MkdirTemp(env.Folder, "cold-")
		if err != nil {
			return harness.Round{}, fmt.Errorf("make a folder: %w", err)
		}
		return started(ctx, env, folder)
	}}, nil
}

func warm(ctx context.Context, env *harness.Env) (_ *harness.Running, err error) {
	folder, err := os.MkdirTemp(env.Folder, "warm-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	d, err := env.StartDocket(ctx, harness.DocketOptions{Folder: folder})
	if err != nil {
		return nil, err
	}
	for range 1000 {
		if _, err := d.Submit(ctx, "parse", "letter.txt", []byte("Dear reader")); err != nil {
			return nil, errors.Join(err, d.Stop())
		}
	}
	if err := d.Stop(); err != nil {
		return nil, err
	}
	return &harness.Running{Round: func(ctx context.Context) (harness.Round, error) { return started(ctx, env, folder) }}, nil
}

func idle(ctx context.Context, env *harness.Env) (*harness.Running, error) {
	d, err := env.StartDocket(ctx, harness.DocketOptions{})
	if err != nil {
		return nil, err
	}
	return &harness.Running{Stop: d.Stop, Round: func(context.Context) (harness.Round, error) {
		kib, err := d.Memory()
		return harness.Round{Figure: float64(kib) / 1024}, err
	}}, nil
}

func size(_ context.Context, env *harness.Env) (*harness.Running, error) {
	return &harness.Running{Round: func(context.Context) (harness.Round, error) {
		info, err := os.Stat(env.Docket)
		if err != nil {
			return harness.Round{}, fmt.Errorf("look at the program: %w", err)
		}
		return harness.Round{Figure: float64(info.Size()) / (1 << 20)}, nil
	}}, nil
}

// documents reads one small document after the other.
func documents(ctx context.Context, env *harness.Env) (*harness.Running, error) {
	d, err := env.StartDocket(ctx, harness.DocketOptions{Workers: 1})
	if err != nil {
		return nil, err
	}
	few, many := 100, 1000
	if env.Short {
		few, many = 10, 50
	}
	through := func(ctx context.Context, from, to int) (float64, error) {
		for n := from; n < to; n++ {
			id, err := d.Submit(ctx, "parse", "letter.txt", fmt.Appendf(nil, "Letter %d\n\nDear reader", n))
			if err == nil {
				err = d.Finish(ctx, id)
			}
			if err != nil {
				return 0, err
			}
		}
		kib, err := d.Own()
		return float64(kib) / 1024, err
	}
	return &harness.Running{Stop: d.Stop, Round: func(ctx context.Context) (harness.Round, error) {
		before, err := through(ctx, 0, few)
		if err != nil {
			return harness.Round{}, err
		}
		after, err := through(ctx, few, many)
		return harness.Round{Figure: after / before, More: map[string]float64{"before MiB": before, "after MiB": after}}, err
	}}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
