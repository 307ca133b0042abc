package event

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// How often nodes talk. What is said is a hint, so that late or never only
// costs time.
const (
	sayEvery   = 10 * time.Millisecond // at most; the first thing is said at once
	shareEvery = time.Second
	retryEvery = time.Second
	deafFor    = 15 * time.Minute       // until it is tried again whether notifications pass, unless the way was mended meanwhile
	claimEvery = 250 * time.Millisecond // while nothing is heard: workers look for jobs
	readEvery  = time.Second            // while nothing is heard: what is watched is read again
	trustFor   = 15 * time.Second       // while others are heard: one that dies may not have said what it did
	maxWaiting = 20_000                 // events that are still to be said; with more, nodes look at everything
)

// Nodes makes the hubs of all nodes of a database one: what is published on
// one is heard on all.
type Nodes struct {
	hub   *Hub
	bus   bus
	self  string
	reads func(ctx context.Context, ids []job.ID) (map[job.ID]job.Event, error)
	log   *slog.Logger
	share func() [][]byte
	heard func(node string, shared []byte)

	mu      sync.Mutex
	waiting map[told]job.Event // to be said, the newest of each
	order   []told
	all     bool // too much has happened to say it
	wake    chan struct{}
	hears   bool
	mended  chan struct{} // the way to the database was broken and is not any more
}

// bus is what carries the texts.
type bus struct {
	say  func(ctx context.Context, texts []string) error
	hear func(ctx context.Context, ready func(), heard func(text string)) error
}

// told is of what only the newest event is worth saying.
type told struct {
	job     job.ID
	account string
	kind    job.EventKind
}

// NodesOptions are what Nodes is made of.
type NodesOptions struct {
	Hub  *Hub
	Bus  *store.Bus
	Self string // names this node
	// Read gives the newest event of each of the jobs that are there.
	Read func(ctx context.Context, ids []job.ID) (map[job.ID]job.Event, error)
	// Share gives each second what the other nodes are to know of this one, in
	// JSON texts of at most 7 KB; Heard takes what another has shared.
	Share func() [][]byte
	Heard func(node string, shared []byte)
	Log   *slog.Logger
}

// NewNodes links the hub to those of other nodes; Run does the work.
func NewNodes(o NodesOptions) *Nodes {
	n := &Nodes{
		hub: o.Hub, bus: bus{o.Bus.Say, o.Bus.Hear}, self: o.Self, reads: o.Read, log: o.Log, share: o.Share, heard: o.Heard,
		waiting: map[told]job.Event{}, wake: make(chan struct{}, 1), mended: make(chan struct{}, 1),
	}
	o.Hub.forward(n.put)
	o.Hub.deaf.Store(true)                    // so far
	n.put(job.Event{Kind: job.EventSettings}) // a node more
	return n
}

// Look has every node look at everything, for a process that changes something
// and is no node. Those that do not hear it look by themselves after a while.
func Look(ctx context.Context, to *store.Bus) error {
	text, err := json.Marshal(said{Look: true})
	if err != nil {
		return err
	}
	return to.Say(ctx, []string{string(text)})
}

// Hears says whether other nodes are heard; while they are not, what they do is
// read again and again.
func (n *Nodes) Hears() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hears
}

// Run talks and listens until ctx ends.
func (n *Nodes) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { n.say(ctx) })
	wg.Go(func() { n.poll(ctx) })
	n.listen(ctx)
	wg.Wait()
}

// put keeps an event until it is said.
func (n *Nodes) put(e job.Event) {
	n.mu.Lock()
	k := told{e.Job, e.Account, e.Kind}
	if _, known := n.waiting[k]; !known {
		n.order = append(n.order, k)
	}
	n.waiting[k] = e
	if len(n.order) > maxWaiting {
		n.all, n.order, n.waiting = true, nil, map[told]job.Event{}
	}
	n.mu.Unlock()
	rouse(n.wake)
}

// rouse wakes who reads the channel; it holds one.
func rouse(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// putAll has the others look at everything: what was to be said is lost.
func (n *Nodes) putAll() {
	n.mu.Lock()
	n.all, n.order, n.waiting = true, nil, map[told]job.Event{}
	n.mu.Unlock()
	rouse(n.wake)
}

// take gives what is to be said.
func (n *Nodes) take() ([]string, error) {
	n.mu.Lock()
	events := make([]job.Event, len(n.order))
	for i, k := range n.order {
		events[i] = n.waiting[k]
	}
	all := n.all
	n.all, n.order, n.waiting = false, nil, map[told]job.Event{}
	n.mu.Unlock()
	if all {
		text, err := json.Marshal(said{Node: n.self, Look: true})
		return []string{string(text)}, err
	}
	return texts(n.self, events)
}

// say tells other nodes what happens here.
func (n *Nodes) say(ctx context.Context) {
	share := time.NewTicker(shareEvery)
	defer share.Stop()
	for broken := false; ; {
		var all []string
		var err error
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
			all, err = n.take()
		case <-share.C:
			all, err = n.shared()
		}
		if err == nil && len(all) > 0 {
			if err = n.bus.say(ctx, all); err == nil && broken {
				rouse(n.mended)
			}
			broken = err != nil
		}
		if err != nil && ctx.Err() == nil {
			n.log.Debug("tell other nodes", "error", err)
			n.putAll()
			rest(ctx, retryEvery)
		}
		if !rest(ctx, sayEvery) {
			return
		}
	}
}

// shared is what other nodes are to know of this one.
func (n *Nodes) shared() ([]string, error) {
	var all []string
	for _, one := range n.share() {
		text, err := json.Marshal(said{Node: n.self, Share: one})
		if err != nil {
			return nil, err
		}
		all = append(all, string(text))
	}
	return all, nil
}

// listen hears other nodes, again and again.
func (n *Nodes) listen(ctx context.Context) {
	for warned := false; ctx.Err() == nil; {
		err := n.bus.hear(ctx, func() {
			warned = false
			n.set(true)
			n.hub.wakeAll() // something may have happened before
		}, n.hear)
		n.set(false)
		if ctx.Err() == nil && !warned {
			warned = true
			n.log.Warn("other nodes are not heard; what they do is read again and again", "error", err)
		}
		if errors.Is(err, store.ErrDeaf) {
			n.restDeaf(ctx)
		} else {
			rest(ctx, retryEvery)
		}
	}
}

// restDeaf waits until it is worth trying again whether notifications pass: a
// pooler that does not let them stays so, but another may have come in its place
// when the way was mended.
func (n *Nodes) restDeaf(ctx context.Context) {
	select {
	case <-n.mended: // before it was tried
	default:
	}
	t := time.NewTimer(deafFor)
	defer t.Stop()
	select {
	case <-t.C:
	case <-n.mended:
	case <-ctx.Done():
	}
}

func (n *Nodes) set(hears bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hears = hears
	n.hub.deaf.Store(!hears)
}

// hear takes what a node has said.
func (n *Nodes) hear(text string) {
	var s said
	if err := json.Unmarshal([]byte(text), &s); err != nil || s.Node == n.self {
		return // an echo, or one's own
	}
	if s.Look {
		n.hub.wakeAll()
	}
	if s.Share != nil {
		n.heard(s.Node, s.Share)
	}
	for _, w := range s.Events {
		if e, err := w.event(); err == nil {
			n.hub.hear(e)
		}
	}
}

// poll looks by itself: while nothing is heard often, otherwise now and then.
func (n *Nodes) poll(ctx context.Context) {
	claim, read := time.NewTicker(claimEvery), time.NewTicker(readEvery)
	defer claim.Stop()
	defer read.Stop()
	known, looked := map[job.ID]int64{}, time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-claim.C:
			if !n.Hears() {
				n.hub.hear(job.Event{Kind: job.EventAttempt, Elsewhere: true})
			}
		case <-read.C:
			if n.Hears() && time.Since(looked) < trustFor {
				continue
			}
			known, looked = n.look(ctx, known), time.Now()
		}
	}
}

// look reads the jobs that are watched, and wakes who listens to one that has
// changed; whoever listens to an account reads for itself.
func (n *Nodes) look(ctx context.Context, known map[job.ID]int64) map[job.ID]int64 {
	ids, accounts := n.hub.watched()
	n.hub.hear(job.Event{Kind: job.EventSettings, Elsewhere: true})
	n.hub.missed(accounts)
	newest, err := n.reads(ctx, ids)
	if err != nil {
		return known // the database is away, and so is everything else
	}
	seen := make(map[job.ID]int64, len(ids))
	for _, id := range ids {
		e, there := newest[id]
		version, before := known[id]
		if !there {
			e = job.Event{Job: id, Kind: job.EventDeleted, Elsewhere: true}
		}
		if seen[id] = e.Version; !before || e.Version != version {
			n.hub.hear(e)
		}
	}
	return seen
}

// rest is false when ctx has ended.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
