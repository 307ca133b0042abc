package document

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A flow has no places, and yet its segments need boxes, and labels are looked
// up by what stands beside them. So it is set on a plain page: A4 in width and
// as long as it takes, tables in columns. All lengths are points.
const (
	flowWidth  = 595
	flowHeight = 842
	flowMargin = 50
	flowSize   = 11.0
	flowIndent = 18
	lineFactor = 1.25 // height of a line, in font sizes
	wordSpace  = 0.25 // in font sizes
	flowGap    = 2.5  // between two columns, in font sizes
	widest     = 220  // of a column
	ascent     = 0.8  // of a letter, in font sizes
)

// The fonts of a plain page.
const (
	flowRegular = iota
	flowBold
	flowMono
)

// placed is where a block stands.
type placed struct {
	box   Box
	lines []paragraphLine
}

// flowPage sets a flow.
type flowPage struct {
	page   *Page
	width  float64 // of the text
	y      float64
	places []placed
}

// Page sets the flow on a plain page, for those who look for words by their
// places.
func (f *Flow) Page() *Page { return f.lay().page }

func (f *Flow) lay() *flowPage {
	l := &flowPage{y: flowMargin, width: flowWidth - 2*flowMargin, page: &Page{
		Number: f.Number, Width: flowWidth, Warnings: f.Warnings,
		Fonts: []Font{{Name: "Flow"}, {Name: "Flow-Bold", Bold: true}, {Name: "Flow-Mono", Mono: true}},
	}}
	l.places = make([]placed, len(f.Blocks))
	for i := range f.Blocks {
		b := &f.Blocks[i]
		if b.Type == TableSegment {
			l.table(b, &l.places[i])
		} else {
			l.text(b, &l.places[i])
		}
		l.y += flowSize / 2
	}
	l.page.Height = max(flowHeight, l.y+flowMargin)
	if f.width > 0 {
		l.page.Width, l.page.Height, l.places[0].box = f.width, f.height, f.picture
	}
	return l
}

// look is the size and font of a block's text.
func (b *Block) look() (size float64, font int) {
	switch {
	case b.Type == Title:
		return 22, flowBold
	case b.Type == SectionHeader:
		return max(12, 20-2*float64(b.Level)), flowBold
	case b.Code:
		return flowSize, flowMono
	case b.Type == Footnote:
		return 9, flowRegular
	}
	return flowSize, flowRegular
}

// text sets a block that is no table.
func (l *flowPage) text(b *Block, p *placed) {
	left := float64(flowMargin)
	if b.Type == ListItem {
		left += flowIndent * float64(min(b.Level, 8))
	}
	size, font := b.look()
	content, links := b.content(), wordLinks(b.Text)
	if links != nil && b.Label != "" {
		links = append(make([]string, len(strings.Fields(b.Label))), links...)
	}
	p.box = Box{Left: left, Top: l.y, Right: left + 1, Bottom: l.y + 1}
	if b.Type == Picture && content == "" {
		p.box.Right, p.box.Bottom = left+100, l.y+75
		l.page.Images = append(l.page.Images, Image{Box: p.box})
		l.y = p.box.Bottom
		return
	}
	l.y = l.set(content, p, flowSlot{left: left, width: l.width + flowMargin - left, top: l.y, size: size, font: font, links: links})
}

// flowSlot is where text is set.
type flowSlot struct {
	left, width, top, size float64
	font                   int
	links                  []string // where each word leads, or nil
}

// set breaks text into lines and gives the height below the last.
func (l *flowPage) set(text string, p *placed, c flowSlot) float64 {
	before := len(p.lines)
	for line := range strings.SplitSeq(text, "\n") {
		start, x := len(l.page.Words), c.left
		for word := range strings.FieldsSeq(line) {
			width := wordWidth(word) * c.size
			if x > c.left && x+width > c.left+c.width {
				l.endLine(p, start)
				c.top += lineFactor * c.size
				start, x = len(l.page.Words), c.left
			}
			l.page.Words = append(l.page.Words, Word{
				Text: word, Size: c.size, Font: c.font, Baseline: c.top + ascent*c.size,
				Box: Box{Left: x, Top: c.top, Right: x + width, Bottom: c.top + c.size},
			})
			if len(c.links) > 0 {
				l.link(c.links[0])
				c.links = c.links[1:]
			}
			x += width + wordSpace*c.size
		}
		if len(l.page.Words) > start {
			l.endLine(p, start)
		}
		c.top += lineFactor * c.size
	}
	if before == 0 && len(p.lines) > 0 {
		p.box = p.lines[0].box
	}
	for i := range p.lines[before:] {
		p.box = p.box.Union(p.lines[before+i].box)
	}
	return c.top
}

// endLine makes a line of the words from start on.
func (l *flowPage) endLine(p *placed, start int) {
	words := l.page.Words[start:]
	if len(words) == 0 {
		return
	}
	line := paragraphLine{box: words[0].Box.Union(words[len(words)-1].Box)}
	texts := make([]string, len(words))
	for i := range words {
		texts[i] = words[i].Text
	}
	line.text = strings.Join(texts, " ")
	if n := slices.IndexFunc(words, func(w Word) bool { return w.Link > 0 }); n >= 0 {
		line.links = []lineLink{{link: l.page.Links[words[n].Link-1].URI}}
	}
	p.lines = append(p.lines, line)
	l.page.Width = max(l.page.Width, line.box.Right+flowMargin)
}

// wordWidth is about how wide a word is, in font sizes.
func wordWidth(word string) float64 {
	if len(word) == utf8.RuneCountInString(word) {
		return 0.5 * float64(len(word))
	}
	n := 0.0
	for _, r := range word {
		if isIdeographic(r) {
			n++
		} else {
			n += 0.5
		}
	}
	return n
}

// addRow makes one line of all that stands in a row of a table: a long table
// has too many cells to tell the place of each.
func (p *placed) addRow(row *placed) {
	if len(row.lines) == 0 {
		return
	}
	texts := make([]string, len(row.lines))
	var links []lineLink
	for i := range row.lines {
		texts[i] = row.lines[i].text
		links = append(links, row.lines[i].links...)
	}
	if len(p.lines) == 0 {
		p.box = row.box
	}
	p.box = p.box.Union(row.box)
	p.lines = append(p.lines, paragraphLine{text: strings.Join(texts, " "), box: row.box, links: links})
}

// table sets the cells in columns, each row below the last.
func (l *flowPage) table(b *Block, p *placed) {
	grid := newFlowGrid(b.Rows)
	lefts, widths := grid.columns()
	p.box = Box{Left: flowMargin, Top: l.y, Right: flowMargin + 1, Bottom: l.y + 1}
	for i := range b.Rows {
		bottom := l.y + lineFactor*flowSize
		font := flowRegular
		if b.Rows[i].Header {
			font = flowBold
		}
		var row placed
		for n := range b.Rows[i].Cells {
			c := &b.Rows[i].Cells[n]
			at := grid.starts[i][n]
			end := min(at+max(c.Columns, 1), len(lefts)) - 1
			width := lefts[end] + widths[end] - lefts[at]
			bottom = max(bottom, l.set(PlainText(c.Text), &row, flowSlot{left: lefts[at], width: width, top: l.y, size: flowSize, font: font, links: wordLinks(c.Text)}))
		}
		p.addRow(&row)
		l.y = bottom + 2
	}
}
