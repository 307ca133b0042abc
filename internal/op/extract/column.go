package extract

import (
	"cmp"
	"slices"

	"docket/internal/document"
)

// wordGap is the widest gap between words of one cell, in heights of text.
const wordGap = 0.4

// divide finds where one column ends and the next begins: where the rows leave
// the page free between their headings. What stands under a heading is often
// wider than it, or flush with one side of it.
func (c *columns) divide(rows []row) {
	var blocks []document.Box
	for i := range rows {
		blocks = append(blocks, rows[i].blocks()...)
	}
	slices.SortFunc(blocks, func(a, b document.Box) int { return cmp.Compare(a.Left, b.Left) })
	if c.borders = c.inOrder(blocks); c.borders != nil {
		return
	}
	c.borders = make([]float64, max(len(c.all)-1, 0))
	for i := range c.borders {
		c.borders[i] = c.border(i, blocks)
	}
}

// blocks are the runs of words of a row without a gap as between cells.
func (r *row) blocks() []document.Box {
	var all []document.Box
	for i := range r.words {
		b := r.words[i].box
		if n := len(all); n > 0 && b.Left-all[n-1].Right < wordGap*b.Height() {
			all[n-1] = all[n-1].Union(b)
			continue
		}
		all = append(all, b)
	}
	return all
}

// inOrder are the borders when there are as many columns of text as headings,
// which are sorted from left to right: each is of its heading unless it stands
// under another. Nil when they are not as many.
func (c *columns) inOrder(blocks []document.Box) []float64 {
	var stacks []document.Box
	for _, b := range blocks {
		if n := len(stacks); n > 0 && b.Left < stacks[n-1].Right {
			stacks[n-1] = stacks[n-1].Union(b)
			continue
		}
		stacks = append(stacks, b)
	}
	if len(stacks) != len(c.all) {
		return nil
	}
	borders := make([]float64, len(stacks)-1)
	for i := range stacks {
		if i > 0 {
			borders[i-1] = (stacks[i-1].Right + stacks[i].Left) / 2
		}
		under := func(k int) bool { return isOver(c.all[k].box, stacks[i:i+1]) }
		if under(i) {
			continue
		}
		for k := range c.all {
			if under(k) {
				return nil
			}
		}
	}
	return borders
}

// strip is a part of the width that the fewest blocks cross.
type strip struct{ from, to float64 }

func (s strip) middle() float64 { return (s.from + s.to) / 2 }

// border is between column i and the next.
func (c *columns) border(i int, blocks []document.Box) float64 {
	left, right := c.all[i].box, c.all[i+1].box
	free, crossed := strips(blocks, left.Right, right.Left)
	if crossed > 0 || len(free) == 0 {
		// Text of one column may reach under the heading of the other.
		if wide, fewer := strips(blocks, left.Left, right.Right); len(free) == 0 || fewer == 0 {
			free = wide
		}
	}
	if len(free) == 0 {
		return (left.Right + right.Left) / 2
	}
	if len(free) == 1 {
		return free[0].middle()
	}
	// What stands between the headings and under neither is of the column that
	// has nothing under its heading, else of the nearer one.
	first, last := free[0], free[len(free)-1]
	switch under, beside := isOver(left, blocks), isOver(right, blocks); {
	case under && !beside:
		return first.middle()
	case beside && !under:
		return last.middle()
	}
	nearest := first
	for k := 1; k < len(free); k++ {
		if from, to := free[k-1].to, free[k].from; from-left.Right < right.Left-to {
			nearest = free[k]
		}
	}
	return nearest.middle()
}

// isOver says whether anything stands under a heading.
func isOver(heading document.Box, blocks []document.Box) bool {
	return slices.ContainsFunc(blocks, func(b document.Box) bool { return b.Left < heading.Right && heading.Left < b.Right })
}

// strips are the parts from lo to hi that the fewest of the blocks cross, which
// are sorted from left to right, and how many cross them.
func strips(blocks []document.Box, lo, hi float64) (all []strip, crossed int) {
	type step struct {
		at    float64
		delta int
	}
	steps := []step{{lo, 0}, {hi, 0}}
	for _, b := range blocks {
		if b.Right > lo && b.Left < hi {
			steps = append(steps, step{max(b.Left, lo), 1}, step{min(b.Right, hi), -1})
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.delta, b.delta)) })
	depth, crossed := 0, len(blocks)
	for k := 0; k+1 < len(steps); k++ {
		depth += steps[k].delta
		from, to := steps[k].at, steps[k+1].at
		if to <= from || depth > crossed {
			continue
		}
		if depth < crossed {
			all, crossed = nil, depth
		}
		if n := len(all); n > 0 && all[n-1].to == from {
			all[n-1].to = to
			continue
		}
		all = append(all, strip{from, to})
	}
	return all, crossed
}

// at is the column that the middle of a box lies in.
func (c *columns) at(b document.Box) int {
	i, _ := slices.BinarySearch(c.borders, (b.Left+b.Right)/2)
	return i
}

// cut gives the part of the row's text that stands in each column.
func (c *columns) cut(r *row) [][2]int {
	parts := make([][2]int, len(c.all))
	for _, w := range r.words {
		p := &parts[c.at(w.box)]
		if p[1] == 0 {
			p[0] = w.start
		}
		p[1] = w.end
	}
	return parts
}

// across says whether the row is text that runs on from one column into the
// next: a note between the items.
func (c *columns) across(r *row) bool {
	for i := 1; i < len(r.words); i++ {
		a, b := r.words[i-1].box, r.words[i].box
		if c.at(a) != c.at(b) && b.Left-a.Right < wordGap*b.Height() && len(r.blocks()) == 1 {
			return true
		}
	}
	return false
}

// splits says whether a border runs through one of the row's words.
func (c *columns) splits(r *row) bool {
	for i := range r.words {
		b := r.words[i].box
		k := c.at(b)
		if k > 0 && c.borders[k-1]-b.Left > 0.2*b.Width() || k < len(c.borders) && b.Right-c.borders[k] > 0.2*b.Width() {
			return true
		}
	}
	return false
}
