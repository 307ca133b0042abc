package document

import (
	"cmp"
	"slices"
)

// beneathColumns parts a region that a gutter divides where a table stands
// beneath both columns, though it is no wider than one: what is above, the
// table, and what is below. Nothing stands beside it, and both columns end just
// above it; a table in a column has the other one running on beside it. Nil
// when there is none.
func beneathColumns(items []phrase, x float64) [][]phrase {
	blocks := cutGaps(items)
	tries := 0
	for i := 1; i < len(blocks) && tries < maxBeneath; i++ {
		k, side := i, sideOf(blocks[i], x)
		for k < len(blocks) && side != 0 && sideOf(blocks[k], x) == side && (isShort(blocks[k]) || isTable(blocks[k])) {
			k++
		}
		run := slices.Concat(blocks[i:k]...)
		if len(run) == 0 || !isTable(run) {
			i = max(i, k-1)
			continue
		}
		tries++
		above, below := slices.Concat(blocks[:i]...), slices.Concat(blocks[k:]...)
		if endsTogether(above, boxOfPhrases(run).Top, x) && !endsInCells(above, x, side) && (len(below) == 0 || sideOf(below, x) == 0) {
			parts := [][]phrase{above, run}
			if len(below) > 0 {
				parts = append(parts, below)
			}
			return parts
		}
		i = k - 1
	}
	return nil
}

// maxBeneath bounds the tables of a region that are looked at.
const maxBeneath = 16

// sideOf is -1 for items that all stand on the left of x, 1 for those on the
// right, and 0 for what stands on both sides.
func sideOf(items []phrase, x float64) int {
	left, right := beside(items, x)
	switch {
	case len(right) == 0:
		return -1
	case len(left) == 0:
		return 1
	}
	return 0
}

// isTable says whether items are a table with its caption: one that is known, or
// at least three rows of cells.
func isTable(items []phrase) bool {
	if slices.ContainsFunc(items, func(p phrase) bool { return p.figure != nil && p.figure.table != nil }) {
		return true
	}
	lines, celled := 0, 0
	byHeight := slices.Clone(items)
	slices.SortStableFunc(byHeight, func(a, b phrase) int { return cmp.Compare(a.box.Top+a.box.Bottom, b.box.Top+b.box.Bottom) })
	for i := 0; i < len(byHeight); lines++ {
		first := i
		for i < len(byHeight) && sameLine(byHeight[first].box, byHeight[i].box) {
			i++
		}
		if i = max(i, first+1); i > first+1 {
			celled++
		}
	}
	return celled >= 3 && 3*celled >= 2*lines
}

// maxShort is the most lines of a caption or a note with a table.
const maxShort = 2

// isShort says whether a block is no more than a caption.
func isShort(block []phrase) bool {
	return len(rows(block)) <= maxShort
}

// maxBelow is how far beneath the end of a column a table stands at most, in
// font sizes.
const maxBelow = 3.5

// endsTogether says whether there are columns on both sides of x that end just
// above a height.
func endsTogether(items []phrase, bottom, x float64) bool {
	left, right := beside(items, x)
	if !isBand(left, right) {
		return false
	}
	most := maxBelow * medianSize(items)
	return bottom-boxOfPhrases(left).Bottom <= most && bottom-boxOfPhrases(right).Bottom <= most
}

// endsInCells says whether the last line on one side of x is a row of cells:
// then a table there goes on from it.
func endsInCells(items []phrase, x float64, side int) bool {
	column, right := beside(items, x)
	if side > 0 {
		column = right
	}
	last := slices.MaxFunc(column, func(a, b phrase) int { return cmp.Compare(a.box.Top+a.box.Bottom, b.box.Top+b.box.Bottom) })
	n := 0
	for _, p := range column {
		if sameLine(last.box, p.box) {
			n++
		}
	}
	return n > 1
}

func boxOfPhrases(items []phrase) Box {
	box := items[0].box
	for i := range items {
		box = box.Union(items[i].box)
	}
	return box
}
