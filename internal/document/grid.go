package document

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sort"
)

// grid is a table while its cells are being found: boundaries of columns and
// rows, and the words between them.
type grid struct {
	xs, ys []float64 // boundaries, the outer ones included
	// owner is the cell, an index of its first place, that each place of the
	// grid belongs to.
	owner []int
	lines []line
}

func (g *grid) columns() int { return len(g.xs) - 1 }
func (g *grid) rows() int    { return len(g.ys) - 1 }

// table finds the cells among the words of a region.
func (s *surface) table(region Box, words []Word) *Table {
	if len(words) == 0 {
		return nil
	}
	r := &tableReader{surface: s, region: region, lines: s.textLines(words)}
	r.rule(s.across, s.down)
	if g, ok := r.lattice(); ok {
		return r.finish(g, drawnGrid)
	}
	r.rule(s.shadeAcross, s.shadeDown)
	if g, ok := r.lattice(); ok {
		return r.finish(g, shadedGrid)
	}
	r.rule(s.across, s.down)
	return r.finish(r.stream(), gapGrid)
}

// gridKind is what the boundaries of a table's cells were found by.
type gridKind int

const (
	gapGrid    gridKind = iota // gaps between words, and some rulings
	drawnGrid                  // rulings
	shadedGrid                 // rulings and the edges of shaded areas
)

// tableReader finds the structure of one table.
type tableReader struct {
	*surface
	region       Box
	lines        []line
	across, down []ruling // inside the region and cut to it
}

// rule takes the rulings that lie in the region.
func (r *tableReader) rule(across, down []ruling) {
	r.across = within(across, r.region.Top-3, r.region.Bottom+3, r.region.Left, r.region.Right)
	r.down = within(down, r.region.Left-3, r.region.Right+3, r.region.Top, r.region.Bottom)
}

// within are the rulings that lie between lo and hi and run some way between
// from and to, cut there.
func within(all []ruling, lo, hi, from, to float64) []ruling {
	var in []ruling
	for _, r := range all {
		if r.at < lo || r.at > hi {
			continue
		}
		r.from, r.to = max(r.from, from-2), min(r.to, to+2)
		if r.to-r.from >= 6 {
			in = append(in, r)
		}
	}
	return in
}

// textLines sorts words into lines from top to bottom, each from left to right.
func (s *surface) textLines(words []Word) []line {
	single := make([]phrase, len(words))
	for i := range words {
		single[i] = phrase{words: words[i : i+1 : i+1], box: words[i].Box, size: words[i].Size}
	}
	return s.lines(single)
}

// levels are the places of rulings, those nearer than snap taken together.
func levels(all []ruling, snap float64) []float64 {
	at := make([]float64, len(all))
	for i := range all {
		at[i] = all[i].at
	}
	slices.Sort(at)
	var merged []float64
	for i, v := range at {
		if i > 0 && v-at[i-1] <= snap && v-merged[len(merged)-1] <= 2*snap {
			continue
		}
		merged = append(merged, v)
	}
	return merged
}

// gridSnap is the distance of rulings that are one boundary.
const gridSnap = 3.5

// lattice makes the grid of a table all of whose cells are ruled; ok is false
// when rulings do not say enough.
func (r *tableReader) lattice() (*grid, bool) {
	xs := r.bounded(levels(r.down, gridSnap), r.across, r.region.Left, r.region.Right)
	ys := r.bounded(levels(r.across, gridSnap), r.down, r.region.Top, r.region.Bottom)
	if len(xs) < 3 || len(ys) < 3 || len(xs)*len(ys) > maxPlaces {
		return nil, false
	}
	g := &grid{xs: xs, ys: ys, lines: r.lines}
	g.whole()
	texts := g.places()
	for row := range g.rows() {
		for c := range g.columns() {
			if c+1 < g.columns() && !g.ruledRight(r.down, row, c) && texts.meet(row, c, row, c+1) {
				g.join(row, c, row, c+1)
			}
			if row+1 < g.rows() && !g.ruledBelow(r.across, row, c) && !texts.numbers(row, c, row+1, c) {
				g.join(row, c, row+1, c)
			}
		}
	}
	g.square()
	if r.coarse(g) {
		return nil, false
	}
	return g, true
}

// placeText is what stands at each place of a grid before places are joined.
type placeText struct {
	columns int
	text    []string
	crossed []bool // a run of words goes on in the next column
}

func (g *grid) places() *placeText {
	p := &placeText{g.columns(), make([]string, len(g.owner)), make([]bool, len(g.owner))}
	for i := range g.lines {
		l := &g.lines[i]
		row := columnAt(g.ys, (l.box.Top+l.box.Bottom)/2)
		for _, b := range l.blocks(cellSpace) {
			for c := columnAt(g.xs, b.left+1); c < columnAt(g.xs, b.right-1); c++ {
				p.crossed[row*p.columns+c] = true
			}
			for _, w := range b.words {
				p.text[row*p.columns+columnOf(g.xs, w.Box)] += w.Text
			}
		}
	}
	return p
}

// meet says whether two places beside each other may be one cell: one is
// empty, or a run of words goes from one into the other.
func (p *placeText) meet(row, c, row2, c2 int) bool {
	return p.crossed[row*p.columns+c] || p.text[row*p.columns+c] == "" || p.text[row2*p.columns+c2] == ""
}

// numbers says whether both places hold a number, and so are two cells.
func (p *placeText) numbers(row, c, row2, c2 int) bool {
	return isNumeric(p.text[row*p.columns+c]) && isNumeric(p.text[row2*p.columns+c2])
}

// maxPlaces bounds the grid of a table.
const maxPlaces = 40_000

// bounded adds the outer boundaries, from where the rulings across end.
func (r *tableReader) bounded(at []float64, across []ruling, lo, hi float64) []float64 {
	first, last := math.Inf(1), math.Inf(-1)
	for _, a := range across {
		first, last = min(first, a.from), max(last, a.to)
	}
	if len(across) == 0 {
		first, last = lo, hi
	}
	first, last = min(first, r.textEdge(across, false)), max(last, r.textEdge(across, true))
	if len(at) == 0 || at[0]-first > 2*gridSnap {
		at = append([]float64{first}, at...)
	}
	if last-at[len(at)-1] > 2*gridSnap {
		at = append(at, last)
	}
	return at
}

// textEdge is how far the text of the table reaches to one side.
func (r *tableReader) textEdge(across []ruling, end bool) float64 {
	box := r.lines[0].box
	for i := range r.lines {
		box = box.Union(r.lines[i].box)
	}
	level := len(across) > 0 && len(r.across) > 0 && &across[0] == &r.across[0]
	switch {
	case level && end:
		return box.Right
	case level:
		return box.Left
	case end:
		return box.Bottom
	default:
		return box.Top
	}
}

func (g *grid) whole() {
	g.owner = make([]int, g.rows()*g.columns())
	for i := range g.owner {
		g.owner[i] = i
	}
}

func (g *grid) ruledRight(down []ruling, row, c int) bool {
	return slices.ContainsFunc(down, func(r ruling) bool {
		return math.Abs(r.at-g.xs[c+1]) <= gridSnap && r.covers(g.ys[row], g.ys[row+1])
	})
}

func (g *grid) ruledBelow(across []ruling, row, c int) bool {
	return slices.ContainsFunc(across, func(r ruling) bool {
		return math.Abs(r.at-g.ys[row+1]) <= gridSnap && r.covers(g.xs[c], g.xs[c+1])
	})
}

func (g *grid) find(i int) int {
	for g.owner[i] != i {
		g.owner[i] = g.owner[g.owner[i]]
		i = g.owner[i]
	}
	return i
}

func (g *grid) join(r1, c1, r2, c2 int) {
	a, b := g.find(r1*g.columns()+c1), g.find(r2*g.columns()+c2)
	g.owner[max(a, b)] = min(a, b)
}

// extent is the part of the grid that a cell covers, the last included.
type extent struct{ row, column, lastRow, lastColumn int }

// extents are the parts of all cells, by their first places.
func (g *grid) extents() map[int]extent {
	all := map[int]extent{}
	for i := range g.owner {
		row, c := i/g.columns(), i%g.columns()
		root := g.find(i)
		e, ok := all[root]
		if !ok {
			e = extent{row, c, row, c}
		}
		all[root] = extent{min(e.row, row), min(e.column, c), max(e.lastRow, row), max(e.lastColumn, c)}
	}
	return all
}

// square makes every cell a rectangle: places between the parts of a cell
// become part of it.
func (g *grid) square() {
	for range 8 {
		all := g.extents()
		changed := false
		for _, root := range slices.Sorted(maps.Keys(all)) {
			e := all[root]
			for row := e.row; row <= e.lastRow; row++ {
				for c := e.column; c <= e.lastColumn; c++ {
					if g.find(row*g.columns()+c) != g.find(root) {
						g.join(row, c, root/g.columns(), root%g.columns())
						changed = true
					}
				}
			}
		}
		if !changed {
			return
		}
	}
	g.whole() // it does not come to rest: every place is a cell
}

// coarse says whether rulings leave rows or columns undivided that the text
// divides: then they are only some of the boundaries.
func (r *tableReader) coarse(g *grid) bool {
	for _, e := range g.extents() {
		box := Box{g.xs[e.column], g.ys[e.row], g.xs[e.lastColumn+1], g.ys[e.lastRow+1]}
		if r.manyRows(box) {
			return true
		}
	}
	return false
}

// manyRows says whether the lines in a ruled cell are rows of their own: they
// stand at the height of lines in other cells, line by line, and most are
// numbers or one of them has gaps.
func (r *tableReader) manyRows(box Box) bool {
	n, numbers, gaps := 0, 0, 0
	first := sort.Search(len(r.lines), func(i int) bool { return r.lines[i].box.Top+r.lines[i].box.Bottom >= 2*box.Top })
	for i := first; i < len(r.lines) && r.lines[i].box.Top+r.lines[i].box.Bottom <= 2*box.Bottom; i++ {
		var begin, last *Word
		wide := false
		for k := range r.lines[i].words {
			w := &r.lines[i].words[k]
			if !box.contains(w.Box) {
				continue
			}
			if begin == nil {
				begin = w
			} else if w.Box.Left-last.Box.Right > cellGap*w.Size {
				wide = true
			}
			last = w
		}
		if begin == nil {
			continue
		}
		n++
		if begin == last && isNumeric(begin.Text) {
			numbers++
		}
		if wide {
			gaps++
		}
	}
	return n >= 3 && (numbers*3 >= n*2 || gaps*2 >= n)
}

// isNumeric is true for amounts, years, shares and signs that stand for none.
func isNumeric(s string) bool {
	digits, other := 0, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' || c == ',' || c == '%' || c == '-' || c == '+' || c == '–' || c == '—' || c == '(' || c == ')' || c == '/' || c == ':' || c == '*' || c == '€' || c == '$' || c == '£' || c == '<' || c == '>' || c == '±' || c == '−':
		default:
			other++
		}
	}
	return other == 0 && s != "" || digits > 0 && digits >= 2*other
}

// sortCells puts cells in order of row and column.
func sortCells(cells []Cell) {
	slices.SortFunc(cells, func(a, b Cell) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) })
}
