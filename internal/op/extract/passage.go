package extract

import (
	"strings"

	"docket/internal/document"
	"docket/internal/op"
)

// printed is a line of the document as a model is shown it.
type printed struct {
	page  *op.PageText
	words []document.Word
	text  string
}

// passage is lines of the document that are shown together.
type passage struct {
	lines []printed
	first int // the number of the first line, from 1

	picture *op.PageText // a page without text that is shown as a picture; then there are no lines
	png     []byte
}

// overlapPart is the part of a passage that is shown again with the next, so
// that what stands across the border is seen whole once.
const overlapPart = 10

// newPassage has all lines of a document.
func newPassage(pages []op.PageText) *passage {
	p := &passage{first: 1}
	for i := range pages {
		for n := range pages[i].Lines {
			if l := newPrinted(&pages[i], &pages[i].Lines[n]); l.text != "" {
				p.lines = append(p.lines, l)
			}
		}
	}
	return p
}

func newPrinted(page *op.PageText, line *op.Line) printed {
	l := printed{page: page}
	cells := make([]string, len(line.Cells))
	for i := range line.Cells {
		l.words = append(l.words, line.Cells[i].Words...)
		cells[i] = strings.TrimSpace(op.Shown(line.Cells[i].Text))
	}
	l.text = strings.TrimSpace(strings.Join(cells, " ¦ "))
	return l
}

// split makes passages of at most size bytes, or of a line if it is longer;
// each begins with the last lines of the one before.
func (p *passage) split(size int) []*passage {
	var all []*passage
	from := 0
	for from < len(p.lines) {
		to, sum := from, 0
		for to < len(p.lines) && (sum == 0 || sum+len(p.lines[to].text) <= size) {
			sum += len(p.lines[to].text)
			to++
		}
		all = append(all, p.part(from, to))
		if to == len(p.lines) {
			break
		}
		// The next line must have room behind what is shown again.
		back, most := 0, min(size/overlapPart, size-len(p.lines[to].text))
		for from++; to > from && back+len(p.lines[to-1].text) <= most; to-- {
			back += len(p.lines[to-1].text)
		}
		from = to
	}
	return all
}

func (p *passage) part(from, to int) *passage {
	return &passage{lines: p.lines[from:to], first: p.first + from}
}

// fewest is the lines of a passage that is not divided any more.
const fewest = 8

// halves are two passages that together have what this one has; none if it is
// too short.
func (p *passage) halves() []*passage {
	n := len(p.lines)
	if n < fewest {
		return nil
	}
	return []*passage{p.part(0, n/2+n/(2*overlapPart)), p.part(n/2, n)}
}

// line gives a line by its number, or nil.
func (p *passage) line(number int) *printed {
	if number < p.first || number >= p.first+len(p.lines) {
		return nil
	}
	return &p.lines[number-p.first]
}

// lastPage is the number of the page on which the passage ends.
func (p *passage) lastPage() int {
	if p.picture != nil {
		return p.picture.Number
	}
	return p.lines[len(p.lines)-1].page.Number
}
