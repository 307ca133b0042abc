package document

import (
	"unicode"
	"unicode/utf8"
)

// paragraph is a run of lines that belong together: later one segment.
type paragraph struct {
	page          int
	width, height float64 // of the page, in points
	lines         []paragraphLine
	box           Box
	size          float64
	bold          bool
	face          string // the font of nearly all letters, or empty
	italic, mono  bool
	level         int  // of a heading or a list item, from 1
	row           bool // one row of cells
	mark          mark
	turned        bool // not upright
	lastPage      int  // of a table that is made of several
	table         *Table
	kind          SegmentType // when it is known before the others are, or empty
	tagLevel      int         // of a heading, as the file says it; 0 when it does not
	alt           string      // what the file says that a picture shows
}

// paragraphLine is what is kept of a line.
type paragraphLine struct {
	text   string
	box    Box
	hyphen bool // the reader saw hyphenation at its end
	links  []lineLink
	// confidence is how sure the recognition of text was, from 0 to 1; 0 for
	// text that was read from the file.
	confidence float64
}

// newParagraph sums up its lines.
func newParagraph(ls []line) paragraph {
	p := paragraph{box: ls[0].box, row: ls[0].row, mark: ls[0].mark, bold: true, face: ls[0].face, italic: ls[0].italic, mono: ls[0].mono}
	for i := range ls {
		l := &ls[i]
		p.box = p.box.Union(l.box)
		p.size = max(p.size, l.size)
		p.bold = p.bold && l.bold
		if l.face != p.face {
			p.face, p.italic, p.mono = "", false, false
		}
		p.lines = append(p.lines, paragraphLine{text: l.text(), box: l.box, hyphen: l.words[len(l.words)-1].Hyphen, links: l.links(), confidence: l.confidence()})
	}
	return p
}

// content is the paragraph's text on one line, words that were broken at a
// line's end put together again.
func (p *paragraph) content() string {
	text, _ := p.joined()
	return string(text)
}

// joined is content, and where in it each line begins.
func (p *paragraph) joined() (text []byte, starts []int) {
	if len(p.lines) == 0 {
		return nil, nil
	}
	text, starts = []byte(p.lines[0].text), make([]int, len(p.lines))
	for i := 1; i < len(p.lines); i++ {
		next := p.lines[i].text
		first, _ := utf8.DecodeRuneInString(next)
		last, size := utf8.DecodeLastRune(text)
		before, _ := utf8.DecodeLastRune(text[:len(text)-size])
		switch {
		case isLineHyphen(last) && unicode.IsLetter(before) && unicode.IsLower(first):
			text = text[:len(text)-size]
		case isLineHyphen(last) && unicode.IsLetter(before) && p.lines[i-1].hyphen:
		case isIdeographic(last) && isIdeographic(first):
		default:
			text = append(text, ' ')
		}
		starts[i] = len(text)
		text = append(text, next...)
	}
	return text, starts
}

func isLineHyphen(r rune) bool { return r == '-' || r == '\u2010' }

// isIdeographic is true for scripts that put no space between words.
func isIdeographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60
}
