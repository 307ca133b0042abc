package extract

import (
	"cmp"
	"slices"
	"strings"

	"docket/internal/document"
	"docket/internal/op"
)

// maxHeadLines is the most lines of headings on each side of the one that has
// most of them.
const maxHeadLines = 2

// wrapped reads headings that go over several lines, such as "Unit" above
// "price", of which row at has most. It gives c when they do not. Lines that
// are only near must name a further property.
func (l *list) wrapped(p *sheet, at int, c *columns, all map[int]*columns) *columns {
	for _, near := range []bool{false, true} {
		first, last := at, at
		for first > 0 && at-first < maxHeadLines && all[first-1] == nil && p.sameHead(first-1, first, first-2, near) {
			first--
		}
		for last+1 < len(p.rows) && last-at < maxHeadLines && all[last+1] == nil && p.sameHead(last+1, last, last+2, near) {
			last++
		}
		whole := l.joined(p, first, last)
		if whole != nil && (whole.fields > c.fields || !near && whole.fields == c.fields) {
			c = whole
		}
	}
	return c
}

// joined reads several rows as one line of headings; nil when they are not.
func (l *list) joined(p *sheet, first, last int) *columns {
	line, ok := joinLines(p.rows[first : last+1])
	if first == last || !ok {
		return nil
	}
	head := &sheet{known: p.known, index: map[string][]place{}, rows: []row{newRow(&line)}}
	head.learn()
	c := l.heading(&head.rows[0], l.named(head)[0])
	if c != nil {
		c.below = last + 1
	}
	return c
}

// sameHead says whether row k is a part of the headings that row next to it has
// a part of: their lines overlap, or both stand between the same rulings, or
// for near they are as close as lines of text. Beyond is the row on the other
// side of k.
func (s *sheet) sameHead(k, next, beyond int, near bool) bool {
	r, o := &s.rows[k], &s.rows[next]
	if strings.ContainsAny(r.text, "0123456789") {
		return false
	}
	table := r.box.Union(o.box)
	parted := func(a, b int) bool {
		return s.parted(s.rows[min(a, b)].box, s.rows[max(a, b)].box, table)
	}
	if parted(k, next) {
		return false
	}
	gap := max(r.box.Top, o.box.Top) - min(r.box.Bottom, o.box.Bottom)
	if gap < -0.1*min(r.box.Height(), o.box.Height()) {
		return true
	}
	return gap < 0.5*r.box.Height() && (near || beyond >= 0 && beyond < len(s.rows) && parted(k, beyond))
}

// joinLines makes one line of the headings on several: cells under each other
// are one. Not ok when a cell stands over two of another line.
func joinLines(rows []row) (line op.Line, ok bool) {
	type head struct {
		op.Cell
		in []int // the rows that it has cells of
	}
	var heads []head
	for i := range rows {
		r := &rows[i]
		for n := range r.cells {
			cell := r.opCell(&r.cells[n])
			over := -1
			for k := range heads {
				if heads[k].Box.Left >= cell.Box.Right || cell.Box.Left >= heads[k].Box.Right {
					continue
				}
				if over >= 0 || slices.Contains(heads[k].in, i) {
					return op.Line{}, false
				}
				over = k
			}
			if over < 0 {
				heads = append(heads, head{cell, []int{i}})
				continue
			}
			h := &heads[over]
			h.Words, h.Text, h.Box = append(h.Words, cell.Words...), h.Text+" "+cell.Text, h.Box.Union(cell.Box)
			h.in = append(h.in, i)
		}
	}
	slices.SortFunc(heads, func(a, b head) int { return cmp.Compare(a.Box.Left, b.Box.Left) })
	line.Box = heads[0].Box
	for _, h := range heads {
		line.Cells, line.Box = append(line.Cells, h.Cell), line.Box.Union(h.Box)
	}
	return line, true
}

// opCell is the cell with the words that it was made of.
func (r *row) opCell(c *cell) op.Cell {
	from := op.Cell{Text: r.text[c.start:c.end], Box: c.box}
	for _, w := range r.words {
		if w.start >= c.start && w.end <= c.end {
			from.Words = append(from.Words, document.Word{Text: r.text[w.start:w.end], Box: w.box})
		}
	}
	return from
}
