package crawl

import (
	"slices"
	"time"

	"docket/internal/document/site"
)

// Bounds of what is remembered.
const (
	maxWaiting = 100_000 // addresses that wait to be visited
	maxAlike   = 50      // addresses of one kind that are visited before all others are
)

// item is an address that is to be visited.
type item struct {
	URL   string   `json:"u"`
	Depth int      `json:"d"`
	Chain []string `json:"c,omitempty"` // addresses that redirected to it
	Seed  bool     `json:"s,omitempty"`

	tries int
}

// begin is where the redirects to the item began; empty without any.
func (it item) begin() string {
	if len(it.Chain) == 0 {
		return ""
	}
	return it.Chain[0]
}

// host is one server: what waits for it, and how it wants to be treated.
type host struct {
	origin string
	queue  []item
	later  []item // more of kinds of which there were many
	busy   bool   // a visit is under way
	ready  time.Time
	rules  *rules // nil until robots.txt was read
	mapped bool   // its sitemaps were read
	read   int    // pages
	silent int    // time-outs in a row
	dead   bool
}

// frontier is all that is known and not yet visited.
type frontier struct {
	hosts   map[string]*host
	order   []*host // in the order in which they were found
	seen    map[site.Key]bool
	kinds   map[string]int
	waiting int
	dropped bool // there were more addresses than are remembered
}

func newFrontier() *frontier {
	return &frontier{hosts: map[string]*host{}, seen: map[site.Key]bool{}, kinds: map[string]int{}}
}

// host finds or makes that of an address.
func (f *frontier) host(a site.Address) *host {
	h := f.hosts[a.Origin()]
	if h == nil {
		h = &host{origin: a.Origin()}
		f.hosts[a.Origin()] = h
		f.order = append(f.order, h)
	}
	return h
}

// add lets an address wait to be visited, unless it was seen before.
func (f *frontier) add(it item) bool {
	a, ok := site.ParseAddress(nil, it.URL)
	if !ok || f.seen[a.Key()] {
		return false
	}
	if f.waiting >= maxWaiting || len(f.seen) >= 10*maxWaiting {
		f.dropped = true
		return false
	}
	f.seen[a.Key()] = true
	h, kind := f.host(a), a.Kind()
	if h.dead {
		return false
	}
	f.kinds[kind]++
	if f.kinds[kind] > maxAlike && !it.Seed {
		h.later = append(h.later, it)
	} else {
		h.queue = append(h.queue, it)
	}
	f.waiting++
	return true
}

// first lets an item be the next of its host, whether it was seen or not.
func (f *frontier) first(it item) {
	a, ok := site.ParseAddress(nil, it.URL)
	if !ok {
		return
	}
	f.seen[a.Key()] = true
	h := f.host(a)
	h.queue = slices.Insert(h.queue, 0, it)
	f.waiting++
}

// next takes the item of the host that is to be visited next.
func (f *frontier) next(h *host) (item, bool) {
	from := &h.queue
	if len(h.queue) == 0 {
		from = &h.later
	}
	if len(*from) == 0 {
		return item{}, false
	}
	it := (*from)[0]
	*from = (*from)[1:]
	f.waiting--
	return it, true
}

// skip takes out what was visited before.
func (f *frontier) skip(done map[string]bool) {
	f.waiting = 0
	for _, h := range f.order {
		for _, queue := range []*[]item{&h.queue, &h.later} {
			*queue = slices.DeleteFunc(*queue, func(it item) bool { return done[it.URL] })
			f.waiting += len(*queue)
		}
	}
}

// forget drops what waits for a host.
func (f *frontier) forget(h *host) {
	f.waiting -= len(h.queue) + len(h.later)
	h.queue, h.later = nil, nil
}

// visited is the number of hosts of which pages were read.
func (f *frontier) visited() int {
	n := 0
	for _, h := range f.order {
		if h.read > 0 {
			n++
		}
	}
	return n
}
