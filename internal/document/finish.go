package document

import "slices"

// finish fills the words into the grid and drops rows and columns without any.
func (r *tableReader) finish(g *grid, kind gridKind) *Table {
	extents := g.extents()
	text := map[int][]line{}
	for i := range g.lines {
		for root, words := range g.share(&g.lines[i]) {
			l := g.lines[i]
			l.words, l.box = words, boxOf(words)
			text[root] = append(text[root], l)
		}
	}
	t := &Table{Box: r.lines[0].box, Rows: g.rows(), Columns: g.columns()}
	t.kind, t.loose = kind, r.loose()
	for i := range r.lines {
		t.Box = t.Box.Union(r.lines[i].box)
		t.density += r.lines[i].size / max(r.region.Height(), 1)
	}
	t.rulings = len(r.across)
	for root, e := range extents {
		c := Cell{Row: e.row, Column: e.column, RowSpan: e.lastRow - e.row + 1, ColumnSpan: e.lastColumn - e.column + 1}
		if ls := text[root]; len(ls) > 0 {
			c.fill(ls)
		}
		t.Cells = append(t.Cells, c)
	}
	sortCells(t.Cells)
	if kind != gapGrid {
		r.takeTurned(g, t)
	}
	t.dropEmpty()
	t.Header = t.headerRows()
	return t
}

// loose says whether lines stand much farther apart than text in one table
// does, or differ in size like a heading from text.
func (r *tableReader) loose() bool {
	small, large := r.lines[0].size, r.lines[0].size
	for i := range r.lines {
		l := &r.lines[i]
		small, large = min(small, l.size), max(large, l.size)
		if i > 0 && l.box.Top-r.lines[i-1].box.Bottom > 3.5*l.size {
			return true
		}
	}
	return large > 1.7*small
}

// share gives each cell its words of a line, in their order.
func (g *grid) share(l *line) map[int][]Word {
	cells := map[int][]Word{}
	y := (l.box.Top + l.box.Bottom) / 2
	for _, w := range l.words {
		row := columnAt(g.ys, y)
		if w.Box.Height() < 0.8*l.box.Height() {
			row = columnAt(g.ys, (w.Box.Top+w.Box.Bottom)/2)
		}
		root := g.find(row*g.columns() + columnOf(g.xs, w.Box))
		cells[root] = append(cells[root], w)
	}
	return cells
}

func boxOf(words []Word) Box {
	b := words[0].Box
	for i := range words {
		b = b.Union(words[i].Box)
	}
	return b
}

// dropEmpty takes out rows and columns that no cell with text begins in or
// spans alone.
func (t *Table) dropEmpty() {
	rows, columns := make([]bool, t.Rows), make([]bool, t.Columns)
	for _, c := range t.Cells {
		if c.Text == "" {
			continue
		}
		if c.RowSpan == 1 {
			rows[c.Row] = true
		}
		if c.ColumnSpan == 1 {
			columns[c.Column] = true
		}
	}
	for _, c := range t.Cells {
		if c.Text == "" {
			continue
		}
		keep(rows[c.Row : c.Row+c.RowSpan])
		keep(columns[c.Column : c.Column+c.ColumnSpan])
	}
	newRow, newColumn := renumber(rows), renumber(columns)
	kept := t.Cells[:0]
	for _, c := range t.Cells {
		end, right := newRow[c.Row+c.RowSpan], newColumn[c.Column+c.ColumnSpan]
		c.Row, c.Column = newRow[c.Row], newColumn[c.Column]
		c.RowSpan, c.ColumnSpan = end-c.Row, right-c.Column
		if c.RowSpan > 0 && c.ColumnSpan > 0 {
			kept = append(kept, c)
		}
	}
	t.Cells, t.Rows, t.Columns = kept, newRow[t.Rows], newColumn[t.Columns]
}

// keep makes sure that one of the rows or columns that a cell spans stays.
func keep(kept []bool) {
	if !slices.Contains(kept, true) {
		kept[0] = true
	}
}

// renumber gives the new number of each row, and of the end.
func renumber(kept []bool) []int {
	numbers := make([]int, len(kept)+1)
	for i, k := range kept {
		numbers[i+1] = numbers[i]
		if k {
			numbers[i+1]++
		}
	}
	return numbers
}

// headerRows counts the rows at the top that name what is below: those above
// the first with a number, as long as fewer than half of all.
func (t *Table) headerRows() int {
	numeric := make([]int, t.Rows)
	filled := make([]int, t.Rows)
	for _, c := range t.Cells {
		if c.Text == "" {
			continue
		}
		filled[c.Row]++
		if isNumeric(c.Text) && !isYear(c.Text) {
			numeric[c.Row]++
		}
	}
	n := 0
	for n < t.Rows && numeric[n] == 0 && filled[n] > 0 {
		n++
	}
	if n == t.Rows {
		n = 1 // no numbers at all: the first row, as in most tables
	}
	if t.Rows < 2 {
		return 0
	}
	return min(n, max(1, t.Rows/2))
}

func isYear(s string) bool {
	return len(s) == 4 && only(s, "0123456789") && (s[0] == '1' && s[1] >= '8' || s[0] == '2' && s[1] == '0')
}
