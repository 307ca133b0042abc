package document

import (
	"math"
	"slices"
)

// maxMergedRows bounds the rows of a table that is made of several.
const maxMergedRows = 5000

// mergeTables makes one table of a table that ends a page and those that begin
// the next pages with as many columns at the same places. A head that is
// repeated stands once.
func mergeTables(all []paragraph) []paragraph {
	out := make([]paragraph, 0, len(all))
	open := -1 // the last table of out, while nothing but page edges follow it
	for i := range all {
		p := all[i]
		switch {
		case p.kind == PageHeader || p.kind == PageFooter:
		case p.kind == TableSegment && p.table != nil && open >= 0 && out[open].continuedBy(&p):
			merged := out[open].table.with(p.table)
			out[open].table, out[open].lastPage = merged, p.page
			continue
		case p.kind == TableSegment && p.table != nil:
			open = len(out)
			p.lastPage = p.page
		default:
			open = -1
		}
		out = append(out, p)
	}
	return out
}

// continuedBy says whether the table goes on in another on the next page.
func (p *paragraph) continuedBy(next *paragraph) bool {
	a, b := p.table, next.table
	if next.page != p.lastPage+1 || a.Columns != b.Columns || a.Rows+b.Rows > maxMergedRows {
		return false
	}
	near := 0.03 * p.width
	return math.Abs(p.box.Left-next.box.Left) < near && math.Abs(p.box.Right-next.box.Right) < near
}

// with is the table with the rows of another below its own.
func (t *Table) with(more *Table) *Table {
	skip := 0
	if head := t.head(t.Header); t.Header > 0 && slices.Equal(head, more.head(t.Header)) {
		skip = t.Header
	}
	merged := *t
	merged.Cells = slices.Clone(t.Cells)
	for _, c := range more.Cells {
		if c.Row < skip {
			continue
		}
		c.Row += t.Rows - skip
		c.later = true
		merged.Cells = append(merged.Cells, c)
	}
	merged.Rows += more.Rows - skip
	return &merged
}

// head are the texts of the first rows.
func (t *Table) head(rows int) []string {
	var all []string
	for i := range t.Cells {
		if t.Cells[i].Row < rows {
			all = append(all, t.Cells[i].Text)
		}
	}
	return all
}
