package document

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// roles gives each paragraph its type, and headings and list items their
// level. The title is the first of the largest headings without a number on
// the first page that has text, if it is the first thing there or clearly
// larger than the text.
func roles(all []paragraph, s *style) []SegmentType {
	body, _ := s.body()
	types := make([]SegmentType, len(all))
	title, first := -1, -1
	for i := range all {
		p := &all[i]
		types[i] = p.role(all, i, s, types)
		if first < 0 && p.isText() {
			first = i
		}
		if types[i] == SectionHeader && p.page == all[max(first, 0)].page && !p.numbered() && (title < 0 || p.size > all[title].size+0.25) {
			title = i
		}
	}
	if title >= 0 && (title == first || all[title].size >= titleRatio*body) {
		types[title] = Title
	}
	headingLevels(all, types)
	itemLevels(all, types)
	return types
}

// role is the type of paragraph i, as far as it does not hang on those after
// the next.
func (p *paragraph) role(all []paragraph, i int, s *style, types []SegmentType) SegmentType {
	if p.kind != "" {
		return p.kind
	}
	var next *paragraph
	if i+1 < len(all) {
		next = &all[i+1]
	}
	switch {
	case p.isCaption(all, i):
		return Caption
	case p.isFootnote(all, i, s, types):
		return Footnote
	case p.isCode():
		return Text
	case p.isHeading(s, next):
		return SectionHeader
	case p.isFormula():
		return Formula
	case p.mark != noMark && !p.row:
		return ListItem
	}
	return Text
}

// captionStart is how captions begin in some languages.
var captionStart = regexp.MustCompile(`^(?i:(figure|fig\.|table|tab\.|chart|exhibit|listing|scheme|plate|graph|map|box|algorithm|abbildung|abb\.|tabelle|grafik|tableau|graphique|figura|tabla|tabela|tabella|figuur|tabel|рис\.|таблица)\s*)([A-Z]?[0-9]+|[IVX]+|[A-Z]{1,3})([.\-–][A-Za-z0-9]+)*\s*([:.|–—-](\s|$)|$|\s+\p{Lu}|\s+\()|^[<\[]?(표|그림|図|表|图)\s*[0-9]`)

// isCaption knows captions by their first words, if a table or picture stands
// beside them or they are short.
func (p *paragraph) isCaption(all []paragraph, i int) bool {
	if len(p.lines) == 0 || p.turned || !captionStart.MatchString(p.content()) {
		return false
	}
	if len(p.lines) <= 3 && !strings.HasSuffix(p.content(), "...") {
		return true
	}
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(all) && all[k].page == p.page && (all[k].kind == TableSegment || all[k].kind == Picture) {
			return true
		}
	}
	return false
}

// footnoteRatio is the most that the size of footnotes is of the text's.
const footnoteRatio = 0.93

// isFootnote knows footnotes by their smaller size, their place in the lower
// half, and the mark before them; what follows one in its size is part of it.
func (p *paragraph) isFootnote(all []paragraph, i int, s *style, types []SegmentType) bool {
	body, _ := s.body()
	if p.row || p.turned || len(p.lines) == 0 || p.size > footnoteRatio*body || p.box.Top < p.height/2 {
		return false
	}
	if i > 0 && types[i-1] == Footnote && all[i-1].page == p.page && halfPoints(all[i-1].size) == halfPoints(p.size) && p.box.Top > all[i-1].box.Top {
		return true
	}
	first, rest, ok := strings.Cut(p.lines[0].text, " ")
	if !ok {
		return false
	}
	first = strings.Trim(first, "()[].")
	switch {
	case first == "*" || first == "**" || first == "†" || first == "‡" || first == "§" || first == "¹" || first == "²" || first == "³":
		return true
	case len(first) <= 3 && first != "" && only(first, "0123456789"):
		r, _ := utf8.DecodeRuneInString(rest)
		return !unicode.IsLower(r) || strings.HasPrefix(rest, "http") || strings.HasPrefix(rest, "www")
	}
	return false
}

// isFormula is true for a line or two of signs with hardly a word.
func (p *paragraph) isFormula() bool {
	if p.row || p.turned || len(p.lines) > 2 || len(p.lines) == 0 {
		return false
	}
	text := p.content()
	if !strings.ContainsAny(text, "=≤≥≈∑∫∏√∈≡∝") {
		return false
	}
	tokens := strings.Fields(text)
	words := 0
	for _, t := range tokens {
		if utf8.RuneCountInString(strings.TrimFunc(t, func(r rune) bool { return !unicode.IsLetter(r) })) >= 4 {
			words++
		}
	}
	return len(tokens) >= 3 && 4*words <= len(tokens)
}

// maxLevel is the deepest level of headings, as in HTML.
const maxLevel = 6

// headingLevels gives headings their level: 1 is the title; numbers say how
// deep they are, and other headings are as deep as those that look the same,
// or as their size ranks.
func headingLevels(all []paragraph, types []SegmentType) {
	type look struct {
		half int
		bold bool
	}
	numbered := map[look]int{}
	var looks []look
	lookOf := func(p *paragraph) look { return look{halfPoints(p.size), p.bold} }
	for i := range all {
		if types[i] != SectionHeader {
			continue
		}
		l := lookOf(&all[i])
		if depth := numberDepth(all[i].content()); depth > 0 && numbered[l] == 0 {
			numbered[l] = depth
		}
		looks = append(looks, l)
	}
	slices.SortFunc(looks, func(a, b look) int {
		return cmp.Or(cmp.Compare(b.half, a.half), -compareBool(a.bold, b.bold))
	})
	looks = slices.Compact(looks)
	for i := range all {
		switch types[i] {
		case Title:
			all[i].level = 1
		case SectionHeader:
			l := lookOf(&all[i])
			rank := slices.Index(looks, l) + 1
			if depth := numberDepth(all[i].content()); depth > 0 {
				rank = depth
			} else if numbered[l] > 0 {
				rank = numbered[l]
			}
			if all[i].tagLevel > 0 {
				rank = max(all[i].tagLevel-1, 1)
			}
			all[i].level = min(1+rank, maxLevel)
		}
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// numberDepth is the number of parts of the number that a heading begins with,
// 0 without one.
func numberDepth(text string) int {
	label, _, ok := strings.Cut(text, " ")
	label = strings.TrimSuffix(label, ".")
	if !ok || label == "" || len(label) > 12 || !only(label, "0123456789.") || strings.Contains(label, "..") || isYear(label) {
		return 0
	}
	return strings.Count(label, ".") + 1
}

// itemLevels gives the items of a list their level by their indents.
func itemLevels(all []paragraph, types []SegmentType) {
	var indents []float64
	for i := range all {
		p := &all[i]
		if types[i] != ListItem {
			if p.kind != PageHeader && p.kind != PageFooter {
				indents = nil
			}
			continue
		}
		if i > 0 && all[i-1].page == p.page && p.box.Top < all[i-1].box.Top {
			indents = nil // another column
		}
		for len(indents) > 0 && p.box.Left < indents[len(indents)-1]-0.6*p.size {
			indents = indents[:len(indents)-1]
		}
		if len(indents) == 0 || p.box.Left > indents[len(indents)-1]+0.6*p.size {
			indents = append(indents, p.box.Left)
		}
		p.level = len(indents)
	}
}
