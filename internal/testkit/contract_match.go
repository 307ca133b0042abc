package testkit

import (
	"net/http"
	"strings"
)

// match finds the path that a request means: a name that is written out wins
// over a parameter, from the left, among the paths that have the method if any
// has. Without a path it gives the file whose shape of errors is expected.
func match(files []*file, method string, segments []string) (*file, *path) {
	var (
		best, home *file
		found      *path
	)
	for _, f := range files {
		for i := range f.paths {
			p := &f.paths[i]
			if home == nil && len(segments) > 1 && p.segments[1] == segments[1] {
				home = f
			}
			if p.fits(segments) && (found == nil || p.before(found, method)) {
				best, found = f, p
			}
		}
	}
	if found == nil {
		best = home
	}
	if best == nil {
		best = files[0] // the Jobs API answers for what belongs to nobody
	}
	return best, found
}

func (p *path) fits(segments []string) bool {
	if len(p.segments) != len(segments) {
		return false
	}
	for i, want := range p.segments {
		before, after, parameter := cutParameter(want)
		switch got := segments[i]; {
		case !parameter && got != want:
			return false
		case parameter && (len(got) <= len(before)+len(after) || !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after)):
			return false
		}
	}
	return true
}

// before says that p goes before q for a request that fits both.
func (p *path) before(q *path, method string) bool {
	if a, b := p.operation(method) != nil, q.operation(method) != nil; a != b {
		return a
	}
	for i := range p.segments {
		_, _, a := cutParameter(p.segments[i])
		_, _, b := cutParameter(q.segments[i])
		if a != b {
			return b
		}
	}
	return false
}

// operation gives the answers to a method; HEAD is answered like GET.
func (p *path) operation(method string) operation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return p.operations[method]
}

// cutParameter gives what stands around the parameter in a segment.
func cutParameter(segment string) (before, after string, ok bool) {
	before, rest, opened := strings.Cut(segment, "{")
	_, after, closed := strings.Cut(rest, "}")
	return before, after, opened && closed
}
