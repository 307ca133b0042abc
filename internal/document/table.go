package document

import "slices"

// Table is a grid of cells on a page.
type Table struct {
	// Box holds the whole table, in points.
	Box Box
	// Rows and Columns are counts; Header is how many rows at the top name
	// what stands below.
	Rows, Columns, Header int
	// Cells are in order of row and column and cover every place of the grid
	// once.
	Cells []Cell

	kind    gridKind
	rulings int     // that run across
	turned  []int   // indices of the turned texts in its cells
	loose   bool    // its lines do not hang together
	density float64 // the share of its height that lines of text take
}

// Cell is one cell of a Table.
type Cell struct {
	// Row and Column are counted from 0; the spans are at least 1.
	Row, Column, RowSpan, ColumnSpan int
	// Text is on one line and may be empty.
	Text string
	// Box is the place of the cell's text, in points; it is zero without text.
	Box Box

	runs       []Run // the text with its links, or nil without any
	confidence *float64
	later      bool // it stands on a later page than the table begins on
}

// fill puts a text into the cell.
func (c *Cell) fill(ls []line) {
	p := newParagraph(ls)
	c.Text, c.Box, c.runs, c.confidence = p.content(), p.box, p.runs(), confidenceOf(p.lines)
}

// TableIn finds the cells of a table that is known to fill the region; it is
// nil when there are no words.
func TableIn(p *Page, region Box) *Table {
	s := newSurface(p)
	region = s.toSurface(region)
	words := wordsIn(s.words, region)
	t := s.table(region, words)
	if t != nil {
		t.place(s)
	}
	return t
}

// place turns the table back to where it stands on the page.
func (t *Table) place(s *surface) {
	t.Box = s.page.OnPage(s.toPage(t.Box))
	for i := range t.Cells {
		if t.Cells[i].Text != "" {
			t.Cells[i].Box = s.page.OnPage(s.toPage(t.Cells[i].Box))
		}
	}
}

// spans says whether any cell covers more than one place.
func (t *Table) spans() bool {
	return slices.ContainsFunc(t.Cells, func(c Cell) bool { return c.RowSpan > 1 || c.ColumnSpan > 1 })
}

// filled is the share of cells that hold text.
func (t *Table) filled() float64 {
	n := 0
	for i := range t.Cells {
		if t.Cells[i].Text != "" {
			n++
		}
	}
	return float64(n) / float64(max(len(t.Cells), 1))
}
