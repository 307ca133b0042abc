package document

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// stream makes the grid of a table that is not ruled throughout: columns are
// where lines leave gaps at the same place, rows are lines and what wraps
// under them. Rulings that there are count as boundaries.
func (r *tableReader) stream() *grid {
	xs := r.columnBounds()
	bands := r.rowBands(xs)
	g := &grid{xs: xs, ys: r.rowBounds(bands), lines: r.lines}
	g.whole()
	r.spanText(g, bands)
	return g
}

// columnBounds are the boundaries of columns.
func (r *tableReader) columnBounds() []float64 {
	box := r.lines[0].box
	for i := range r.lines {
		box = box.Union(r.lines[i].box)
	}
	left, right := box.Left-1, box.Right+1
	var inner []float64
	for _, x := range levels(r.longDown(box), gridSnap) {
		if x > left+gridSnap && x < right-gridSnap {
			inner = append(inner, x)
		}
	}
	ruled := len(inner)
	counts := countGaps(r.lines, left, right)
	for _, s := range counts.separators(r.leastGaps(), 0.34) {
		if s.to-s.from < 1.2 || r.nearRuling(inner[:ruled], s) {
			continue
		}
		inner = append(inner, s.middle())
	}
	slices.Sort(inner)
	return append(append([]float64{left}, inner...), right)
}

// longDown are the upright rulings that run along a good part of the table.
func (r *tableReader) longDown(box Box) []ruling {
	var long []ruling
	for _, d := range r.down {
		if d.to-d.from >= 0.3*box.Height() {
			long = append(long, d)
		}
	}
	return long
}

// leastGaps is how many lines must have a gap where columns part.
func (r *tableReader) leastGaps() int {
	n := len(r.lines)
	return max(min(2, n), n/6)
}

// nearRuling says whether a ruling already parts the columns there.
func (r *tableReader) nearRuling(ruled []float64, s separator) bool {
	return slices.ContainsFunc(ruled, func(x float64) bool { return x > s.from-4 && x < s.to+4 })
}

// band is a run of lines that make up one row.
type band struct{ first, last int }

// rowBands takes lines together that belong to one row.
func (r *tableReader) rowBands(xs []float64) []band {
	cells := make([][]string, len(r.lines))
	for i := range r.lines {
		cells[i] = textByColumn(&r.lines[i], xs)
	}
	tight := r.tightLeading()
	ruledRows := r.ruledRows()
	var bands []band
	for i := range r.lines {
		if i > 0 && r.continues(bands[len(bands)-1], i, cells, tight, ruledRows) {
			bands[len(bands)-1].last = i
			continue
		}
		bands = append(bands, band{i, i})
	}
	return bands
}

// textByColumn is the text of a line in each column; text that crosses
// boundaries is in the first of its columns.
func textByColumn(l *line, xs []float64) []string {
	cells := make([]string, len(xs)-1)
	for i := range l.words {
		c := columnOf(xs, l.words[i].Box)
		if cells[c] != "" {
			cells[c] += " "
		}
		cells[c] += l.words[i].Text
	}
	return cells
}

// columnOf is the column in which the middle of a box lies.
func columnOf(xs []float64, b Box) int {
	i, _ := slices.BinarySearch(xs, (b.Left+b.Right)/2)
	return min(max(i-1, 0), len(xs)-2)
}

// tightLeading is the least usual distance of baselines.
func (r *tableReader) tightLeading() float64 {
	var d []float64
	for i := 1; i < len(r.lines); i++ {
		if step := r.lines[i].baseline - r.lines[i-1].baseline; step > 0.7*r.lines[i].size {
			d = append(d, step)
		}
	}
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/8]
}

// ruledBetween says whether a ruling parts two lines.
func (r *tableReader) ruledBetween(a, b *line) bool {
	width := r.region.Width()
	return slices.ContainsFunc(r.across, func(x ruling) bool {
		return x.at > a.baseline-0.3*a.size && x.at < b.baseline-0.3*b.size && x.to-x.from >= 0.6*width
	})
}

// ruledRows says whether rulings part most of the rows, so that what is not
// parted belongs together.
func (r *tableReader) ruledRows() bool {
	n := 0
	for i := 1; i < len(r.lines); i++ {
		if r.ruledBetween(&r.lines[i-1], &r.lines[i]) {
			n++
		}
	}
	return n >= 3 && 3*n >= len(r.lines)-1
}

// continues says whether line i goes on with the row of a band.
func (r *tableReader) continues(b band, i int, cells [][]string, tight float64, ruledRows bool) bool {
	last, next := &r.lines[i-1], &r.lines[i]
	if r.ruledBetween(last, next) {
		return false
	}
	step := next.baseline - last.baseline
	if step < 0.7*max(last.size, next.size) {
		return true // a superscript, or cells set a little higher than others
	}
	above, below := cells[i-1], cells[i]
	if bothNumeric(cells[b.first:i], below) {
		return false
	}
	if ruledRows {
		return true
	}
	if step > 1.35*tight && step > 1.35*max(last.size, next.size) {
		return false
	}
	both, only := 0, 0
	for c := range below {
		switch {
		case below[c] == "":
		case above[c] != "":
			both++
		default:
			only++
		}
	}
	switch {
	case below[0] == "" && only == 0 && !anyNumeric(below):
		return true // text that wraps in some columns
	case below[0] == "" && both > 0 && !anyNumeric(below) && !anyNumeric(above):
		return true
	case only == 0 && both == 1 && below[0] != "" && wraps(above[0], below[0]):
		return true
	case above[0] != "" && filledCells(above) == 1 && wraps(above[0], below[0]) && b.first == i-1:
		return true // a label over two lines, with its cells beside the second
	}
	return false
}

// wraps says whether text goes on on the next line.
func wraps(above, below string) bool {
	first, _ := utf8.DecodeRuneInString(below)
	last, _ := utf8.DecodeLastRuneInString(above)
	return strings.ContainsRune("-,–/&(", last) || first == '(' || first >= 'a' && first <= 'z' || first > 127 && strings.ToLower(string(first)) == string(first) && strings.ToUpper(string(first)) != string(first)
}

// bothNumeric says whether a column has a number both in a row and in the line
// that follows: numbers do not wrap.
func bothNumeric(rows [][]string, next []string) bool {
	for c := range next {
		if next[c] == "" || !isNumeric(strings.ReplaceAll(next[c], " ", "")) {
			continue
		}
		for _, row := range rows {
			if row[c] != "" && isNumeric(strings.ReplaceAll(row[c], " ", "")) {
				return true
			}
		}
	}
	return false
}

func anyNumeric(cells []string) bool {
	return slices.ContainsFunc(cells, func(s string) bool { return s != "" && isNumeric(strings.ReplaceAll(s, " ", "")) })
}

func filledCells(cells []string) int {
	n := 0
	for _, c := range cells {
		if c != "" {
			n++
		}
	}
	return n
}

// rowBounds are the boundaries of rows: halfway between bands.
func (r *tableReader) rowBounds(bands []band) []float64 {
	ys := make([]float64, len(bands)+1)
	for i, b := range bands {
		top, bottom := math.Inf(1), math.Inf(-1)
		for k := b.first; k <= b.last; k++ {
			top, bottom = min(top, r.lines[k].box.Top), max(bottom, r.lines[k].box.Bottom)
		}
		if i == 0 {
			ys[0] = top - 1
		} else {
			ys[i] = (ys[i] + top) / 2
		}
		ys[i+1] = bottom
	}
	ys[len(bands)]++
	return ys
}

// spanText joins the places that one run of words crosses.
func (r *tableReader) spanText(g *grid, bands []band) {
	for row, b := range bands {
		for k := b.first; k <= b.last; k++ {
			for _, bl := range r.lines[k].blocks(cellSpace) {
				first := columnAt(g.xs, bl.left+1)
				last := columnAt(g.xs, bl.right-1)
				for c := first; c < last; c++ {
					g.join(row, c, row, c+1)
				}
			}
		}
	}
	g.square()
}

// columnAt is the column that holds x.
func columnAt(xs []float64, x float64) int {
	i, _ := slices.BinarySearch(xs, x)
	return min(max(i-1, 0), len(xs)-2)
}
