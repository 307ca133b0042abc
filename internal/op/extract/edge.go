package extract

import (
	"cmp"
	"math"
	"slices"

	"docket/internal/document"
)

// edge is a level line on the page: a ruling, or the end of a shaded area.
type edge struct{ at, left, right float64 } // in points

const (
	maxEdges  = 4000 // of a page; one with more is a drawing
	minEdge   = 9.0  // the length in points of those that count
	edgeSnap  = 1.6  // the distance of edges that are one, across their direction
	edgeReach = 4.0  // and along it
	ruledPart = 0.6  // of a table's width that a line between its rows takes
)

// edgesOf are the level lines of a page; those that go on in each other are
// one.
func edgesOf(p *document.Page) []edge {
	var all []edge
	add := func(at float64, b document.Box) {
		if b.Width() >= minEdge {
			all = append(all, edge{at, b.Left, b.Right})
		}
	}
	for _, r := range p.Rules {
		if r.Box.Width() > r.Box.Height() {
			add((r.Box.Top+r.Box.Bottom)/2, r.Box)
		}
	}
	for _, r := range p.Rects {
		add(r.Box.Top, r.Box)
		add(r.Box.Bottom, r.Box)
	}
	if len(all) > maxEdges {
		return nil
	}
	slices.SortFunc(all, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.left, b.left)) })
	var joined []edge
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].at-all[0].at <= edgeSnap {
			n++
		}
		level := all[:n]
		slices.SortFunc(level, func(a, b edge) int { return cmp.Compare(a.left, b.left) })
		first := len(joined)
		for _, e := range level {
			if k := len(joined); k > first && e.left <= joined[k-1].right+edgeReach {
				joined[k-1].right = max(joined[k-1].right, e.right)
				continue
			}
			joined = append(joined, e)
		}
		all = all[n:]
	}
	return joined
}

// parted says whether a line runs between two rows through most of the width
// of their table.
func (s *sheet) parted(above, below, table document.Box) bool {
	from, to := middle(above), middle(below)
	i, _ := slices.BinarySearchFunc(s.edges, from, func(e edge, y float64) int { return cmp.Compare(e.at, y) })
	for ; i < len(s.edges) && s.edges[i].at < to; i++ {
		e := &s.edges[i]
		// One that strikes a row through is no boundary of it.
		if e.at < above.Bottom-0.3*above.Height() || e.at > below.Top+0.3*below.Height() {
			continue
		}
		if min(e.right, table.Right)-max(e.left, table.Left) >= ruledPart*table.Width() {
			return true
		}
	}
	return false
}

// middle is the height of a row.
func middle(b document.Box) float64 { return (b.Top + b.Bottom) / 2 }

// apart is how far a row is below another, by their feet, in points.
func apart(above, below document.Box) float64 { return math.Abs(below.Bottom - above.Bottom) }
