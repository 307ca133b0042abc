package extract

import (
	"fmt"
	"slices"
)

// any says whether something was found.
func (n *node) any() bool { return n.count() > 0 }

// count is the number of values found.
func (n *node) count() int {
	found := 0
	n.leaves(func(l *leaf) {
		if l.Value != nil {
			found++
		}
	})
	return found
}

// merge adds what a later passage has.
func (n *node) merge(later *node) {
	switch {
	case n.Leaf != nil:
		if l := later.Leaf; l != nil && l.Value != nil && (n.Leaf.Value == nil || l.Score > n.Leaf.Score) {
			n.Leaf = l
		}
	case n.IsList:
		for i := range later.List {
			n.take(&later.List[i])
		}
	default:
		for i := range n.Fields {
			n.Fields[i].Node.merge(&later.Fields[i].Node)
		}
	}
}

// take adds an element to a list, unless it is there: passages overlap.
func (n *node) take(item *node) {
	for i := range n.List {
		if n.List[i].same(item) {
			if item.count() > n.List[i].count() {
				n.List[i] = *item
			}
			return
		}
	}
	n.List = append(n.List, *item)
}

// same says whether two elements are one that was seen twice: a line is
// common to both, and so is every value that both have.
func (n *node) same(o *node) bool {
	var mine, others []*leaf
	n.leaves(func(l *leaf) { mine = append(mine, l) })
	o.leaves(func(l *leaf) { others = append(others, l) })
	if len(mine) != len(others) {
		return false
	}
	equal, shared := 0, false
	for i, l := range mine {
		shared = shared || slices.ContainsFunc(l.lines, func(id int) bool {
			return slices.ContainsFunc(others, func(o *leaf) bool { return slices.Contains(o.lines, id) })
		})
		if l.Value == nil || others[i].Value == nil {
			continue
		}
		if fmt.Sprint(l.Value) != fmt.Sprint(others[i].Value) {
			return false
		}
		equal++
	}
	return shared && equal > 0
}
