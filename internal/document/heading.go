package document

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is what a document looks like as a whole; headings are found by how
// they differ from it.
type style struct {
	letters map[int]int    // by size in half points
	faces   map[string]int // by the name of the font
	bold    int
	total   int
}

func (s *style) add(p *paragraph) {
	if s.letters == nil {
		s.letters, s.faces = map[int]int{}, map[string]int{}
	}
	n := 0
	for _, l := range p.lines {
		n += len(l.text)
	}
	if n == 0 {
		return
	}
	// Cells, labels and headings are no measure of the text.
	if p.row || n < aLine {
		n = (n + 7) / 8
	}
	s.letters[halfPoints(p.size)] += n
	if p.face != "" {
		s.faces[p.face] += n
	}
	s.total += n
	if p.bold {
		s.bold += n
	}
}

// aLine is the number of letters from which a paragraph is more than a label.
const aLine = 50

func halfPoints(size float64) int { return int(math.Round(size * 2)) }

// body is the size, in points, of most of the text, and whether it is bold.
func (s *style) body() (size float64, bold bool) {
	best := 0
	for half, n := range s.letters {
		if n > s.letters[best] || n == s.letters[best] && half < best {
			best = half
		}
	}
	return float64(best) / 2, s.bold*2 > s.total
}

// face is the font of most of the text, or empty.
func (s *style) face() string {
	best := ""
	for face, n := range s.faces {
		if n > s.faces[best] || n == s.faces[best] && face < best {
			best = face
		}
	}
	return best
}

// The size of headings as a multiple of the body's.
const (
	headingRatio = 1.15
	titleRatio   = 1.25
)

// The most words of a heading: set larger than the text, or only bolder.
const (
	maxLargeHeading = 30
	maxBoldHeading  = 16
)

// isHeading tells headings by size, and short ones by weight, number, font or
// capitals; next is what follows, or nil.
func (p *paragraph) isHeading(s *style, next *paragraph) bool {
	if p.row || p.turned || p.mark == bulletMark || p.mark == dashMark || len(p.lines) > 4 {
		return false
	}
	text := p.content()
	words := len(strings.Fields(text))
	if words > maxLargeHeading || countLetters(text) < 2 {
		return false
	}
	body, bodyBold := s.body()
	closed := strings.HasSuffix(text, ".") || strings.HasSuffix(text, ",") || strings.HasSuffix(text, ";")
	if p.size >= headingRatio*body {
		return !closed || words <= maxBoldHeading && len(p.lines) == 1
	}
	if len(p.lines) > 2 || words > maxBoldHeading {
		return false
	}
	above := next != nil && next.isText() && next.page == p.page
	if above && len(next.lines) > 1 && p.size >= headingRatio*next.size && p.size >= 0.7*body && !closed {
		return true // in a part of the document that is set smaller than the rest
	}
	if p.size < 0.95*body {
		return false
	}
	if isNumberedHeading(text) || p.bold && !bodyBold && !closed && !strings.HasSuffix(text, ":") {
		return true
	}
	return above && len(p.lines) == 1 && !closed && !p.mono && (isCapitals(text) || p.otherFace(s, next))
}

// isText is true for what may be running text.
func (p *paragraph) isText() bool { return p.kind == "" && !p.row && !p.turned && len(p.lines) > 0 }

// otherFace says whether a paragraph is set in an upright font that is neither
// the text's nor smaller, above text in the text's font.
func (p *paragraph) otherFace(s *style, next *paragraph) bool {
	face := s.face()
	return p.face != "" && face != "" && p.face != face && !p.italic && next.face == face && p.size > 1.03*next.size
}

// isCapitals is true for words that are all set in capitals.
func isCapitals(text string) bool {
	upper := 0
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r), strings.ContainsRune("=_'\"<>{}@", r):
			return false
		}
	}
	return upper >= 4
}

// isNumberedHeading is true for "2.1 Findings": a number of two or more parts
// before a capital letter, without the full stop of a sentence or the page
// number of a list of contents at the end.
func isNumberedHeading(text string) bool {
	label, rest, ok := strings.Cut(text, " ")
	label = strings.TrimSuffix(label, ".")
	if !ok || len(label) > 10 || !strings.Contains(label, ".") || strings.Contains(label, "..") || !only(label, "0123456789.") || label[0] == '.' {
		return false
	}
	first, _ := utf8.DecodeRuneInString(rest)
	last, _ := utf8.DecodeLastRuneInString(rest)
	return unicode.IsUpper(first) && (unicode.IsLetter(last) || last == ')')
}

// numbered is true for headings that are one of several.
func (p *paragraph) numbered() bool { return p.mark != noMark || isNumberedHeading(p.content()) }

func countLetters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
