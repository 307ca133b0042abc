package crawl

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"docket/internal/document/site"

	"docket/internal/job"
	"docket/internal/op"
)

const (
	maxFlying  = 8 // visits at the same time, each of another host
	maxTries   = 2 // of one page
	maxSilent  = 3 // time-outs in a row after which a host is left alone
	retryPause = time.Second
	maxListed  = 20 // failures that a failed job lists
)

// run is one attempt at a crawl. Only the goroutine of crawl touches its
// fields; visits are made on others and come back as events.
type run struct {
	task     *op.Task
	p        Parameters
	scope    *scope
	frontier *frontier
	journal  *journal
	fetcher  *fetcher
	events   chan event
	flying   int // events that will come
	reading  int // of them, pages
	visits   int
	done     map[string]bool     // visited by earlier attempts
	contents map[string]string   // the page with the content
	named    map[site.Key]string // the page with, or that calls itself, the address
	failures []*Page
	sum      Summary
	warnings []string
	began    time.Time
	before   float64 // seconds of earlier attempts
}

// event is what came of something that was done for a host.
type event struct {
	host  *host
	rules *rules    // of its robots.txt
	maps  *[]string // addresses of its sitemaps
	page  *visited
}

func newRun(o *Operation, t *op.Task, p Parameters) (*run, error) {
	r := &run{
		task: t, p: p, scope: newScope(p), frontier: newFrontier(), journal: &journal{task: t, saved: time.Now()},
		fetcher: &fetcher{
			client: o.client, pool: o.pool, job: t.Job, maxFile: o.maxFile, timeout: seconds(p.PageTimeout),
		},
		events: make(chan event), done: map[string]bool{}, contents: map[string]string{}, named: map[site.Key]string{}, began: time.Now(),
	}
	for _, u := range p.URLs {
		if a, ok := site.ParseAddress(nil, u); ok {
			r.frontier.add(item{URL: a.Text, Seed: true})
		}
	}
	var err error
	r.before, err = r.journal.replay(r.again)
	r.journal.parts = r.visits
	r.frontier.skip(r.done)
	r.done = nil
	return r, err
}

// again does once more what an entry of an earlier attempt did.
func (r *run) again(e entry) error {
	if e.URL != "" {
		r.done[e.URL] = true
		r.visits++
	}
	if e.Map != "" {
		if a, ok := site.ParseAddress(nil, e.Map); ok {
			r.frontier.host(a).mapped = true
		}
	}
	for _, it := range e.Found {
		if len(it.Chain) == 0 {
			r.frontier.add(it)
			continue
		}
		if a, ok := site.ParseAddress(nil, it.URL); ok && it.Seed {
			r.scope.admit(a)
		}
		r.frontier.first(it)
	}
	r.count(e)
	return nil
}

// count keeps what the entry adds to the result.
func (r *run) count(e entry) {
	if e.Disallowed {
		r.sum.Disallowed++
	}
	if e.Page == nil {
		return
	}
	a, ok := site.ParseAddress(nil, e.Page.URL)
	switch e.Page.Status {
	case pageFailed:
		r.sum.Errors++
		if len(r.failures) < maxListed {
			r.failures = append(r.failures, e.Page)
		}
	case pageDuplicate:
		r.sum.Duplicates++
	default:
		r.sum.PagesCrawled++
		if e.Page.Content != "" {
			r.contents[e.Page.Content] = e.Page.URL
		}
		if ok {
			r.named[a.Key()] = e.Page.URL
			r.frontier.host(a).read++
		}
		if c, ok := site.ParseAddress(nil, e.Page.CanonicalURL); ok {
			r.named[c.Key()] = e.Page.URL
			r.frontier.seen[c.Key()] = true
		}
	}
}

// crawl visits until nothing is left to be visited or a limit is reached.
func (r *run) crawl(ctx context.Context) error {
	visits, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	left := time.NewTimer(seconds(r.p.MaxDuration - r.before))
	defer left.Stop()
	for {
		next, err := r.launch(visits, &wg)
		if err != nil {
			return err
		}
		if r.flying == 0 && next.IsZero() {
			return r.journal.save()
		}
		wake := time.NewTimer(r.pause(next))
		select {
		case e := <-r.events:
			err = r.take(ctx, e)
		case <-wake.C:
			err = r.journal.idle()
		case <-left.C:
			wake.Stop()
			r.warn("time_limit")
			return r.journal.save()
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		wake.Stop()
		if err != nil {
			return err
		}
		r.tell()
	}
}

// pause is how long nothing needs to be done but to wait for events.
func (r *run) pause(next time.Time) time.Duration {
	if next.IsZero() {
		return saveEvery
	}
	return min(max(time.Until(next), time.Millisecond), saveEvery)
}

// launch begins all visits that may begin now, and says when the next may;
// zero when none is left.
func (r *run) launch(ctx context.Context, wg *sync.WaitGroup) (next time.Time, err error) {
	for _, h := range slices.Clone(r.frontier.order) {
		if h.busy || h.dead || len(h.queue)+len(h.later) == 0 {
			continue
		}
		if r.full(h) {
			continue
		}
		now := time.Now()
		if r.flying >= maxFlying || h.ready.After(now) {
			if next.IsZero() || h.ready.Before(next) {
				next = h.ready
			}
			continue
		}
		if err := r.begin(ctx, wg, h); err != nil {
			return next, err
		}
		if !h.busy && len(h.queue)+len(h.later) > 0 {
			next = now // what was next was done already
		}
	}
	return next, nil
}

// full says that no more pages may be read, of the host or at all.
func (r *run) full(h *host) bool {
	switch {
	case r.sum.PagesCrawled+r.reading >= r.p.MaxPages:
		if r.sum.PagesCrawled >= r.p.MaxPages {
			r.warn("page_limit")
		}
		return true
	case r.visits >= 5*r.p.MaxPages+100:
		r.warn("visit_limit")
		return true
	case r.p.MaxPagesPerHost > 0 && h.read >= r.p.MaxPagesPerHost:
		r.frontier.forget(h)
		r.warn("host_limit")
		return true
	}
	return false
}

// begin starts what is next for the host: its rules, its maps, or a page.
func (r *run) begin(ctx context.Context, wg *sync.WaitGroup, h *host) error {
	switch {
	case h.rules == nil:
		r.fly(ctx, wg, h, func() event { return event{rules: r.fetcher.robots(ctx, h.origin)} })
		return nil
	case r.p.Sitemap && !h.mapped && h.rules.failure == nil:
		r.fly(ctx, wg, h, func() event {
			found := r.fetcher.sitemap(ctx, h.origin, h.rules, 2*r.p.MaxPages)
			return event{maps: &found}
		})
		return nil
	}
	it, ok := r.frontier.next(h)
	a, valid := site.ParseAddress(nil, it.URL)
	if !ok || !valid {
		return nil
	}
	if !h.rules.allows(a) {
		e := entry{URL: it.URL, Disallowed: true}
		if it.Seed {
			e.Page = failed(it, job.Errorf(job.URLUnreachable, job.Facts{"reason": "robots.txt does not allow it"}, "disallowed"))
		}
		return r.keep(e)
	}
	r.visits++
	r.reading++
	r.fly(ctx, wg, h, func() event {
		v := r.fetcher.visit(ctx, it)
		return event{page: &v}
	})
	return nil
}

// fly does something for the host beside everything else.
func (r *run) fly(ctx context.Context, wg *sync.WaitGroup, h *host, do func() event) {
	h.busy = true
	r.flying++
	wg.Go(func() {
		e := do()
		e.host = h
		select {
		case r.events <- e:
		case <-ctx.Done():
		}
	})
}

// keep saves an entry and counts it.
func (r *run) keep(e entry) error {
	r.count(e)
	r.journal.seconds = r.before + time.Since(r.began).Seconds()
	return r.journal.add(e)
}

func (r *run) warn(word string) {
	if !slices.Contains(r.warnings, word) {
		r.warnings = append(r.warnings, word)
	}
}

// tell says how far the crawl is. While there are links to follow, each page
// that waits is taken to bring another.
func (r *run) tell() {
	done := r.sum.PagesCrawled + r.sum.Errors + r.sum.Duplicates
	known := max(done, min(r.p.MaxPages, done+r.frontier.waiting+r.reading))
	likely := max(done, min(r.p.MaxPages, done+2*r.frontier.waiting+r.reading), 1)
	r.task.Progress(job.Progress{
		Percentage: min(99, 100*done/likely), PagesCompleted: done, TotalPages: known,
		Stage: "crawling", Message: fmt.Sprintf("Visited %d of %d known pages", done, known),
	})
}

// nothing is the failure of a crawl that had no page: that of the first, with
// a list of all, or of as many as fit.
func (r *run) nothing() error {
	facts, code := job.Facts{"reason": "no page could be had"}, job.URLUnreachable
	if r.warnings != nil {
		facts["reason"] = "no page could be had in time"
	}
	var list []map[string]any
	for i, p := range r.failures {
		if i == 0 {
			code = p.Error.ErrorType
			for k, v := range p.Error.Facts {
				facts[k] = v
			}
		}
		list = append(list, map[string]any{"url": p.URL, "error_type": p.Error.ErrorType, "message": p.Error.Message})
	}
	facts["pages"] = list
	return &job.Error{Code: code, Facts: facts}
}

func seconds(n float64) time.Duration { return time.Duration(max(n, 0) * float64(time.Second)) }
