package document

import (
	"cmp"
	"math"
	"slices"
)

// meetGap is how far rulings that meet may be apart, in points.
const meetGap = 3.5

// connected are the boxes around rulings that meet, the largest first; each
// has at least three of them, in both directions.
func connected(across, down []ruling) []Box {
	parent := make([]int, len(across)+len(down))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i, a := range across {
		for k, d := range down {
			if d.from-meetGap <= a.at && a.at <= d.to+meetGap && a.from-meetGap <= d.at && d.at <= a.to+meetGap {
				parent[find(len(across)+k)] = find(i)
			}
		}
	}
	type group struct {
		box          Box
		across, down int
	}
	groups := map[int]*group{}
	note := func(i int, b Box, level bool) {
		g := groups[find(i)]
		if g == nil {
			g = &group{box: b}
			groups[find(i)] = g
		}
		g.box = g.box.Union(b)
		if level {
			g.across++
		} else {
			g.down++
		}
	}
	for i, a := range across {
		note(i, Box{a.from, a.at, a.to, a.at}, true)
	}
	for k, d := range down {
		note(len(across)+k, Box{d.at, d.from, d.at, d.to}, false)
	}
	var boxes []Box
	for _, g := range groups {
		if g.across > 0 && g.down > 0 && g.across+g.down >= 3 {
			boxes = append(boxes, g.box)
		}
	}
	slices.SortFunc(boxes, func(a, b Box) int {
		return cmp.Or(cmp.Compare(b.Width()*b.Height(), a.Width()*a.Height()), cmp.Compare(a.Top, b.Top), cmp.Compare(a.Left, b.Left))
	})
	return boxes
}

// betweenRules are the boxes between level rulings of one width that stand
// above each other with rows of cells between them, as in books.
func (s *surface) betweenRules(found []*Table, index *wordIndex) []Box {
	var free []ruling
	for _, a := range s.across {
		mid := Box{a.from, a.at, a.to, a.at}
		inside := slices.ContainsFunc(found, func(t *Table) bool { return t.Box.grow(4).contains(mid) })
		if !inside && a.to-a.from >= 60 {
			free = append(free, a)
		}
	}
	slices.SortFunc(free, func(a, b ruling) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from)) })
	used := make([]bool, len(free))
	var boxes []Box
	for i := range free {
		if used[i] {
			continue
		}
		stack := []ruling{free[i]}
		for k := i + 1; k < len(free) && k-i <= maxStack; k++ {
			if !used[k] && math.Abs(free[k].from-free[i].from) < 8 && math.Abs(free[k].to-free[i].to) < 8 {
				used[k] = true
				stack = append(stack, free[k])
			}
		}
		boxes = append(boxes, s.tabularRuns(stack, index)...)
	}
	return boxes
}

// maxStack bounds how far the rulings of one table are looked for.
const maxStack = 200

// tabularRuns are the boxes from ruling to ruling with rows between them.
func (s *surface) tabularRuns(stack []ruling, index *wordIndex) []Box {
	var boxes []Box
	open := false
	for i := 1; i < len(stack); i++ {
		box := Box{stack[i-1].from - 2, stack[i-1].at, stack[i-1].to + 2, stack[i].at}
		if !s.tabular(index.some(index.in(box)), box) {
			open = false
			continue
		}
		if open {
			boxes[len(boxes)-1] = boxes[len(boxes)-1].Union(box)
		} else {
			boxes = append(boxes, box)
		}
		open = true
	}
	return boxes
}

// tabular says whether at least half of the lines among the words have gaps
// like those between cells.
func (s *surface) tabular(words []Word, box Box) bool {
	if len(words) == 0 {
		return box.Height() < 40
	}
	rows := 0
	ls := s.textLines(words)
	for i := range ls {
		if len(ls[i].blocks(1)) > 1 {
			rows++
		}
	}
	return 2*rows >= len(ls)
}
