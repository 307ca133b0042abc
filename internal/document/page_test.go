package document

import "strings"

// sheet sets text on a page the way a reader would find it: each letter half
// as wide as the font is high, each word a Word.
type sheet struct {
	page Page
}

// The fonts of a sheet.
const (
	regular = iota
	bold
)

func newSheet(number int) *sheet {
	return &sheet{Page{
		Number: number, Width: 600, Height: 800,
		Fonts: []Font{regular: {Name: "Times"}, bold: {Name: "Times-Bold", Bold: true}},
	}}
}

// line sets one line with its left end and baseline at x, y.
func (s *sheet) line(x, y, size float64, font int, text string) *sheet {
	for _, word := range strings.Fields(text) {
		right := x + float64(len([]rune(word)))*size/2
		s.page.Words = append(s.page.Words, Word{
			Text: word, Size: size, Font: font, Baseline: y,
			Box: Box{Left: x, Top: y - 0.8*size, Right: right, Bottom: y + 0.2*size},
		})
		x = right + size/4
	}
	return s
}

// lines sets lines of 10 points, 12 apart, from x, y downwards.
func (s *sheet) lines(x, y float64, texts ...string) *sheet {
	for i, text := range texts {
		s.line(x, y+12*float64(i), 10, regular, text)
	}
	return s
}

// build returns the segments of pages.
func build(sheets ...*sheet) []Segment {
	b := NewBuilder(Options{})
	for _, s := range sheets {
		if err := b.Add(&s.page); err != nil {
			panic(err)
		}
	}
	var all []Segment
	for s := range b.Segments() {
		all = append(all, s)
	}
	return all
}

// typed is a segment's type and text, to compare.
type typed struct {
	Type SegmentType
	Text string
}

func typesOf(all []Segment) []typed {
	var out []typed
	for _, s := range all {
		out = append(out, typed{s.SegmentType, s.Content})
	}
	return out
}
