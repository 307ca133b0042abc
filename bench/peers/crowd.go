package peers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"docket/bench/harness"
	"docket/bench/noop"
	"docket/bench/peers/contestant"
	"docket/bench/watchers"
)

// The size of a crowd.
const (
	crowdJobs     = 120 // each changes every noop.StepTime: 200 changes a second altogether
	crowdWatchers = 1000
	crowdTime     = 5 * time.Second // of a round
)

// crowds are the rows of many watchers of jobs that change all the time.
func crowds() []harness.Row {
	const note = "120 jobs run at the same time and report their progress every 0.6 s, which makes 200 changes a second; 1,000 watchers watch one of them each. From the report in the operation, through its commit, until a watcher has all of the message. " +
		"Processor time is the node's for one change, told to eight or nine watchers; “CPU µs, unwatched” is that of a change while nobody watches. Memory is the node's resident memory with the watchers less that without, while jobs run, for a watcher."
	var rows []harness.Row
	for _, way := range []watchers.Way{watchers.WebSocket(), watchers.Stream()} {
		row := harness.Row{
			Name: "changes-" + way.Name, Group: "Watchers", Title: "1,000 watchers of jobs that change all the time: " + way.Title, Unit: "ms (median)", Note: note,
		}
		for _, s := range []setting{
			{name: "SQLite, one node", place: sqlite, nodes: 1, workers: crowdJobs},
			{name: "PostgreSQL, one node", place: postgres, nodes: 1, workers: crowdJobs},
		} {
			c := crowd{setting: s, way: way, watchers: crowdWatchers, jobs: crowdJobs, time: crowdTime}
			row.Contestants = append(row.Contestants, harness.Contestant{Name: "Docket, " + s.name, Start: c.start})
		}
		rows = append(rows, row)
	}
	return rows
}

// crowd is many watchers of jobs that change all the time.
type crowd struct {
	setting        setting
	way            watchers.Way
	watchers, jobs int
	time           time.Duration
}

// watched is a crowd that is there.
type watched struct {
	crowd
	stage     *stage
	all       []watchers.Watcher
	each      float64       // KiB of the node for a watcher
	unwatched time.Duration // processor time of a change that nobody watches

	mu       sync.Mutex
	hears    bool            // a round is under way
	took     []time.Duration // from the report to the watcher, in this round
	failures []error
}

func (c crowd) start(ctx context.Context, env *harness.Env) (_ *harness.Running, err error) {
	run := &harness.Running{Versions: map[string]string{}}
	if err := (peer{place: c.setting.place}).findDatabase(ctx, env, run); err != nil {
		return nil, err
	}
	if env.Short {
		c.watchers, c.time = 100, time.Second
	}
	s, err := c.setting.open(ctx, env)
	if err != nil {
		return nil, err
	}
	w := &watched{crowd: c, stage: s}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	run.Stop = func() error {
		watchers.CloseAll(w.all)
		stop()
		return s.close()
	}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(err, run.Stop())
	}
	run.Round = w.round
	return run, nil
}

// open starts the jobs and then the watchers.
func (w *watched) open(ctx context.Context) error {
	var ids []string
	for range w.jobs {
		id, _, err := w.stage.submit(ctx, noop.Step, "")
		if err != nil {
			return err
		}
		if _, err := w.stage.when(ctx, id, noop.Started); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	node := w.stage.nodes[0].PID()
	alone, err := w.cost(ctx)
	if err != nil {
		return err
	}
	w.unwatched = alone
	before, err := harness.ResidentMemory(node)
	if err != nil {
		return err
	}
	address := strings.TrimPrefix(w.stage.url, "http://")
	if w.all, err = watchers.OpenAll(ctx, w.way, address, w.watchers, func(n int) string { return ids[n%len(ids)] }); err != nil {
		return err
	}
	for _, one := range w.all {
		go w.listen(one)
	}
	if _, err := w.cost(ctx); err != nil { // until the collector has been around
		return err
	}
	after, err := harness.ResidentMemory(node)
	w.each = float64(after-before) / float64(w.watchers)
	return err
}

// cost lets the time of a round pass, and gives the node's processor time for
// one change.
func (w *watched) cost(ctx context.Context) (time.Duration, error) {
	node := w.stage.nodes[0].PID()
	before, err := harness.ProcessorTime(node)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	select {
	case <-time.After(w.time):
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	changes := time.Since(begin).Seconds() / noop.StepTime.Seconds() * float64(w.jobs)
	after, err := harness.ProcessorTime(node)
	return time.Duration(float64(after-before) / changes), err
}

// round listens for a while.
func (w *watched) round(ctx context.Context) (harness.Round, error) {
	w.mu.Lock()
	w.hears, w.took = true, nil
	w.mu.Unlock()
	each, err := w.cost(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hears = false
	slices.Sort(w.took)
	if err := errors.Join(append(w.failures, err)...); err != nil {
		return harness.Round{}, err
	}
	if len(w.took) == 0 {
		return harness.Round{}, errors.New("no watcher has heard of a change")
	}
	return harness.Round{
		Figure: contestant.Quantile(w.took, 0.5), CPU: each,
		More: map[string]float64{
			"p99 ms": contestant.Quantile(w.took, 0.99), "told/s": float64(len(w.took)) / w.time.Seconds(),
			"KiB each": w.each, "CPU µs, unwatched": float64(w.unwatched) / float64(time.Microsecond),
		},
	}, nil
}

// listen is one watcher, until it is closed.
func (w *watched) listen(one watchers.Watcher) {
	for {
		message, err := one.Next()
		at := time.Now()
		if err != nil {
			w.heard(nil, err)
			return
		}
		reported, ok := reportedAt(message)
		if took := at.Sub(reported); ok {
			w.heard(&took, nil)
		}
	}
}

// heard notes what happened to a watcher in a round. When the crowd is closed
// no round is under way.
func (w *watched) heard(took *time.Duration, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.hears:
	case err != nil:
		w.failures = append(w.failures, fmt.Errorf("a watcher: %w", err))
	default:
		w.took = append(w.took, *took)
	}
}

// reportedAt is when the operation made the report that a message tells of;
// false when it tells of none.
func reportedAt(message []byte) (time.Time, bool) {
	var m struct {
		Progress struct {
			Message string `json:"message"`
		} `json:"progress"`
	}
	if json.Unmarshal(message, &m) != nil {
		return time.Time{}, false
	}
	ns, err := strconv.ParseInt(m.Progress.Message, 10, 64)
	return time.Unix(0, ns), err == nil
}
