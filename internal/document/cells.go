package document

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// prose is the number of letters a line has on average in a column of text;
// the cells of a table have fewer.
const prose = 20

// maxLabel is the most letters of a bullet, number or letter that stands
// beside the text it belongs to.
const maxLabel = 6

// areColumns tells columns of text, read one after the other, from the cells
// of a table or form, read row by row: those have short lines that stand on
// the same height. A label before a column of text is read first.
func areColumns(left, right []phrase) bool {
	l, r := rows(left), rows(right)
	if len(l) == 1 && len(r) == 1 {
		return false
	}
	if len(l) == 1 && len(r) >= 3 && letters(left) > maxLabel {
		return letters(right)/len(r) >= prose
	}
	if len(l) >= 2 && len(r) >= 2 && letters(left)/len(l) >= prose && letters(right)/len(r) >= prose {
		return true
	}
	return aligned(l, r) < 0.5
}

// rows are the heights of the lines among items, as centre and size.
func rows(items []phrase) []Box {
	boxes := make([]Box, len(items))
	for i := range items {
		boxes[i] = items[i].box
	}
	slices.SortFunc(boxes, func(a, b Box) int { return cmp.Compare(a.Top+a.Bottom, b.Top+b.Bottom) })
	return slices.CompactFunc(boxes, sameLine)
}

// figureLetters is what a figure counts for among letters: it is no cell.
const figureLetters = 1000

func letters(items []phrase) int {
	n := 0
	for _, p := range items {
		if p.figure != nil {
			n += figureLetters
		}
		for i := range p.words {
			if text := p.words[i].Text; !isNumeric(text) { // amounts are no prose
				n += utf8.RuneCountInString(text) + 1
			}
		}
	}
	return n
}

// aligned is the share of rows on the side with fewer that stand on the height
// of one on the other side.
func aligned(a, b []Box) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for _, x := range a {
		if nearest(b, x) < 0.4*x.Height() {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// nearest is twice the distance from the middle of x to the nearest middle of
// rows, which are sorted by it.
func nearest(rows []Box, x Box) float64 {
	i, _ := slices.BinarySearchFunc(rows, x, func(a, b Box) int { return cmp.Compare(a.Top+a.Bottom, b.Top+b.Bottom) })
	distance := math.Inf(1)
	for _, r := range rows[max(i-1, 0):min(i+1, len(rows))] {
		distance = min(distance, math.Abs(x.Top+x.Bottom-r.Top-r.Bottom))
	}
	return distance
}
