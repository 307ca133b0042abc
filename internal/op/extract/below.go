package extract

import (
	"math"
	"strings"

	"docket/internal/document"
)

// below looks under a label.
func (s *sheet) below(f *field, m mention) []candidate {
	r := &s.rows[m.row]
	heading := r.boxOf(m.start, m.end)
	if len(r.cells[m.cell].tokens) <= 3 {
		heading = r.cells[m.cell].box
	}
	if rest := strings.TrimFunc(r.text[m.end:r.cells[m.cell].end], isPadding); rest != "" && f.isText() {
		return nil // the value, or a longer label
	}
	var all []candidate
	for down := 1; down <= maxRowsDown && m.row+down < len(s.rows); down++ {
		under := &s.rows[m.row+down]
		if under.box.Top-heading.Bottom > 2.5*float64(down)*heading.Height() {
			break
		}
		certainty := belowCell
		if down > 1 {
			certainty = belowCells
		}
		for i := range under.cells {
			c := &under.cells[i]
			if !isUnder(c.box, heading) {
				continue
			}
			if f.inColumns() && s.isColumn(f, m.row+down, c) {
				certainty *= columnCell
			}
			all = append(all, s.inCell(f, under, c, m.quality*certainty)...)
			if down == 1 {
				all = append(all, s.paragraph(f, m.row+down, c, m.quality*certainty)...)
			}
			if f.isText() && len(all) > 0 {
				return all
			}
		}
	}
	return all
}

// isColumn says whether a number or a date goes on below a cell: it is one of many in a
// table, whose heading is no label.
func (s *sheet) isColumn(f *field, at int, c *cell) bool {
	if at+1 >= len(s.rows) {
		return false
	}
	next := &s.rows[at+1]
	for i := range next.cells {
		u := &next.cells[i]
		if isUnder(u.box, c.box) && next.box.Top-c.box.Bottom < 2*c.box.Height() && len(f.finds(next.text[u.start:u.end], s.loc)) == 1 {
			return true
		}
	}
	return false
}

// inColumns says whether tables have columns of such values.
func (f *field) inColumns() bool {
	return f.kind == moneyKind || f.kind == numberKind || f.kind == dateKind
}

func (f *field) isText() bool {
	return f.kind == textKind || f.kind == companyKind || f.kind == longTextKind || f.kind == addressKind
}

// inCell takes the value at the start of a cell, unless a label is there.
func (s *sheet) inCell(f *field, r *row, c *cell, quality float64) []candidate {
	text := r.text[c.start:c.end]
	isNote := strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")")
	if strings.HasSuffix(text, ":") || f.isText() && (isNote || s.isLabel(c)) {
		return nil
	}
	found := f.finds(text, s.loc)
	if len(found) == 0 {
		return nil
	}
	x := found[0]
	between := r.tokensBetween(c.start, c.start+x.start)
	if between > 2 || f.isText() && strings.Contains(text, ": ") {
		return nil
	}
	quality *= 1 - 2*perWord*float64(between)
	return []candidate{s.candidate(r, c.start+x.start, c.start+x.end, x.value, quality*x.certainty)}
}

// isUnder says whether a cell stands under a heading: it begins or ends where
// that does, or has most of its width there.
func isUnder(b, heading document.Box) bool {
	const near = 6 // points
	overlap := min(b.Right, heading.Right) - max(b.Left, heading.Left)
	if overlap <= 0 {
		return false
	}
	return math.Abs(b.Left-heading.Left) < near || math.Abs(b.Right-heading.Right) < near ||
		overlap > 0.5*min(b.Width(), heading.Width())
}

// maxBlock is the most lines of an address or a paragraph.
const maxBlock = 6

// longLine is the number of bytes from which a line is taken to go on in the
// next.
const longLine = 60

// paragraph is the value of which a cell is the first line: an address, or
// text that fills its lines.
func (s *sheet) paragraph(f *field, at int, c *cell, quality float64) []candidate {
	switch {
	case f.kind == addressKind:
		return s.block(at, c.box, "\n", quality)
	case f.isText() && f.pattern == nil && c.end-c.start > longLine:
		return s.block(at, c.box, " ", quality*0.9)
	}
	return nil
}

// block joins the lines that begin under each other, those with labels of
// their own left out.
func (s *sheet) block(from int, first document.Box, separator string, quality float64) []candidate {
	var lines []string
	box, bottom := first, first.Top
	for i := from; i < len(s.rows) && len(lines) < maxBlock && s.rows[i].box.Top <= bottom+first.Height(); i++ {
		r := &s.rows[i]
		for n := range r.cells {
			c := &r.cells[n]
			if math.Abs(c.box.Left-first.Left) > 3 || c.box.Top-bottom > 0.9*first.Height() {
				continue
			}
			bottom = c.box.Bottom
			if text := r.text[c.start:c.end]; !strings.Contains(text, ":") {
				lines = append(lines, text)
				box = box.Union(c.box)
			}
		}
	}
	if len(lines) < 2 {
		return nil
	}
	text := strings.Join(lines, separator)
	return []candidate{{leaf: s.leaf(text, text, box, quality*0.95)}}
}
