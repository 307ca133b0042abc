package extract

import (
	"cmp"
	"math"
	"slices"

	"docket/internal/document"
)

// columns are those of a table whose headings are properties of the items.
type columns struct {
	all    []column
	fields int // how many of them are properties
}

// column is one heading with all that stands under it.
type column struct {
	field int // an index of the items' properties, or -1
	box   document.Box
	fit   float64 // how surely it is the heading of that property
}

// minHeading is how sure a heading must be.
const minHeading = 0.55

// tables adds the rows of every table on the page that has the items'
// properties for its headings.
func (l *list) tables(p *sheet) {
	if l.sums == nil {
		l.sums = sumLabels()
	}
	headings := l.headings(p)
	for i := 0; i < len(p.rows); i++ {
		if c := headings[i]; c != nil {
			i = l.rows(p, i+1, c, headings) - 1
		}
	}
}

// headings finds the rows of the page that are headings.
func (l *list) headings(p *sheet) map[int]*columns {
	found := map[int][]column{}
	for n, f := range l.field.items.fields {
		if f.form != valueForm {
			continue
		}
		for _, label := range f.labels {
			for _, m := range p.mentions(f, label) {
				r := &p.rows[m.row]
				share := float64(len(label.words)) / float64(max(len(r.cells[m.cell].tokens), 1))
				fit := label.weight * (0.6 + 0.4*share)
				found[m.row] = append(found[m.row], column{n, r.boxOf(m.start, m.end), fit})
			}
		}
	}
	all := map[int]*columns{}
	for at, columns := range found {
		if c := l.heading(&p.rows[at], columns); c != nil {
			all[at] = c
		}
	}
	return all
}

// heading reads a row as headings; nil when too few are properties. found are
// the labels of properties in it.
func (l *list) heading(r *row, found []column) *columns {
	slices.SortStableFunc(found, func(a, b column) int { return cmp.Compare(b.fit, a.fit) })
	c := &columns{}
	taken := map[int]bool{}
	for _, f := range found {
		if f.fit < minHeading || taken[f.field] || c.overlaps(f.box) {
			continue
		}
		taken[f.field] = true
		c.all = append(c.all, f)
		c.fields++
	}
	values := 0
	for _, f := range l.field.items.fields {
		if f.form == valueForm {
			values++
		}
	}
	if c.fields < min(2, values) || c.fields == 0 || c.fields == 1 && len(r.cells) == 1 && values > 1 {
		return nil
	}
	c.fill(r)
	return c
}

func (c *columns) overlaps(b document.Box) bool {
	return slices.ContainsFunc(c.all, func(x column) bool { return b.Left < x.box.Right && x.box.Left < b.Right })
}

// fill adds the headings that are no property, and sorts all from left to
// right.
func (c *columns) fill(r *row) {
	for i := range r.cells {
		if b := r.cells[i].box; !c.overlaps(b) {
			c.all = append(c.all, column{-1, b, 0})
		}
	}
	slices.SortFunc(c.all, func(a, b column) int { return cmp.Compare(a.box.Left, b.box.Left) })
}

// at finds the column of a cell: the one that it shares most width with, else
// the nearest.
func (c *columns) at(b document.Box) int {
	best, distance := 0, math.Inf(1)
	for i := range c.all {
		h := c.all[i].box
		gap := max(h.Left-b.Right, b.Left-h.Right) // negative: they overlap
		if edge := min(math.Abs(h.Left-b.Left), math.Abs(h.Right-b.Right)); gap < 0 {
			gap = -1000 - min(-gap, 1000)*2 + min(edge, 1000)/10
		}
		if gap < distance {
			best, distance = i, gap
		}
	}
	return best
}
