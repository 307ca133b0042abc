package document

import "slices"

// whole is a table that rulings made with the rows of it that they leave out:
// its head, and those without a ground below one that has.
func (s *surface) whole(t *Table, region Box, words []int, index *wordIndex) (*Table, []int) {
	more, all := s.withHead(t, region, words, index)
	switch {
	case t.kind == shadedGrid:
		return s.withRows(more, region.Union(boxOf(index.some(all))), all, index)
	case t.kind == gapGrid && more == t:
		return s.withTop(t, region, words, index)
	}
	return more, all
}

// nextRow is the line right above or below the region of a table that is a row
// of it too: no farther than its rows are from each other, which are pitch high,
// and with a cell in each of several of its columns. It is nil when there is
// none.
func (s *surface) nextRow(t *Table, region Box, pitch float64, index *wordIndex, above bool) []int {
	pitch *= rowNear
	beside := Box{region.Left, region.Bottom, region.Right, region.Bottom + pitch}
	if above {
		beside.Top, beside.Bottom = region.Top-pitch, region.Top
	}
	words := index.in(beside)
	if len(words) == 0 {
		return nil
	}
	ls := s.textLines(index.some(words))
	l := ls[0]
	if above {
		l = ls[len(ls)-1]
	}
	cells := l.blocks(cellSpace)
	if len(cells) < 2 || t.columnsUnder([]line{l}) < len(cells) {
		return nil
	}
	row := index.in(Box{region.Left, l.box.Top, region.Right, l.box.Bottom})
	// What goes on beyond the table is a line of text.
	if wide := index.in(Box{region.Left - 4*l.size, l.box.Top, region.Right + 4*l.size, l.box.Bottom}); len(wide) > len(row) {
		return nil
	}
	return row
}

// rowNear is how far the next row of a table is, in heights of its rows.
const rowNear = 1.3

// maxMoreRows bounds the rows without a ground below a table.
const maxMoreRows = 200

// withRows is a table on shaded grounds with the rows below that have none, as
// where every second row is shaded.
func (s *surface) withRows(t *Table, region Box, words []int, index *wordIndex) (*Table, []int) {
	n, pitch, whole, with := 0, region.Height()/float64(t.Rows), region, *s
	for ; n < maxMoreRows; n++ {
		row := s.nextRow(t, whole, pitch, index, false)
		if row == nil {
			break
		}
		box := boxOf(index.some(row))
		with.shadeAcross = append(slices.Clip(with.shadeAcross), ruling{(whole.Bottom + box.Top) / 2, region.Left, region.Right})
		whole = whole.Union(box)
	}
	all := index.in(whole)
	if n == 0 {
		return t, words
	}
	more := with.table(whole, index.some(all))
	if more == nil || more.Rows != t.Rows+n || more.Columns != t.Columns || more.loose {
		return t, words
	}
	more.Header = max(more.Header, t.Header)
	return more, all
}

// withTop is a table between rulings with the row above the first of them, as
// where each row has one below it.
func (s *surface) withTop(t *Table, region Box, words []int, index *wordIndex) (*Table, []int) {
	row := s.nextRow(t, region, region.Height()/float64(t.Rows), index, true)
	if row == nil || !s.headOf(index.some(row), index.some(words)) {
		return t, words
	}
	whole := region.Union(boxOf(index.some(row)).grow(1))
	all := index.in(whole)
	more := s.table(whole, index.some(all))
	if more == nil || more.Rows != t.Rows+1 || more.Columns != t.Columns || more.loose {
		return t, words
	}
	more.Header = max(more.Header, 1)
	return more, all
}
