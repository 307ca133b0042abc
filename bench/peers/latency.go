package peers

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"docket/bench/harness"
	"docket/bench/peers/contestant"
)

// patience is for one round.
const patience = time.Minute

// latency is a step as it is measured in one setting.
type latency struct {
	setting setting
	step    step
	samples int // of a lane
	lanes   int // of clients that each do it again and again
}

func (l latency) contestant() harness.Contestant {
	return harness.Contestant{Name: "Docket, " + l.setting.name, Start: l.start}
}

func (l latency) start(ctx context.Context, env *harness.Env) (*harness.Running, error) {
	versions := map[string]string{}
	if l.setting.place == postgres {
		run := &harness.Running{Versions: versions}
		if err := (peer{place: postgres}).findDatabase(ctx, env, run); err != nil {
			return nil, err
		}
	}
	s, err := l.setting.open(ctx, env)
	if err != nil {
		return nil, err
	}
	if env.Short {
		l.samples = min(l.samples, 5)
	}
	if _, err := l.round(ctx, s, 1); err != nil { // so that connections are open
		return nil, errors.Join(err, s.close())
	}
	return &harness.Running{Versions: versions, Stop: s.close, Round: func(ctx context.Context) (harness.Round, error) {
		took, err := l.round(ctx, s, l.samples)
		if err != nil {
			return harness.Round{}, err
		}
		return harness.Round{Figure: contestant.Quantile(took, 0.5), More: map[string]float64{"p99 ms": contestant.Quantile(took, 0.99)}}, nil
	}}, nil
}

// round does the step again and again, and gives the sorted times.
func (l latency) round(ctx context.Context, s *stage, samples int) ([]time.Duration, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	var (
		mu   sync.Mutex
		took []time.Duration
		errs []error
		wg   sync.WaitGroup
	)
	for range l.lanes {
		wg.Go(func() {
			for range samples {
				d, err := l.step(ctx, s)
				mu.Lock()
				took, errs = append(took, d), append(errs, err)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	slices.Sort(took)
	return took, errors.Join(errs...)
}

// rowOf measures a step in some settings.
func rowOf(name, title, note string, aim harness.Aim, l latency, settings ...setting) harness.Row {
	row := harness.Row{Name: name, Group: "Latencies", Title: title, Unit: "ms (median)", Note: note, Aim: aim}
	for _, one := range settings {
		l.setting = one
		row.Contestants = append(row.Contestants, l.contestant())
	}
	return row
}

// latencies are the rows of single steps.
func latencies() []harness.Row {
	var (
		alone  = setting{name: "SQLite, one node", place: sqlite, nodes: 1}
		shared = setting{name: "PostgreSQL, one node", place: postgres, nodes: 1}
		two    = setting{name: "PostgreSQL, two nodes", place: postgres, nodes: 2}
	)
	const (
		nodes  = " Clients and nodes are processes of their own on one machine, whose clock they share; of two nodes one answers requests and the other one works."
		picked = "From the answer to the submit until the operation starts; 0 when it starts before the client has the answer."
		heard  = "From the commit of the job's end until the client has all of the message."
	)
	idle, busy := latency{step: pickup, samples: 50, lanes: 1}, latency{step: pickup, samples: 100, lanes: 8}
	watched := func(s step) latency { return latency{step: s, samples: 20, lanes: 1} }
	return []harness.Row{
		rowOf("pickup-here", "Pickup of a job, idle, one node", picked+nodes, harness.Aim{Kind: harness.AtMost, Value: 5}, idle, alone, shared),
		rowOf("pickup-nodes", "Pickup of a job, idle, on another node", picked+nodes, harness.Aim{Kind: harness.AtMost, Value: 25}, idle, two),
		rowOf("pickup-load", "Pickup of a job under load", picked+" Eight clients each submit the next job when their last one has ended; 16 jobs may run."+nodes, harness.Aim{}, busy, alone, shared, two),
		rowOf("cancel-here", "Cancel of a running job, one node", "From the answer to the cancel until the operation's context ends; 0 when it ends before the client has the answer."+nodes,
			harness.Aim{Kind: harness.AtMost, Value: 1000}, watched(cancel), alone, shared),
		rowOf("cancel-nodes", "Cancel of a running job on another node", "From the answer to the cancel until the operation's context ends."+nodes,
			harness.Aim{Kind: harness.AtMost, Value: 3000}, watched(cancel), two),
		rowOf("tell-websocket", "End of a job told over a WebSocket", heard+nodes, harness.Aim{}, watched(told(webSocket)), alone, shared, two),
		rowOf("tell-webhook", "End of a job told to a webhook", "From the commit of the job's end until the receiver has the message."+nodes, harness.Aim{}, watched(webhook), alone, shared, two),
		rowOf("tell-poll", "End of a job told to a long poll", heard+nodes, harness.Aim{}, watched(told(longPoll)), alone, shared, two),
	}
}
