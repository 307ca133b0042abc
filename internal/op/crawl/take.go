package crawl

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/document/site"

	"docket/internal/job"
	"docket/internal/safehttp"
)

// take goes on from what came of a visit.
func (r *run) take(ctx context.Context, e event) error {
	h := e.host
	r.flying--
	h.busy = false
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	h.ready = time.Now().Add(seconds(r.p.Delay))
	switch {
	case e.rules != nil:
		h.rules = e.rules
		if h.rules.failure != nil {
			return r.leave(h, robotsFailure(h.rules.failure))
		}
	case e.maps != nil:
		h.mapped = true
		return r.keep(entry{Map: h.origin, Found: r.find(*e.maps, 0)})
	default:
		r.reading--
		return r.page(h, *e.page)
	}
	if h.rules != nil {
		h.ready = time.Now().Add(max(seconds(r.p.Delay), h.rules.delay))
	}
	return nil
}

// robotsFailure says that it was robots.txt that could not be had, where that
// is not plain from the reason.
func robotsFailure(err error) error {
	reason := reasonOf(err)
	if !strings.HasPrefix(reason, "HTTP ") {
		return err
	}
	return &job.Error{Code: job.URLUnreachable, Facts: job.Facts{"reason": "robots.txt could not be had: " + reason}, Err: err}
}

// leave gives up a host: its first addresses fail, and the others are dropped.
func (r *run) leave(h *host, why error) error {
	h.dead = true
	for it, ok := r.frontier.next(h); ok; it, ok = r.frontier.next(h) {
		if !it.Seed && len(it.Chain) == 0 {
			r.frontier.forget(h)
			r.warn("host_unreachable")
			return nil
		}
		if err := r.keep(entry{URL: it.URL, Page: failed(it, why)}); err != nil {
			return err
		}
	}
	return nil
}

// page keeps what came of the visit of a page.
func (r *run) page(h *host, v visited) error {
	h.ready = time.Now().Add(max(seconds(r.p.Delay), h.rules.delay, v.wait))
	it := v.item
	if v.err == nil {
		h.silent = 0
	}
	switch {
	case v.redirect != "":
		return r.redirected(it, v.redirect)
	case v.err == nil:
		return r.read(it, v)
	case job.CodeOf(v.err) == job.StorageError:
		return v.err
	}
	if safehttp.Temporary(v.err) || reasonOf(v.err) == "timed out" {
		if !strings.HasPrefix(reasonOf(v.err), "HTTP ") {
			h.silent++
		}
		if it.tries++; it.tries < maxTries && h.silent < maxSilent {
			h.ready = h.ready.Add(retryPause)
			r.frontier.first(it)
			return nil
		}
	}
	if err := r.keep(entry{URL: it.URL, Page: failed(it, v.err)}); err != nil {
		return err
	}
	if h.silent >= maxSilent {
		return r.leave(h, v.err)
	}
	return nil
}

// redirected goes on at where a page leads to.
func (r *run) redirected(it item, to string) error {
	chain := append(slices.Clone(it.Chain), it.URL)
	a, ok := site.ParseAddress(nil, to)
	refused := ""
	switch {
	case slices.Contains(chain, to):
		refused = "it redirects in a circle"
	case len(chain) > maxRedirects:
		refused = tooManyRedirects
	case !ok || safehttp.CheckURL(to) != nil:
		refused = "it redirects to a URL that is refused"
	case r.frontier.host(a).dead:
		refused = "it redirects to a host that does not answer"
	case !r.scope.on(a) && !it.Seed:
		refused = fmt.Sprintf("it redirects to another host, %s", a.URL.Hostname())
	}
	if refused != "" {
		return r.keep(entry{URL: it.URL, Page: failed(it, job.Errorf(job.URLUnreachable, job.Facts{"reason": refused}, "redirect"))})
	}
	if it.Seed {
		r.scope.admit(a)
	}
	next := item{URL: a.Text, Depth: it.Depth, Chain: chain, Seed: it.Seed}
	// Some pages are shown only to who has a session, at the same address.
	same := slices.ContainsFunc(chain, func(u string) bool { b, ok := site.ParseAddress(nil, u); return ok && b.Key() == a.Key() })
	switch {
	case same:
		next.URL = to
	case r.frontier.seen[a.Key()], !it.Seed && !r.scope.has(a):
		return r.keep(entry{URL: it.URL})
	}
	r.frontier.first(next)
	return r.keep(entry{URL: it.URL, Found: []item{next}})
}

// read keeps a page that was read, and its links.
func (r *run) read(it item, v visited) error {
	p := v.page
	p.DuplicateOf = r.twin(p)
	if p.DuplicateOf != "" {
		p.Status, p.Text, p.Markdown = pageDuplicate, "", ""
		return r.keep(entry{URL: it.URL, Page: p})
	}
	var found []item
	if it.Depth < r.p.MaxDepth {
		found = r.find(v.links, it.Depth+1)
	}
	if r.frontier.dropped {
		r.warn("link_limit")
	}
	return r.keep(entry{URL: it.URL, Page: p, Found: found})
}

// twin is the page with the same content, or that the page says it is. That
// every page calls itself the first one is a common mistake.
func (r *run) twin(p *Page) string {
	if url, ok := r.contents[p.Content]; ok && p.Content != "" {
		return url
	}
	c, ok := site.ParseAddress(nil, p.CanonicalURL)
	a, valid := site.ParseAddress(nil, p.URL)
	if !ok || !valid || c.URL.Path == "/" || c.Key() == a.Key() && r.named[a.Key()] == "" {
		return ""
	}
	if !r.scope.on(c) {
		return ""
	}
	return r.named[c.Key()]
}

// find lets the links that are followed wait, and gives those that are new.
func (r *run) find(links []string, depth int) []item {
	var found []item
	for _, link := range links {
		a, ok := site.ParseAddress(nil, link)
		if !ok || !r.scope.has(a) {
			continue
		}
		if it := (item{URL: a.Text, Depth: depth}); r.frontier.add(it) {
			found = append(found, it)
		}
	}
	return found
}
