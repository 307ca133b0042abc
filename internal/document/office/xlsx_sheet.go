package office

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"docket/internal/document"
)

// area is a rectangle of cells that are merged into one; numbers from 1,
// inclusive.
type area struct{ top, left, bottom, right int }

// maxMerged is the most merged areas of a sheet that are told; further ones
// are shown as single cells.
const maxMerged = 10_000

// mergedCells reads the merged areas of a sheet, by their first row. They
// stand behind its cells.
func (x *xlsx) mergedCells(part string) (all []area, err error) {
	if !x.has(part) {
		return nil, nil
	}
	content, err := x.bytes(part)
	if err != nil {
		return nil, err
	}
	at := max(bytes.LastIndex(content, []byte("sheetData>")), bytes.LastIndex(content, []byte("sheetData/>")))
	if at < 0 {
		return nil, nil
	}
	for rest := content[at:]; len(all) < maxMerged; {
		at := bytes.Index(rest, []byte("mergeCell "))
		if at < 0 {
			break
		}
		rest = rest[at:]
		end := bytes.IndexByte(rest, '>')
		if end < 0 {
			break
		}
		if a, ok := parseArea(string(rest[:end])); ok {
			all = append(all, a)
		}
		rest = rest[end:]
	}
	slices.SortFunc(all, func(a, b area) int { return a.top - b.top })
	return all, nil
}

func parseArea(tag string) (area, bool) {
	_, after, ok := strings.Cut(tag, `ref="`)
	ref, _, closed := strings.Cut(after, `"`)
	first, last, both := strings.Cut(ref, ":")
	if !ok || !closed || !both {
		return area{}, false
	}
	left, top, err := excelize.CellNameToCoordinates(first)
	if err != nil {
		return area{}, false
	}
	right, bottom, err := excelize.CellNameToCoordinates(last)
	if err != nil || right < left || bottom < top {
		return area{}, false
	}
	return area{top, left, bottom, right}, true
}

// maxBand is the number of rows that are kept to find the tables that stand
// beside each other. A longer run of rows is one table.
const maxBand = 2000

// sheetReader finds the tables of a sheet: rectangles with blank rows and
// columns around them.
type sheetReader struct {
	w      *document.FlowWriter
	merged []area // yet to come
	active []area // that reach into this row
	number int    // of the row, from 1
	band   [][]string
	areas  []area // of the band
	first  int    // the number of the band's first row
	long   bool   // the band was too long, and its rows are written as they come
}

// row takes the next row.
func (s *sheetReader) row(cells []string) {
	s.number++
	s.active = slices.DeleteFunc(s.active, func(a area) bool { return a.bottom < s.number })
	for len(s.merged) > 0 && s.merged[0].top <= s.number {
		s.active = append(s.active, s.merged[0])
		if len(s.band) > 0 || !isBlankRow(cells) {
			s.areas = append(s.areas, s.merged[0])
		}
		s.merged = s.merged[1:]
	}
	if isBlankRow(cells) && !s.covered() {
		s.end()
		return
	}
	if s.long {
		s.w.Row(s.wide(cells))
		return
	}
	if len(s.band) == 0 {
		s.first = s.number
	}
	s.band = append(s.band, slices.Clone(cells))
	if len(s.band) == maxBand {
		s.long = true
		s.w.BeginTable()
		for i, cells := range s.band {
			r := s.wide(cells)
			r.Header = i == 0
			s.w.Row(r)
		}
		s.band = nil
	}
}

// covered says whether a merged cell that began in this band reaches here.
func (s *sheetReader) covered() bool {
	return len(s.band) > 0 && slices.ContainsFunc(s.active, func(a area) bool { return a.top >= s.first && a.top < s.number })
}

func isBlankRow(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// wide is a row of a table that takes the whole width.
func (s *sheetReader) wide(cells []string) document.FlowRow {
	r := document.FlowRow{Cells: make([]document.FlowCell, len(cells))}
	for i, text := range cells {
		r.Cells[i].Text = cellText(text)
	}
	return r
}

func cellText(s string) []document.Run {
	return document.TidyRuns(document.PlainRun(strings.ReplaceAll(s, "\r\n", "\n")))
}

// end writes the tables of the band.
func (s *sheetReader) end() {
	if s.long {
		s.w.EndTable()
	}
	if len(s.band) > 0 {
		for _, r := range s.ranges() {
			s.table(r[0], r[1])
		}
	}
	s.band, s.areas, s.long = nil, nil, false
}

// ranges are the runs of columns that are not blank, first and last.
func (s *sheetReader) ranges() [][2]int {
	width := 0
	for _, cells := range s.band {
		width = max(width, len(cells))
	}
	used := make([]bool, width)
	for _, cells := range s.band {
		for c, text := range cells {
			used[c] = used[c] || strings.TrimSpace(text) != ""
		}
	}
	for _, a := range s.areas {
		for c := a.left - 1; c < min(a.right, width); c++ {
			used[c] = true
		}
	}
	var all [][2]int
	for c := 0; c < width; c++ {
		if !used[c] {
			continue
		}
		from := c
		for c < width && used[c] {
			c++
		}
		all = append(all, [2]int{from, c - 1})
	}
	return all
}

// table writes the columns from left to right of the band.
func (s *sheetReader) table(left, right int) {
	top, bottom := 0, len(s.band)-1
	for top < bottom && isBlankRow(part(s.band[top], left, right)) {
		top++
	}
	for bottom > top && isBlankRow(part(s.band[bottom], left, right)) {
		bottom--
	}
	for top < bottom && s.isTitle(top, left, right) {
		s.w.Block(document.Block{Type: document.Caption, Text: cellText(s.band[top][left])})
		top++
	}
	if top == bottom && left == right {
		s.w.Block(document.Block{Type: document.Text, Text: cellText(s.band[top][left])})
		return
	}
	spans := map[[2]int]area{}
	under := map[[2]int]bool{}
	for _, a := range s.areas {
		s.spread(a, right, spans, under)
	}
	s.w.BeginTable()
	for i := top; i <= bottom; i++ {
		r := document.FlowRow{Header: i == top && top < bottom && isHeading(part(s.band[i], left, right))}
		for c := left; c <= right; c++ {
			at := [2]int{i, c}
			if under[at] {
				continue
			}
			cell := document.FlowCell{}
			if c < len(s.band[i]) {
				cell.Text = cellText(s.band[i][c])
			}
			if a, ok := spans[at]; ok {
				cell.Columns = min(a.right-1, right) - c + 1
				cell.Rows = min(a.bottom-s.first, bottom) - i + 1
			}
			r.Cells = append(r.Cells, cell)
		}
		s.w.Row(r)
	}
	s.w.EndTable()
}

// isTitle is true for a row of one cell that is merged over all columns: what
// stands above a table to say what it is.
func (s *sheetReader) isTitle(row, left, right int) bool {
	if left == right || left >= len(s.band[row]) || strings.TrimSpace(s.band[row][left]) == "" {
		return false
	}
	return slices.ContainsFunc(s.areas, func(a area) bool {
		return a.top == s.first+row && a.bottom == a.top && a.left == left+1 && a.right >= right+1
	})
}

// spread marks the cells of the band that lie under a merged one. One that
// begins under another is no merged cell: programs refuse such files.
func (s *sheetReader) spread(a area, right int, spans map[[2]int]area, under map[[2]int]bool) {
	if under[[2]int{a.top - s.first, a.left - 1}] {
		return
	}
	spans[[2]int{a.top - s.first, a.left - 1}] = a
	for i := a.top - s.first; i < min(a.bottom-s.first+1, len(s.band)); i++ {
		for c := a.left - 1; c < min(a.right, right+1, a.left+1000); c++ {
			if i != a.top-s.first || c != a.left-1 {
				under[[2]int{i, c}] = true
			}
		}
	}
}

func part(cells []string, left, right int) []string {
	return cells[min(left, len(cells)):min(right+1, len(cells))]
}

// isHeading is true for names of columns: no cell is a number.
func isHeading(cells []string) bool {
	names := 0
	for _, c := range cells {
		c = strings.TrimSpace(c)
		if c == "" {
			continue
		}
		if _, err := strconv.ParseFloat(c, 64); err == nil {
			return false
		}
		names++
	}
	return names > 0
}
