package document

import (
	"cmp"
	"slices"
)

// maxCuts bounds how deep a page is cut.
const maxCuts = 24

// columns cuts a page into columns of text in reading order: a recursive
// XY-cut. A region is cut between columns where a gutter runs through it; a
// gutter that headings interrupt is found by setting what crosses it apart;
// last come the gaps between blocks that stand above each other.
func columns(items []phrase, depth int) [][]phrase {
	if len(items) < 2 || depth > maxCuts {
		return [][]phrase{items}
	}
	if left, right, x, ok := cutGutter(items); ok {
		if parts := beneathColumns(items, x); parts != nil {
			return join(parts, depth)
		}
		return append(columns(left, depth+1), columns(right, depth+1)...)
	}
	if bands := cutBands(items); len(bands) > 1 {
		return join(bands, depth)
	}
	if blocks := cutGaps(items); len(blocks) > 1 {
		return join(blocks, depth)
	}
	return [][]phrase{items}
}

// join cuts each part; neighbours without columns become one column again, so
// that paragraphs are found in the whole of it.
func join(parts [][]phrase, depth int) [][]phrase {
	var all [][]phrase
	open := false
	for _, p := range parts {
		cut := columns(p, depth+1)
		if len(cut) > 1 {
			all, open = append(all, cut...), false
			continue
		}
		if open {
			all[len(all)-1] = append(all[len(all)-1], cut[0]...)
		} else {
			all = append(all, slices.Clone(cut[0]))
		}
		open = true
	}
	return all
}

// gutter is the least width between columns for this text, in points.
func gutter(items []phrase) float64 { return max(0.9*medianSize(items), 6) }

func medianSize(items []phrase) float64 {
	sizes := make([]float64, len(items))
	for i := range items {
		sizes[i] = items[i].size
	}
	slices.Sort(sizes)
	return sizes[len(sizes)/2]
}

// maxGutters bounds how many free strips of a region are looked at.
const maxGutters = 12

// cutGutter cuts at the widest free strip from top to bottom that has columns
// of text on both sides; x is its middle.
func cutGutter(items []phrase) (left, right []phrase, x float64, ok bool) {
	for _, x := range freeStrips(items) {
		left, right = beside(items, x)
		if areColumns(left, right) {
			return left, right, x, true
		}
	}
	return nil, nil, 0, false
}

// freeStrips are the middles of the strips, at least a gutter wide, that no
// item touches: the widest first.
func freeStrips(items []phrase) []float64 {
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b phrase) int { return cmp.Compare(a.box.Left, b.box.Left) })
	type gap struct{ middle, width float64 }
	var gaps []gap
	least, end := gutter(items), sorted[0].box.Right
	for _, p := range sorted[1:] {
		if width := p.box.Left - end; width >= least {
			gaps = append(gaps, gap{end + width/2, width})
		}
		end = max(end, p.box.Right)
	}
	slices.SortStableFunc(gaps, func(a, b gap) int { return cmp.Compare(b.width, a.width) })
	middles := make([]float64, min(len(gaps), maxGutters))
	for i := range middles {
		middles[i] = gaps[i].middle
	}
	return middles
}

// beside parts items by the side of x that their middle is on, in file order.
func beside(items []phrase, x float64) (left, right []phrase) {
	for _, p := range items {
		if p.box.Left+p.box.Right < 2*x {
			left = append(left, p)
		} else {
			right = append(right, p)
		}
	}
	return left, right
}

// cutGaps cuts wherever nothing stands at a height for more than half a line.
func cutGaps(items []phrase) [][]phrase {
	sorted := byTop(items)
	least := 0.5 * medianSize(items)
	parts := [][]phrase{{sorted[0]}}
	bottom := sorted[0].box.Bottom
	for _, p := range sorted[1:] {
		if p.box.Top-bottom > least {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], p)
		bottom = max(bottom, p.box.Bottom)
	}
	return parts
}

func byTop(items []phrase) []phrase {
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b phrase) int {
		return cmp.Or(cmp.Compare(a.box.Top, b.box.Top), cmp.Compare(a.box.Left, b.box.Left))
	})
	return sorted
}
