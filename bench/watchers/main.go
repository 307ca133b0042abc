// Command watchers measures what idle watchers cost a server: memory for each,
// and how long it takes until all of them have heard of a change.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"time"
)

// aim is what the design asks for.
const (
	aimMemory = 30 // KiB a watcher
	aimTime   = time.Second
)

func main() { os.Exit(command()) }

func command() (exit int) {
	n := flag.Int("n", 10_000, "watchers")
	way := flag.String("way", "all", "how they watch: websocket, sse, events, or all, one after the other")
	binary := flag.String("docket", "", "the server's binary; empty: build it from the parent folder")
	asJSON := flag.Bool("json", false, "print JSON, and miss no aim")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *binary, *way, *n, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "watchers:", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, out io.Writer, binary, way string, n int, asJSON bool) error {
	chosen := slices.DeleteFunc(ways(), func(w watching) bool { return way != "all" && way != w.name })
	if len(chosen) == 0 {
		return fmt.Errorf("-way %q: must be websocket, sse, events or all", way)
	}
	if binary == "" {
		built, remove, err := build(ctx)
		if err != nil {
			return err
		}
		defer remove()
		binary = built
	}
	missed := false
	for _, w := range chosen {
		m, err := measure(ctx, binary, w, n)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		if asJSON {
			if err := json.NewEncoder(out).Encode(m.figures()); err != nil {
				return fmt.Errorf("print: %w", err)
			}
			continue
		}
		if _, err := fmt.Fprintln(out, m); err != nil {
			return fmt.Errorf("print: %w", err)
		}
		missed = missed || m.each() > aimMemory || m.told > aimTime
	}
	if missed {
		return fmt.Errorf("more than %d KiB each or %v until all are told", aimMemory, aimTime)
	}
	return nil
}

// measurement is what one run found.
type measurement struct {
	way           string
	n             int
	before, after int           // resident memory of the server in KiB
	opened        time.Duration // until all watched
	first, told   time.Duration // from the request that makes the change until the first, the last has heard
}

func (m measurement) each() float64 { return float64(m.after-m.before) / float64(m.n) }

// figures are what another program reads.
func (m measurement) figures() map[string]float64 {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return map[string]float64{"each_kib": m.each(), "first_ms": ms(m.first), "told_ms": ms(m.told)}
}

func (m measurement) String() string {
	return fmt.Sprintf("%-9s %d watchers opened in %v; server %d KiB before, %d KiB with them: %.1f KiB each; first told after %v, all after %v",
		m.way, m.n, m.opened.Round(time.Millisecond), m.before, m.after, m.each(), m.first.Round(time.Millisecond), m.told.Round(time.Millisecond))
}

// measure starts a server, lets n watchers watch one job, and cancels it.
func measure(ctx context.Context, binary string, w watching, n int) (m measurement, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := start(ctx, binary, n)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	id, err := s.submit(ctx)
	if err != nil {
		return m, err
	}
	m = measurement{way: w.name, n: n}
	if m.before, err = s.settled(ctx); err != nil {
		return m, err
	}
	begin := time.Now()
	watchers, err := openAll(ctx, s, w, id, n)
	if err != nil {
		return m, err
	}
	m.opened = time.Since(begin)
	defer func() {
		for _, one := range watchers {
			one.close()
		}
	}()
	if m.after, err = s.settled(ctx); err != nil {
		return m, err
	}
	heard := make(chan error, n)
	for _, one := range watchers {
		go func() { heard <- one.until("cancelled") }()
	}
	begin = time.Now()
	if err := s.cancel(ctx, id); err != nil {
		return m, err
	}
	for i := range n {
		if err := <-heard; err != nil {
			return m, fmt.Errorf("watcher: %w", err)
		}
		if i == 0 {
			m.first = time.Since(begin)
		}
	}
	m.told = time.Since(begin)
	return m, nil
}

// openAll opens the watchers, some at the same time, and waits until each has
// been told what there is to tell at the beginning.
func openAll(ctx context.Context, s *server, w watching, id string, n int) ([]watcher, error) {
	const together = 64
	all, errs := make([]watcher, n), make([]error, together)
	var wg sync.WaitGroup
	for lane := range together {
		wg.Go(func() {
			for i := lane; i < n && errs[lane] == nil; i += together {
				all[i], errs[lane] = w.open(ctx, s.address, id)
			}
		})
	}
	wg.Wait()
	return all, cmp.Or(errs...)
}
