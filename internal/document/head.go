package document

import (
	"cmp"
	"math"
	"slices"
)

// ground is a shaded area that runs across, such as that of a row of a table.
type ground struct {
	box   Box
	parts int // the areas beside each other that it is made of
}

// The size of shaded areas, in points, that a line of text stands on.
const (
	leastGround = 6.0
	mostGround  = 80.0
)

// groundsOf are the shaded areas of a page, those beside each other as one, from
// top to bottom.
func (s *surface) groundsOf(p *Page) []ground {
	var all []Box
	for _, r := range p.Rects {
		b := s.toSurface(r.Box)
		if r.Filled && b.Height() >= leastGround && b.Height() <= mostGround && b.Width() >= minFrame {
			all = append(all, b)
		}
	}
	if len(all) > maxRulings {
		return nil
	}
	slices.SortFunc(all, func(a, b Box) int { return cmp.Or(cmp.Compare(a.Top, b.Top), cmp.Compare(a.Left, b.Left)) })
	var joined []ground
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Top-all[0].Top <= rulingSnap {
			n++
		}
		slices.SortFunc(all[:n], func(a, b Box) int { return cmp.Compare(a.Left, b.Left) })
		first := len(joined)
		for _, b := range all[:n] {
			if k := len(joined) - 1; k >= first && math.Abs(joined[k].box.Bottom-b.Bottom) <= rulingSnap && b.Left <= joined[k].box.Right+rulingGap {
				joined[k] = ground{joined[k].box.Union(b), joined[k].parts + 1}
				continue
			}
			joined = append(joined, ground{b, 1})
		}
		all = all[n:]
	}
	return joined
}

// How a shaded head lies over its table: the ends of both are as near as
// headNear points, and its type is no larger than the table's but for headGrows.
const (
	headNear     = 6.0
	headGrows    = 1.12
	maxHeadLines = 3
)

// withHead is a table that rulings made, with the shaded rows that stand right
// above it: its head. A shaded line that is set larger, or apart, is a heading.
// Words are those of the table; it gives t and them when there is none.
func (s *surface) withHead(t *Table, region Box, words []int, index *wordIndex) (*Table, []int) {
	first, with := t.Rows, *s
	for range maxHeadLines {
		more := (*Table)(nil)
		for _, g := range s.grounds {
			b := g.box
			if math.Abs(b.Bottom-region.Top) > headNear/2 || math.Abs(b.Left-region.Left) > headNear || math.Abs(b.Right-region.Right) > headNear {
				continue
			}
			// The ends of the ground part rows as rulings do.
			with.across = append(slices.Clip(with.across), ruling{b.Top, b.Left, b.Right}, ruling{b.Bottom, b.Left, b.Right})
			var all []int
			if more, all = with.underGround(t, g, region, words, index); more != nil {
				t, words, region = more, all, region.Union(b)
				t.Header = max(t.Header, t.Rows-first)
				break
			}
		}
		if more == nil {
			break
		}
	}
	return t, words
}

// underGround is the table with the row that stands on a ground above it; nil
// when that is no part of it.
func (s *surface) underGround(t *Table, g ground, region Box, words []int, index *wordIndex) (*Table, []int) {
	b := g.box
	head := index.some(index.in(Box{b.Left, b.Top, b.Right, min(b.Bottom, region.Top)}))
	if len(head) == 0 || !s.headOf(head, index.some(words)) {
		return nil, nil
	}
	all := index.in(region.Union(b))
	whole := s.table(region.Union(b), index.some(all))
	if whole == nil || whole.Rows <= t.Rows || whole.Columns < t.Columns || whole.loose {
		return nil, nil
	}
	if g.parts == 1 && len(phrases(head)) == 1 {
		whole.joinRow(0)
	}
	return whole, all
}

// headOf says whether words may be the head of a table with others: they are
// few lines, and no larger.
func (s *surface) headOf(head, body []Word) bool {
	ls, below := s.textLines(head), s.textLines(body)
	if len(ls) > maxHeadLines {
		return false
	}
	sizes := make([]float64, len(below))
	for i := range below {
		sizes[i] = below[i].size
	}
	slices.Sort(sizes)
	return !slices.ContainsFunc(ls, func(l line) bool { return l.size > headGrows*sizes[len(sizes)/2] })
}

// joinRow makes one cell of a row whose cells stand in no other.
func (t *Table) joinRow(row int) {
	one := Cell{Row: row, RowSpan: 1, ColumnSpan: t.Columns}
	n := 0
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Row > row || c.Row+c.RowSpan <= row {
			continue
		}
		if c.RowSpan > 1 {
			return
		}
		if c.Text != "" {
			n++
			one.Text, one.Box, one.runs, one.confidence = c.Text, c.Box, c.runs, c.confidence
		}
	}
	if n != 1 {
		return
	}
	t.Cells = slices.DeleteFunc(t.Cells, func(c Cell) bool { return c.Row == row })
	t.Cells = append(t.Cells, one)
	sortCells(t.Cells)
}

// shadedStart is the first of the lines above a table without rulings that are
// its shaded head: they stand on one ground, right above the table and as wide,
// and in several of its columns.
func (s *surface) shadedStart(t *Table, ls []line, i int) int {
	if i == 0 {
		return i
	}
	above, next := &ls[i-1], &ls[i]
	for _, g := range s.grounds {
		b := g.box
		if !b.contains(above.box) || b.contains(next.box) || next.box.Top-b.Bottom > 2.2*next.size || b.Left > t.Box.Left+headNear || b.Right < t.Box.Right-headNear {
			continue
		}
		first := i
		for first > 0 && b.contains(ls[first-1].box) {
			first--
		}
		for k := first; k < i; k++ {
			if ls[k].size > headGrows*next.size || i-first > maxHeadLines {
				return i
			}
		}
		if t.columnsUnder(ls[first:i]) >= 2 {
			return first
		}
	}
	return i
}

// columnsUnder is how many columns of the table the cells of lines above it
// stand over.
func (t *Table) columnsUnder(ls []line) int {
	lefts, rights := make([]float64, t.Columns), make([]float64, t.Columns)
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Text == "" || c.ColumnSpan > 1 {
			continue
		}
		if rights[c.Column] == 0 {
			lefts[c.Column], rights[c.Column] = c.Box.Left, c.Box.Right
		}
		lefts[c.Column], rights[c.Column] = min(lefts[c.Column], c.Box.Left), max(rights[c.Column], c.Box.Right)
	}
	over := map[int]bool{}
	for i := range ls {
		for _, b := range ls[i].blocks(cellSpace) {
			for c := range lefts {
				if b.left < rights[c] && lefts[c] < b.right {
					over[c] = true
					break
				}
			}
		}
	}
	return len(over)
}
