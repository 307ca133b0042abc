package document

import "slices"

// figure is a part of a page that stands among the text as a whole: a table or
// a picture.
type figure struct {
	box   Box
	table *Table // nil for a picture
	lines []line // of a picture, in a drawing
}

// ruledTables finds the tables that rulings enclose or divide, and gives the
// words that are in none.
func (s *surface) ruledTables() (tables []*Table, rest []Word) {
	if len(s.words) < minTableWords {
		return nil, s.words
	}
	index := newWordIndex(s.words)
	tries := 0
	take := func(region Box, judge func(*Table) bool) {
		in := index.in(region)
		if tries++; len(in) < minTableWords || tries > maxRegions {
			return
		}
		if t := s.table(region, index.some(in)); t != nil && judge(t) {
			t, in = s.whole(t, region, in, index)
			tables = append(tables, t)
			s.claimTurned(t)
			for _, i := range in {
				index.taken[i] = true
			}
		}
	}
	for _, box := range connected(s.across, s.down) {
		take(box, plausibleRuled)
	}
	for _, box := range connected(s.shadeAcross, s.shadeDown) {
		take(box, plausibleShaded)
	}
	for _, box := range s.betweenRules(tables, index) {
		take(box, plausibleBetween)
	}
	return tables, index.rest()
}

// maxRegions bounds the regions of a page that are tried as tables.
const maxRegions = 3000

// minTableWords is the fewest words of a table.
const minTableWords = 4

// plausibleRuled says whether a grid that rulings make is a table rather than
// a frame, a form's line, or a drawing.
func plausibleRuled(t *Table) bool {
	if t.Rows < 2 || t.Columns < 2 || t.filled() < 0.3 || t.density < minDensity {
		return false
	}
	if t.kind == gapGrid && (t.loose || t.rulings < 3 || !plausible(t) || t.numericColumns() == t.Columns) {
		return false
	}
	texts, letters := 0, 0
	for i := range t.Cells {
		if n := len(t.Cells[i].Text); n > 0 {
			texts, letters = texts+1, letters+n
		}
	}
	// A frame around text has much of it in few cells.
	return t.rowsWith(2)*3 >= t.Rows && letters <= maxCellText*texts
}

// minDensity is the least share of a table's height that its lines take; the
// panels of a drawing leave more of it free.
const minDensity = 0.2

// maxCellText is the most bytes that the cells of a table hold on average.
const maxCellText = 400

// plausibleShaded is the same for grids of shaded areas, which also lie behind
// text that is no table.
func plausibleShaded(t *Table) bool {
	return t.kind != gapGrid && !t.loose && plausibleRuled(t) && t.filled() >= 0.5 && plausible(t)
}

// plausibleBetween is the same for what stands between level rulings.
func plausibleBetween(t *Table) bool { return !t.loose && plausible(t) }

// plausible says whether columns that only gaps make are those of a table: the
// cells of most rows are filled, and short.
func plausible(t *Table) bool {
	if t.Rows < 2 || t.Columns < 2 || t.filled() < 0.4 || t.rowsWith(2)*2 < t.Rows {
		return false
	}
	texts, long := 0, 0
	for i := range t.Cells {
		if n := len(t.Cells[i].Text); n > 0 {
			texts++
			if n > longCell {
				long++
			}
		}
	}
	return long*4 <= texts
}

// longCell is the number of bytes from which a cell is prose.
const longCell = 90

// rowsWith counts the rows in which at least n cells with text begin.
func (t *Table) rowsWith(n int) int {
	filled := make([]int, t.Rows)
	for i := range t.Cells {
		if t.Cells[i].Text != "" {
			filled[t.Cells[i].Row]++
		}
	}
	rows := 0
	for _, f := range filled {
		if f >= n {
			rows++
		}
	}
	return rows
}

// numericColumns counts the columns of which most cells below the header are
// numbers.
func (t *Table) numericColumns() int {
	numbers, texts := make([]int, t.Columns), make([]int, t.Columns)
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Text == "" || c.Row < t.Header || c.ColumnSpan > 1 {
			continue
		}
		texts[c.Column]++
		if isNumeric(c.Text) {
			numbers[c.Column]++
		}
	}
	n := 0
	for c := range numbers {
		if numbers[c] > 0 && 2*numbers[c] >= texts[c] {
			n++
		}
	}
	return n
}

// minPicture is the side in points from which an image is a picture.
const minPicture = 24.0

// pictures are the images that are not too small, nor the page's background;
// of those that lie in each other the outer one.
func (s *surface) pictures() []figure {
	page := s.page.Width * s.page.Height
	var kept []figure
	for i, box := range s.images {
		if i >= maxPictures {
			break
		}
		if box.Width() < minPicture || box.Height() < minPicture || box.Width()*box.Height() > 0.85*page {
			continue
		}
		kept = addPicture(kept, box)
	}
	return slices.DeleteFunc(kept, func(f figure) bool { return s.behindText(f.box) })
}

// What words cover of an image that is what they are printed on, and of one
// that is a scan, as the words that were recognized or hidden in it say.
const (
	groundShare = 0.15
	scanShare   = 0.04
)

// behindText says whether words cover so much of an image that it is no picture
// beside them.
func (s *surface) behindText(box Box) bool {
	words := wordsIn(s.words, box)
	covered, scanned := 0.0, 0.0
	for i := range words {
		area := words[i].Box.Width() * words[i].Box.Height()
		covered += area
		if words[i].Hidden || recognizedWord(words[i]) {
			scanned += area
		}
	}
	whole := box.Width() * box.Height()
	return covered > groundShare*whole || scanned > scanShare*whole
}

// maxPictures bounds the images of a page that are looked at.
const maxPictures = 500

// addPicture adds a picture; pieces that touch are one, as writers cut images
// into strips.
func addPicture(kept []figure, box Box) []figure {
	for i := 0; i < len(kept); {
		if touches(kept[i].box, box) {
			box = box.Union(kept[i].box)
			kept = append(kept[:i], kept[i+1:]...)
			i = 0
			continue
		}
		i++
	}
	return append(kept, figure{box: box})
}

func touches(a, b Box) bool {
	const near = 1.5
	return a.Left <= b.Right+near && b.Left <= a.Right+near && a.Top <= b.Bottom+near && b.Top <= a.Bottom+near
}
