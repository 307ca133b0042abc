// Package load is a client that costs little: it sends ready requests over
// connections that stay open, and looks at no more of an answer than its
// status and its end.
package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"docket/bench/harness"
)

// Task is what a client does.
type Task struct {
	Address     string        `json:"address"`
	Requests    [][]byte      `json:"requests"` // as they go over the wire; each connection sends them in turn
	Status      int           `json:"status"`   // that each answer must have
	Connections int           `json:"connections"`
	Warm        time.Duration `json:"warm_ns"` // before anything counts
	For         time.Duration `json:"for_ns"`
}

// Found is what a client has seen.
type Found struct {
	All      int           `json:"all"`     // answers, also while it warmed up
	Counted  int           `json:"counted"` // answers after that
	For      time.Duration `json:"for_ns"`  // in which they came
	P50, P99 time.Duration
}

// Play is the client in a process of its own.
func Play(ctx context.Context, in io.Reader, out io.Writer) error {
	var task Task
	if err := json.NewDecoder(in).Decode(&task); err != nil {
		return fmt.Errorf("read the task: %w", err)
	}
	found, err := send(ctx, task)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(found)
}

// send lets all connections work until the time is over.
func send(ctx context.Context, task Task) (Found, error) {
	lanes := make([]lane, task.Connections)
	errs := make([]error, task.Connections)
	begin := time.Now()
	counts, ends := begin.Add(task.Warm), begin.Add(task.Warm+task.For)
	var wg sync.WaitGroup
	for i := range lanes {
		wg.Go(func() { errs[i] = lanes[i].run(ctx, task, i, counts, ends) })
	}
	wg.Wait()
	took := time.Since(counts)
	if err := errors.Join(errs...); err != nil {
		return Found{}, err
	}
	found := Found{For: took}
	var times []time.Duration
	for _, l := range lanes {
		found.All += l.all
		times = append(times, l.times...)
	}
	found.Counted = len(times)
	if found.Counted == 0 {
		return found, errors.New("no answer came in time")
	}
	slices.Sort(times)
	found.P50, found.P99 = times[len(times)/2], times[len(times)*99/100]
	return found, nil
}

// Measure lets the client work on a server, and gives the answers a second and
// the server's processor time for one.
func Measure(ctx context.Context, env *harness.Env, server *harness.Process, task Task) (harness.Round, error) {
	task.Address = server.Address
	if task.For == 0 {
		task.Warm, task.For = 200*time.Millisecond, time.Second
	}
	if env.Short {
		task.Warm, task.For = task.Warm/3, task.For/4
	}
	before, err := server.CPU()
	if err != nil {
		return harness.Round{}, err
	}
	var found Found
	if err := env.Play(ctx, harness.ClientCore, "load", task, &found); err != nil {
		return harness.Round{}, err
	}
	after, err := server.CPU()
	if err != nil {
		return harness.Round{}, err
	}
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return harness.Round{
		Figure: float64(found.Counted) / found.For.Seconds(),
		CPU:    (after - before) / time.Duration(found.All),
		More:   map[string]float64{"p50 ms": ms(found.P50), "p99 ms": ms(found.P99)},
	}, nil
}
