// Package watchers measures what watchers of jobs that do nothing cost a server:
// memory for each, and how long it takes until all of them have heard of a
// change.
package watchers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"docket/bench/harness"
)

// aims are what the design asks for.
const (
	aimMemory = 30    // KiB a watcher
	aimTold   = 1_000 // ms until all are told
)

// Rows are the rows of this package.
func Rows() []harness.Row {
	var all []harness.Row
	for _, w := range []Way{WebSocket(), Stream(), AccountStream()} {
		all = append(all,
			row("watchers-"+w.Name, "An idle watcher: "+w.Title, "KiB", aimMemory, w, func(m measurement) harness.Round {
				return harness.Round{Figure: m.each}
			}),
			row("watchers-"+w.Name+"-told", "All of 10,000 watchers are told of a change: "+w.Title, "ms", aimTold, w, func(m measurement) harness.Round {
				return harness.Round{Figure: milliseconds(m.told), More: map[string]float64{"first ms": milliseconds(m.first)}}
			}),
		)
	}
	return all
}

// row is one of the two figures of a measurement, which is made once for both.
func row(name, title, unit string, atMost float64, w Way, of func(measurement) harness.Round) harness.Row {
	start := func(_ context.Context, env *harness.Env) (*harness.Running, error) {
		return &harness.Running{Round: func(ctx context.Context) (harness.Round, error) {
			m, err := harness.Shared(env, "watchers "+w.Name, func() (measurement, func() error, error) {
				m, err := measure(ctx, env, w)
				return m, func() error { return nil }, err
			})
			return of(m), err
		}}, nil
	}
	return harness.Row{
		Name: name, Group: "Watchers", Title: title, Unit: unit, Aim: harness.Aim{Kind: harness.AtMost, Value: atMost}, Rounds: 1,
		Note:        "10,000 watchers of one job that waits, which is cancelled at last. Memory is the server's resident memory with them less that without, when neither changes any more. Server and watchers share the machine.",
		Contestants: []harness.Contestant{{Name: "Docket", Start: start}},
	}
}

// measurement is what one run found.
type measurement struct {
	each        float64       // KiB of the server for a watcher
	first, told time.Duration // from the request that makes the change until the first, the last has heard
}

// measure starts a server, lets watchers watch one job, and cancels it.
func measure(ctx context.Context, env *harness.Env, w Way) (m measurement, err error) {
	n := 10_000
	if env.Short {
		n = 500
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	folder, err := os.MkdirTemp(env.Folder, "watched-")
	if err != nil {
		return m, fmt.Errorf("make a folder: %w", err)
	}
	d, err := env.Serve(ctx, harness.DocketOptions{Folder: folder, Flags: []string{"--max-websockets", strconv.Itoa(n)}})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, d.Stop()) }()
	id, err := d.Submit(ctx, "parse", "letter.txt", []byte("Dear reader")) // which nobody runs
	if err != nil {
		return m, err
	}
	before, err := settled(ctx, d)
	if err != nil {
		return m, err
	}
	all, err := OpenAll(ctx, w, d.Address, n, func(int) string { return id })
	if err != nil {
		return m, err
	}
	defer CloseAll(all)
	after, err := settled(ctx, d)
	if err != nil {
		return m, err
	}
	m.each = float64(after-before) / float64(n)
	m.first, m.told, err = tell(ctx, d, id, all)
	return m, err
}

// tell cancels the job, and waits until all watchers have heard of it.
func tell(ctx context.Context, d *harness.Docket, id string, all []Watcher) (first, last time.Duration, err error) {
	heard := make(chan error, len(all))
	for _, one := range all {
		go func() { heard <- until(one, "cancelled") }()
	}
	begin := time.Now()
	if _, err := d.Ask(ctx, http.MethodPost, "/jobs/"+id+"/cancel", "", nil); err != nil {
		return 0, 0, err
	}
	for i := range all {
		if err := <-heard; err != nil {
			return 0, 0, fmt.Errorf("watcher: %w", err)
		}
		if i == 0 {
			first = time.Since(begin)
		}
	}
	return first, time.Since(begin), nil
}

// settled is the server's resident memory in KiB when it has stopped changing.
func settled(ctx context.Context, d *harness.Docket) (int, error) {
	const look, calm = 500 * time.Millisecond, 6
	last, same := 0, 0
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for range 60 {
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-ticker.C:
		}
		now, err := d.Own()
		if err != nil {
			return 0, err
		}
		if same++; now > last+last/100 || now < last-last/100 {
			last, same = now, 0
		}
		if same == calm {
			return now, nil
		}
	}
	return 0, errors.New("the server's memory does not settle within 30 s")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
