package extract

import (
	"cmp"
	"maps"
	"slices"

	"docket/internal/document"
)

// columns are those of a table whose headings are properties of the items.
type columns struct {
	all     []column
	fields  int       // how many of them are properties
	below   int       // the first row under the headings
	borders []float64 // between one column and the next
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
			i = l.rows(p, c, headings) - 1
		}
	}
}

// headings finds the rows of the page that are headings.
func (l *list) headings(p *sheet) map[int]*columns {
	all := map[int]*columns{}
	for at, found := range l.named(p) {
		if c := l.heading(&p.rows[at], found); c != nil {
			c.below = at + 1
			all[at] = c
		}
	}
	for _, at := range slices.Sorted(maps.Keys(all)) {
		all[at] = l.wrapped(p, at, all[at], all)
	}
	return all
}

// named are the labels of properties in each row of the page.
func (l *list) named(p *sheet) map[int][]column {
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
	return found
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

// headGap is the gap, in heights of text, from which on words beside a heading
// are another one.
const headGap = 0.4

// fill adds the headings that are no property, and sorts all from left to
// right. Words close to a heading are a part of it.
func (c *columns) fill(r *row) {
	for i := range r.words {
		w := r.words[i].box
		if c.overlaps(w) {
			continue
		}
		near := headGap * w.Height()
		k := slices.IndexFunc(c.all, func(x column) bool { return w.Left-x.box.Right < near && x.box.Left-w.Right < near })
		if k >= 0 {
			c.all[k].box = c.all[k].box.Union(w)
		} else {
			c.all = append(c.all, column{-1, w, 0})
		}
	}
	slices.SortFunc(c.all, func(a, b column) int { return cmp.Compare(a.box.Left, b.box.Left) })
}

// box holds the headings.
func (c *columns) box() document.Box {
	box := c.all[0].box
	for i := range c.all {
		box = box.Union(c.all[i].box)
	}
	return box
}
