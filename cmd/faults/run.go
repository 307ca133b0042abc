package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"docket/client"
	"docket/internal/job"
)

// options say how hard a run is.
type options struct {
	seed    uint64
	jobs    int
	length  time.Duration // in which jobs are submitted and troubles made
	pace    pace
	plan    []Trouble // instead of that of the seed
	clients int       // that submit at the same time
	old     string    // the binary of another release; empty: there is none
	out     io.Writer
}

// print writes a line for who watches the run.
func (o options) print(format string, args ...any) {
	_, _ = fmt.Fprintf(o.out, format+"\n", args...) // nobody may be there
}

// settleWithin is how long nothing may happen at the end while jobs or messages
// are left: then they are stuck. A message whose sender died is another's after
// a minute, and that one looks every half.
const settleWithin = 2 * time.Minute

// run is one run on one cluster.
type run struct {
	options
	cluster *cluster
	notes   *recorder
	clients *clients
	looker  *looker
	began   time.Time
}

// Run makes troubles in a cluster while clients work with it, and gives the
// record of all that was seen.
func Run(ctx context.Context, c *cluster, o options) (*Record, error) {
	notes := &recorder{}
	cl, err := newClients(notes, c.addresses())
	if err != nil {
		return nil, err
	}
	hook, err := newReceiver(ctx, notes)
	if err != nil {
		return nil, err
	}
	ready, cancel := context.WithTimeout(ctx, 2*time.Minute)
	err = cl.insist(ready, "the first request", func() error { return hook.register(ready, cl.patient) })
	cancel()
	if err != nil {
		return nil, fmt.Errorf("the cluster does not start: %w", err)
	}
	l, err := look(c.driver, c.source)
	if err != nil {
		return nil, err
	}
	r := &run{options: o, cluster: c, notes: notes, clients: cl, looker: l, began: time.Now()}
	err = r.all(ctx)
	return &notes.record, errors.Join(err, l.close(), hook.close())
}

// all is the run: work and troubles, then peace, then a last look.
func (r *run) all(ctx context.Context) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var submits, watches, others sync.WaitGroup
	others.Go(func() { r.troubles(ctx) })
	others.Go(func() { r.lapses(watching) })
	r.submits(watching, &submits, &watches)
	submits.Wait()
	r.say("all jobs are submitted")
	done := make(chan struct{})
	go func() { watches.Wait(); close(done) }()
	if err := r.settle(ctx); err != nil {
		return err
	}
	r.say("nothing is left to do")
	select { // those who watch hear of it by now, or never
	case <-done:
	case <-time.After(lease + afterward):
	case <-ctx.Done():
	}
	stop()
	<-done
	others.Wait()
	return r.last(ctx)
}

func (r *run) say(format string, args ...any) {
	r.print("%6.1f s  %s", time.Since(r.began).Seconds(), fmt.Sprintf(format, args...))
}

// submits spreads the jobs over the length of the run.
func (r *run) submits(ctx context.Context, submits, watches *sync.WaitGroup) {
	names := make(chan int)
	submits.Go(func() {
		defer close(names)
		for n := range r.jobs {
			if pause(ctx, time.Until(r.began.Add(r.length*time.Duration(n)/time.Duration(r.jobs)))) != nil {
				return
			}
			names <- n
		}
	})
	for range r.options.clients {
		submits.Go(func() {
			for n := range names {
				random := rand.New(rand.NewPCG(r.seed, uint64(n)))
				tasks, err := r.clients.submit(ctx, pick(random.IntN(100)), fmt.Sprintf("document-%d", n))
				if err != nil && ctx.Err() == nil {
					r.say("submit %d: %v", n, err)
				}
				for i, t := range tasks {
					if t.Job != "" {
						watches.Go(func() { r.clients.watch(ctx, n+i, t) })
					}
				}
			}
		})
	}
}

// troubles makes what is planned, each in its time.
func (r *run) troubles(ctx context.Context) {
	var wg sync.WaitGroup
	targets := map[string]*sync.Mutex{} // some troubles last longer than they are to
	plan := r.plan
	if plan == nil {
		plan = Plan(r.seed, r.cluster.world(), r.length, r.pace)
	}
	for _, t := range plan {
		if r.until(ctx, t) != nil {
			break
		}
		if targets[t.what()] == nil {
			targets[t.what()] = &sync.Mutex{}
		}
		target := targets[t.what()]
		wg.Go(func() {
			target.Lock()
			defer target.Unlock()
			d := Done{Trouble: t, From: time.Now()}
			err := r.cluster.begin(ctx, t)
			_ = pause(ctx, t.For) // what was begun is mended in any case
			err = errors.Join(err, r.cluster.mend(context.WithoutCancel(ctx), t))
			if d.To = time.Now(); err != nil {
				d.Err = err.Error()
			}
			r.notes.note(func(record *Record) { record.Troubles = append(record.Troubles, d) })
		})
	}
	wg.Wait()
	r.say("the troubles are over")
}

// until waits until it is time for a trouble.
func (r *run) until(ctx context.Context, t Trouble) error {
	if err := pause(ctx, time.Until(r.began.Add(t.At))); err != nil {
		return err
	}
	for acknowledged := 0; acknowledged < t.After; {
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
		r.notes.note(func(record *Record) { acknowledged = record.acknowledged() })
	}
	return nil
}

// lapses looks for leases that nobody renews.
func (r *run) lapses(ctx context.Context) {
	for pause(ctx, 2*time.Second) == nil {
		if found, err := r.looker.lapses(ctx); err == nil { // the database may be away
			r.notes.note(func(record *Record) { record.Lapses = append(record.Lapses, found...) })
		}
	}
}

// settle waits until there is nothing left to do, or nothing happens any more.
func (r *run) settle(ctx context.Context) error {
	last, since := int64(-1), time.Now()
	for pause(ctx, time.Second) == nil {
		jobs, messages, done, err := r.looker.open(ctx)
		switch {
		case err == nil && jobs == 0 && messages == 0:
			return nil
		case err == nil && done != last:
			last, since = done, time.Now()
		case time.Since(since) > settleWithin && time.Since(r.began) > r.length+settleWithin:
			r.say("%d jobs and %d messages are left, and nothing happens: %v", jobs, messages, err)
			return nil
		}
	}
	return context.Cause(ctx)
}

// last reads the database, what lists count, and the documents.
func (r *run) last(ctx context.Context) error {
	rows, err := r.looker.rows(ctx)
	if err != nil {
		return err
	}
	rows.Counted = map[job.Status]int64{}
	for _, status := range []job.Status{job.Queued, job.Processing, job.Completed, job.Failed, job.Cancelled} {
		page, err := r.clients.patient.Page(ctx, client.Filter{Status: string(status)}, 1, 0)
		if err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
		rows.Counted[status] = int64(page.Pagination.Total)
	}
	r.notes.note(func(record *Record) { record.Rows = rows })
	return r.clients.documents(ctx)
}
