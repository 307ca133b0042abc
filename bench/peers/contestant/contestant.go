// Package contestant puts jobs through a queue and says how long it took. Every
// contestant is a program of its own that calls Main, so that none of them has
// another's libraries, memory or garbage.
package contestant

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long a round may take.
const patience = time.Minute

// Settings are what all contestants are told alike.
type Settings struct {
	Jobs     int    // of one round
	Clients  int    // that submit at the same time
	Workers  int    // jobs that may run at the same time
	Batch    int    // jobs in one call of Submit
	Database string // an URL, an address, or a folder of the round's own
	Server   int    // process of the database, whose processor time counts too; 0: none
}

// Queue is a contestant that was set up and whose workers wait for jobs.
type Queue struct {
	// Submit hands in the jobs of these numbers; they are on disk when it
	// returns, as far as the queue promises that.
	Submit func(ctx context.Context, jobs []int) error
	Server int // another process that takes part, as in Settings; 0: none
	Close  func() error
}

// Round is one measurement under way.
type Round struct {
	Settings

	begun []time.Time // when the client began to submit the job
	took  []time.Duration
	ended []atomic.Bool
	left  atomic.Int64
	over  chan struct{}
}

// Main reads the flags, measures one round of what open opens, prints it as a
// line of JSON, and returns the exit code.
func Main(open func(ctx context.Context, r *Round) (*Queue, error)) int {
	var s Settings
	flag.IntVar(&s.Jobs, "n", 10_000, "jobs")
	flag.IntVar(&s.Clients, "clients", 64, "clients that submit at the same time")
	flag.IntVar(&s.Workers, "workers", 64, "jobs that may run at the same time")
	flag.IntVar(&s.Batch, "batch", 1, "jobs that a client submits at once")
	flag.StringVar(&s.Database, "database", "", "URL or address of the database, or a folder")
	flag.IntVar(&s.Server, "server", 0, "process of the database's server, whose processor time is counted with its children's")
	profile := flag.String("cpuprofile", "", "file for a profile of the processor time")
	flag.Parse()
	stop, err := profiling(*profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stop()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f, err := measure(ctx, s, open)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// profiling writes a profile until it is stopped; of no file it does nothing.
func profiling(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, fmt.Errorf("make the profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // what is measured does not depend on it
	}, nil
}

// measure puts some jobs through first, so that connections are open and
// statements prepared, and then those that count.
func measure(ctx context.Context, s Settings, open func(ctx context.Context, r *Round) (*Queue, error)) (f Figures, err error) {
	warm := min(s.Jobs/10, 1000)
	r := newRound(s, warm+s.Jobs)
	q, err := open(ctx, r)
	if err != nil {
		return f, fmt.Errorf("set up: %w", err)
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	if err := r.put(ctx, q, 0, warm); err != nil {
		return f, fmt.Errorf("warm up: %w", err)
	}
	before, err := processorTime(s.Server, q.Server)
	if err != nil {
		return f, err
	}
	begin := time.Now()
	if err := r.put(ctx, q, warm, warm+s.Jobs); err != nil {
		return f, err
	}
	took := time.Since(begin)
	after, err := processorTime(s.Server, q.Server)
	if err != nil {
		return f, err
	}
	return newFigures(took, after-before, r.took[warm:]), nil
}

func newRound(s Settings, jobs int) *Round {
	return &Round{Settings: s, begun: make([]time.Time, jobs), took: make([]time.Duration, jobs), ended: make([]atomic.Bool, jobs)}
}

// put submits the jobs from one number up to another and waits until all have
// ended.
func (r *Round) put(ctx context.Context, q *Queue, from, to int) error {
	if from == to {
		return nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.over = make(chan struct{})
	r.left.Store(int64(to - from))
	var (
		next    atomic.Int64
		clients sync.WaitGroup
	)
	next.Store(int64(from))
	for range r.Clients {
		clients.Go(func() {
			if err := r.submit(ctx, q, &next, to); err != nil {
				stop(err)
			}
		})
	}
	select {
	case <-r.over:
	case <-ctx.Done():
	}
	clients.Wait()
	if left := r.left.Load(); left > 0 {
		return fmt.Errorf("%d of %d jobs have not ended: %w", left, to-from, context.Cause(ctx))
	}
	return nil
}

// submit is one client.
func (r *Round) submit(ctx context.Context, q *Queue, next *atomic.Int64, to int) error {
	for ctx.Err() == nil {
		end := int(next.Add(int64(r.Batch)))
		var jobs []int
		for i := end - r.Batch; i < min(end, to); i++ {
			r.begun[i] = time.Now()
			jobs = append(jobs, i)
		}
		if len(jobs) == 0 {
			return nil
		}
		if err := q.Submit(ctx, jobs); err != nil {
			return fmt.Errorf("submit: %w", err)
		}
	}
	return nil
}

// Ended says that a job has ended and that its end is on disk, as far as the
// queue promises that. Whoever says it of a job twice is heard once.
func (r *Round) Ended(job int) {
	if r.ended[job].Swap(true) {
		return
	}
	r.took[job] = time.Since(r.begun[job])
	if r.left.Add(-1) == 0 {
		close(r.over)
	}
}
