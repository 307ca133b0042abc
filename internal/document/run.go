package document

import (
	"math"
	"slices"
)

// tableRun is a run of a column's lines, the last excluded, that is a table.
type tableRun struct {
	first, last int
	table       *Table
	blocks      [][]phrase // of text that stands side by side instead
}

// tableRuns finds tables among the lines of a column by the gaps that their
// lines share: at least three rows with two gaps in common, or with one before
// a column of numbers.
func (s *surface) tableRuns(ls []line) []tableRun {
	var runs []tableRun
	for i := 0; i < len(ls); {
		j := runEnd(ls, i)
		if j-i < 2 {
			i = max(j, i+1)
			continue
		}
		if t := s.runTable(ls[i:j]); t != nil {
			first := max(min(t.headStart(ls, i), s.shadedStart(t, ls, i)), lastOf(runs))
			if whole := s.runTable(ls[first:j]); first < i && whole != nil {
				t, i = whole, first
			}
			runs = append(runs, tableRun{first: i, last: j, table: t})
		} else if blocks, more := s.sideBySide(ls[i:j], ls[j:]); blocks != nil {
			j += more
			runs = append(runs, tableRun{first: i, last: j, blocks: blocks})
		}
		i = j
	}
	return runs
}

func lastOf(runs []tableRun) int {
	if len(runs) == 0 {
		return 0
	}
	return runs[len(runs)-1].last
}

// headStart is the first of the lines right above a table that are part of its
// head: what stands above some of its columns, but not above the first.
func (t *Table) headStart(ls []line, i int) int {
	left := t.Box.Right
	for k := range t.Cells {
		if c := &t.Cells[k]; c.Column > 0 && c.Text != "" {
			left = min(left, c.Box.Left)
		}
	}
	for i > 0 {
		l, next := &ls[i-1], &ls[i]
		if l.box.Left < left-2*l.size || l.box.Right > t.Box.Right+l.size || next.baseline-l.baseline > 1.6*max(l.size, next.size) {
			break
		}
		i--
	}
	return i
}

// runEnd is the end of the run of lines with gaps that begins at i; it is i
// when the line has none. One or two lines without gaps may stand between
// others: text that wraps, or the name of a group of rows.
func runEnd(ls []line, i int) int {
	end := i
	for k := i; k < len(ls); k++ {
		if k > i && ls[k].box.Top-ls[k-1].box.Bottom > 2.2*max(ls[k].size, ls[k-1].size) {
			break
		}
		if ls[k].celled() {
			end = k + 1
		} else if end == i || ls[k].size > headingGrows*ls[i].size || k+1-end > 2 && (k+1-end > maxWrap || !ls[k].under(&ls[end-1])) {
			break
		}
	}
	return end
}

// headingGrows is by how much larger type is than that of a run when it is a
// heading that ends the run, and not the name of a group of its rows.
const headingGrows = 1.4

// maxWrap bounds the lines of one cell that stand below the first line of
// their row.
const maxWrap = 6

// under says whether the line stands below one cell of another line.
func (l *line) under(row *line) bool {
	all := row.blocks(1)
	for i, b := range all {
		if math.Abs(l.box.Left-b.left) < 2*l.size && l.box.Left > b.left-l.size {
			return i+1 == len(all) || l.box.Right < all[i+1].left
		}
	}
	return false
}

// celled says whether a line has a gap as between cells; the one after the
// mark of a list item does not count.
func (l *line) celled() bool {
	all := l.blocks(1)
	if l.hang != 0 && !isNumeric(l.words[len(l.words)-1].Text) {
		return l.row
	}
	return len(all) > 2 || len(all) == 2 && (l.mark == noMark || len(all[0].words) > 1)
}

// runTable is the table that a run of lines makes, or nil.
func (s *surface) runTable(ls []line) *Table {
	box := ls[0].box
	var words []Word
	for i := range ls {
		box = box.Union(ls[i].box)
		words = append(words, ls[i].words...)
	}
	t := s.table(box.grow(1), words)
	if t == nil || t.Rows < 3 || t.Columns < 2 || !plausible(t) || t.leaders() || t.aside() {
		return nil
	}
	if t.Columns == 2 && t.numericColumns() == 0 {
		return nil
	}
	return t
}

// leaders says whether dots lead to the last column, as in a list of contents.
func (t *Table) leaders() bool {
	n := 0
	for i := range t.Cells {
		if dots(t.Cells[i].Text) {
			n++
		}
	}
	return 3*n >= t.Rows
}

// dots says whether a text has a run of dots.
func dots(s string) bool {
	run := 0
	for _, c := range s {
		switch c {
		case '.', '·', '…':
			run++
		case ' ':
		default:
			run = 0
		}
		if run >= 4 {
			return true
		}
	}
	return false
}

// inTable says whether line i lies in one of the runs, and gives the run.
func inTable(runs []tableRun, i int) (tableRun, bool) {
	k := slices.IndexFunc(runs, func(r tableRun) bool { return i >= r.first && i < r.last })
	if k < 0 {
		return tableRun{}, false
	}
	return runs[k], true
}
