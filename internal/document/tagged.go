package document

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// taggedBlock is what the words of one element, and of those inside its line,
// make up.
type taggedBlock struct {
	tag    int // its number
	kind   SegmentType
	level  int  // of a heading, as its role says; 0 otherwise
	table  int  // the number of the table that the block is a cell of
	loose  bool // it only holds what stands in it together, in no order that is said
	words  []Word
	images []Box
	alt    string
}

// What is needed for the structure that a file says to be followed.
const (
	taggedShare  = 0.8 // of the words have a place in it
	largestShare = 0.5 // of the words are in one paragraph at most,
	manyWords    = 120 // on pages with so many
	rowShare     = 0.4 // of the lines of a paragraph look like rows of cells at most
)

// tagged gives the paragraphs of the page as the file says its structure, with
// the words that have no place in it; not ok when it says too little, or what
// cannot be.
func (s *surface) tagged() (all []paragraph, rest []Word, ok bool) {
	if len(s.page.Tags) == 0 || len(s.words) == 0 || s.turn != 0 || slices.ContainsFunc(s.words, recognizedWord) {
		return nil, nil, false
	}
	blocks, rest := s.taggedBlocks()
	if len(rest) > 0 && float64(len(rest)) > (1-taggedShare)*float64(len(s.words)) {
		return nil, nil, false
	}
	tables := map[int][]*taggedBlock{}
	for _, b := range blocks {
		if b.table > 0 {
			tables[b.table] = append(tables[b.table], b)
		}
	}
	for _, b := range blocks {
		if b.table == 0 {
			p, sane := s.taggedParagraph(b)
			if !sane {
				return nil, nil, false
			}
			all = append(all, p...)
			continue
		}
		cells := tables[b.table]
		if cells[0] != b {
			continue
		}
		t := s.taggedTable(b.table, cells)
		if t == nil {
			return nil, nil, false
		}
		all = append(all, newFigure(&figure{box: t.Box, table: t}))
	}
	return all, rest, true
}

// taggedBlocks gathers words and images by the block that they are in, in the
// order of the structure.
func (s *surface) taggedBlocks() (blocks []*taggedBlock, rest []Word) {
	tags := s.page.Tags
	blockOf := make([]int, len(tags)+1)
	inTable := make([]int, len(tags)+1)
	for i := range tags {
		n, t := i+1, &tags[i]
		inTable[n] = inTable[t.Parent]
		if t.Role == "Table" && inTable[n] == 0 {
			inTable[n] = n
		}
		blockOf[n] = blockIn(tags, n, blockOf[t.Parent])
	}
	found := map[int]*taggedBlock{}
	block := func(tag int) *taggedBlock {
		n := blockOf[tag]
		b := found[n]
		if b == nil {
			t := &tags[n-1]
			b = &taggedBlock{tag: n, alt: altOf(tags, n)}
			b.kind, b.level = roleOf(t.Role)
			b.loose = t.Role == "NonStruct" || t.Role == "Div"
			if t.Role == "TD" || t.Role == "TH" {
				b.table = inTable[n]
			}
			found[n] = b
		}
		return b
	}
	for _, w := range s.words {
		if w.Tag == 0 || tags[blockOf[w.Tag]-1].Role == "Artifact" {
			rest = append(rest, w)
			continue
		}
		b := block(w.Tag)
		b.words = append(b.words, w)
	}
	for _, i := range s.page.Images {
		if i.Tag > 0 && tags[blockOf[i.Tag]-1].Role == "Figure" {
			b := block(i.Tag)
			b.images = append(b.images, s.toSurface(i.Box))
		}
	}
	for _, b := range found {
		blocks = append(blocks, b)
	}
	slices.SortFunc(blocks, func(a, b *taggedBlock) int { return cmp.Compare(a.tag, b.tag) })
	return blocks, rest
}

// altOf is what the file says that a figure shows, or a figure in it.
func altOf(tags []Tag, n int) string {
	const few = 8
	for k := n; k <= len(tags) && k < n+few && inside(tags, k, n); k++ {
		if tags[k-1].Alt != "" {
			return tags[k-1].Alt
		}
	}
	return ""
}

// blockIn is the number of the block that element n is in, or is; outer is the
// block that the element around it is in. A list item, a cell, a figure and a
// note hold all that is in them, but for lists in lists and captions.
func blockIn(tags []Tag, n, outer int) int {
	role := tags[n-1].Role
	if outer > 0 {
		switch tags[outer-1].Role {
		case "Figure", "TD", "TH", "Formula", "Note", "FENote", "Caption", "Artifact":
			if role != "Caption" {
				return outer
			}
		case "LI":
			if role != "LI" && role != "Table" && role != "TD" && role != "TH" && role != "Figure" && role != "Caption" {
				return outer
			}
		}
	}
	if role == "Code" && outer > 0 && holdsLines(tags[outer-1].Role) {
		return outer
	}
	if outer == 0 || isBlock(role) || isGroup(tags[outer-1].Role) {
		return n
	}
	return outer // a part of a line
}

// holdsLines says whether an element is a paragraph, in which code is a few
// words of a line.
func holdsLines(role string) bool {
	switch role {
	case "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "Title", "BlockQuote":
		return true
	}
	return false
}

// isBlock says whether an element begins a block of its own.
func isBlock(role string) bool {
	switch role {
	case "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "Title", "BlockQuote", "Code", "Index", "Div",
		"L", "LI", "TOC", "TOCI", "Table", "Caption", "Figure", "Formula", "Note", "FENote", "Form", "Artifact":
		return true
	}
	return isGroup(role)
}

// isGroup says whether an element only holds others.
func isGroup(role string) bool {
	switch role {
	case "Document", "DocumentFragment", "Part", "Art", "Sect", "Aside", "THead", "TBody", "TFoot", "TR", "TH", "TD":
		return true
	}
	return false
}

// roleOf is the type of a block, where its role says more than that it is
// text, and the level of a heading.
func roleOf(role string) (kind SegmentType, level int) {
	switch role {
	case "Title", "H":
		return SectionHeader, 1
	case "H1", "H2", "H3", "H4", "H5", "H6":
		return SectionHeader, int(role[1] - '0')
	case "LI":
		return ListItem, 0
	case "Caption":
		return Caption, 0
	case "Note", "FENote":
		return Footnote, 0
	case "Formula":
		return Formula, 0
	case "Figure":
		return Picture, 0
	}
	return "", 0
}

// taggedParagraph makes the paragraph of a block; not sane when it is more than
// one can be.
func (s *surface) taggedParagraph(b *taggedBlock) (all []paragraph, sane bool) {
	if b.kind == Picture {
		return s.taggedPicture(b), true
	}
	if len(b.words) == 0 {
		return nil, true
	}
	if len(s.words) > manyWords && float64(len(b.words)) > largestShare*float64(len(s.words)) {
		return nil, false
	}
	if b.loose {
		return s.looseParagraphs(b.words), true
	}
	lines := s.taggedLines(b.words)
	rows := 0
	for i := range lines {
		if lines[i].row {
			rows++
		}
	}
	if len(lines) > 3 && float64(rows) > rowShare*float64(len(lines)) {
		return nil, false
	}
	p := newParagraph(lines)
	if b.kind == ListItem {
		p.row = false
	}
	p.kind, p.tagLevel = b.kind, b.level
	return []paragraph{p}, true
}

// looseParagraphs are found by the places of the words. On a page that says its
// headings none of them is one.
func (s *surface) looseParagraphs(words []Word) []paragraph {
	var all []paragraph
	for _, part := range columns(phrases(words), 0) {
		all = append(all, s.column(part)...)
	}
	if slices.ContainsFunc(s.page.Tags, func(t Tag) bool { kind, _ := roleOf(t.Role); return kind == SectionHeader }) {
		for i := range all {
			if p := &all[i]; p.kind == "" && p.mark == noMark {
				p.kind = Text
			}
		}
	}
	return all
}

// taggedLines are the lines of a paragraph. One that goes on at the head of the
// next column has those of the column before first.
func (s *surface) taggedLines(words []Word) []line {
	var all []line
	begin, box := 0, words[0].Box
	for i := range words {
		w := &words[i]
		if last := &words[max(i-1, 0)]; w.Box.Bottom < last.Box.Top-w.Size && w.Box.Left >= box.Right {
			all = append(all, s.lines(phrases(words[begin:i]))...)
			begin, box = i, w.Box
		}
		box = box.Union(w.Box)
	}
	return append(all, s.lines(phrases(words[begin:]))...)
}

// taggedPicture is a figure with the text in it and what is said of it; one
// without a place is none.
func (s *surface) taggedPicture(b *taggedBlock) []paragraph {
	places := b.images
	for i := range b.words {
		places = append(places, b.words[i].Box)
	}
	if len(places) == 0 {
		return nil
	}
	p := paragraph{kind: Picture, alt: b.alt, box: places[0]}
	if len(b.words) > 0 {
		p = newParagraph(s.lines(phrases(b.words)))
		p.kind, p.alt = Picture, b.alt
	}
	for _, box := range places {
		p.box = p.box.Union(box)
	}
	if p.box.Width() < minPicture || p.box.Height() < minPicture {
		return nil
	}
	return []paragraph{p}
}

// maxTaggedCells bounds the places of a table's grid.
const maxTaggedCells = 50_000

// taggedTable makes the grid of a table from its rows and cells; nil when it
// has none, or is only there to place text.
func (s *surface) taggedTable(number int, blocks []*taggedBlock) *Table {
	tags := s.page.Tags
	filled := map[int]*taggedBlock{}
	for _, b := range blocks {
		filled[b.tag] = b
	}
	t := &Table{}
	taken := map[[2]int]bool{}
	row, lastRow, column := -1, 0, 0
	heads := 0
	for n := number + 1; n <= len(tags) && inside(tags, n, number); n++ {
		tag := &tags[n-1]
		if tag.Role == "TR" {
			row, lastRow, column = row+1, n, 0
			continue
		}
		if tag.Role != "TD" && tag.Role != "TH" || tag.Parent != lastRow {
			continue
		}
		for taken[[2]int{row, column}] {
			column++
		}
		c := Cell{Row: row, Column: column, RowSpan: max(tag.Rows, 1), ColumnSpan: max(tag.Columns, 1)}
		if len(taken)+c.RowSpan*c.ColumnSpan > maxTaggedCells {
			return nil
		}
		for y := range c.RowSpan {
			for x := range c.ColumnSpan {
				taken[[2]int{row + y, column + x}] = true
			}
		}
		if b := filled[n]; b != nil && len(b.words) > 0 {
			c.fill(s.lines(phrases(b.words)))
		}
		if tag.Role == "TH" && heads == row {
			heads = row + 1
		}
		t.Columns = max(t.Columns, column+c.ColumnSpan)
		t.Cells = append(t.Cells, c)
	}
	t.Rows = row + 1
	return s.squareTagged(t, heads)
}

// inside says whether element n is in another.
func inside(tags []Tag, n, other int) bool {
	for n > other {
		n = tags[n-1].Parent
	}
	return n == other
}

// squareTagged completes the grid and finds its place; nil for what is no
// table.
func (s *surface) squareTagged(t *Table, heads int) *Table {
	if t.Rows < 2 || t.Columns < 2 || t.Rows*t.Columns > maxTaggedCells {
		return nil
	}
	covered := map[[2]int]bool{}
	kept := t.Cells[:0]
	texts, letters := 0, 0
	t.Box = Box{Left: math.Inf(1), Top: math.Inf(1), Right: math.Inf(-1), Bottom: math.Inf(-1)}
	for _, c := range t.Cells {
		c.RowSpan = min(c.RowSpan, t.Rows-c.Row)
		for y := range c.RowSpan {
			for x := range c.ColumnSpan {
				at := [2]int{c.Row + y, c.Column + x}
				if covered[at] {
					return nil
				}
				covered[at] = true
			}
		}
		if c.Text != "" {
			t.Box = t.Box.Union(c.Box)
			texts, letters = texts+1, letters+len(c.Text)
		}
		kept = append(kept, c)
	}
	t.Cells = kept
	if texts < minTableWords || letters > maxCellText*texts {
		return nil
	}
	for y := range t.Rows {
		for x := range t.Columns {
			if !covered[[2]int{y, x}] {
				t.Cells = append(t.Cells, Cell{Row: y, Column: x, RowSpan: 1, ColumnSpan: 1})
			}
		}
	}
	sortCells(t.Cells)
	t.dropEmpty()
	if t.Header = min(heads, t.Rows); heads == 0 || heads >= t.Rows {
		t.Header = t.headerRows()
	}
	return t
}

// withPictures puts the pictures that the structure does not know among the
// paragraphs: each before the first that stands below its top beside it.
func withPictures(all []paragraph, pictures []figure) []paragraph {
	for i := range pictures {
		box := pictures[i].box
		if slices.ContainsFunc(all, func(p paragraph) bool { return p.kind == Picture && touches(p.box, box) }) {
			continue
		}
		at := slices.IndexFunc(all, func(p paragraph) bool {
			return p.box.Top >= box.Top && p.box.Left < box.Right && box.Left < p.box.Right
		})
		if at < 0 {
			at = len(all)
		}
		all = slices.Insert(all, at, newFigure(&pictures[i]))
	}
	return all
}

// aroundTagged puts the paragraphs that the structure does not know, such as
// running headers, before or behind those that it knows.
func aroundTagged(all, others []paragraph) []paragraph {
	if len(all) == 0 {
		return others
	}
	var before, behind []paragraph
	for _, p := range others {
		if p.box.Bottom <= all[0].box.Top {
			before = append(before, p)
		} else {
			behind = append(behind, p)
		}
	}
	return append(append(before, all...), behind...)
}

// altText is what is said of a picture, or the text in it.
func (p *paragraph) altText() string {
	if p.alt != "" {
		return strings.TrimSpace(p.alt)
	}
	return p.content()
}
