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
	letters map[int]int // by size in half points
	bold    int
	total   int
}

func (s *style) add(p *paragraph) {
	if s.letters == nil {
		s.letters = map[int]int{}
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

// isHeading tells headings by size, and short ones by weight or number.
func (p *paragraph) isHeading(body float64, bodyBold bool) bool {
	if p.row || p.turned || p.mark == bulletMark || p.mark == dashMark || len(p.lines) > 4 {
		return false
	}
	text := p.content()
	words := len(strings.Fields(text))
	if words > maxLargeHeading || countLetters(text) < 2 {
		return false
	}
	closed := strings.HasSuffix(text, ".") || strings.HasSuffix(text, ",") || strings.HasSuffix(text, ";")
	if p.size >= headingRatio*body {
		return !closed || words <= maxBoldHeading && len(p.lines) == 1
	}
	if p.size < 0.95*body || len(p.lines) > 2 || words > maxBoldHeading {
		return false
	}
	return isNumberedHeading(text) || p.bold && !bodyBold && !closed && !strings.HasSuffix(text, ":")
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

// roles gives each paragraph its type. The title is the first of the largest
// headings without a number on the first page that has text, if it is the
// first thing there or clearly larger than the text.
func roles(all []paragraph, s *style) []SegmentType {
	body, bodyBold := s.body()
	types := make([]SegmentType, len(all))
	title := -1
	for i := range all {
		p := &all[i]
		switch {
		case p.kind != "":
			types[i] = p.kind
		case p.isHeading(body, bodyBold):
			types[i] = SectionHeader
			if p.page == all[0].page && !p.numbered() && (title < 0 || p.size > all[title].size+0.25) {
				title = i
			}
		case p.mark != noMark && !p.row:
			types[i] = ListItem
		default:
			types[i] = Text
		}
	}
	if title >= 0 && (title == 0 || all[title].size >= titleRatio*body) {
		types[title] = Title
	}
	return types
}
