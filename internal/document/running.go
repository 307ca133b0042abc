package document

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Running headers and footers stand in the outer part of a page's height, as
// one of its outermost lines.
const (
	edgeShare = 0.14
	wideShare = 0.2 // for the outermost line
	edgeLines = 8
	// edgeDrift is how far, in points, the same line may stand from where it
	// stands on other pages.
	edgeDrift = 14.0
)

// edgeLine is a line near the top or bottom of a page.
type edgeLine struct {
	paragraph, line int
	page            int
	top             bool
	height          float64 // of its middle from that edge
	text            string  // masked
	level           int     // 0 for the outermost line
}

// markRunning finds the lines that repeat at the edges of pages, and page
// numbers, and makes each a paragraph of its own kind.
func markRunning(all []paragraph, pages int, body float64) []paragraph {
	var edges []edgeLine
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].page == all[i].page {
			j++
		}
		edges = append(edges, edgesOf(all, i, j)...)
		i = j
	}
	found := map[[2]int]SegmentType{}
	for _, g := range repeating(edges, pages) {
		if isNumberedSeries(all, g, body) {
			continue
		}
		for _, e := range g {
			found[[2]int{e.paragraph, e.line}] = e.kind()
		}
	}
	for _, e := range edges {
		if len(all[e.paragraph].lines) == 0 {
			continue
		}
		l := &all[e.paragraph].lines[e.line]
		if e.level == 0 && isPageNumber(l.text) || e.alone(all, body) && endsInNumber(l.text) {
			found[[2]int{e.paragraph, e.line}] = e.kind()
		}
	}
	if keepLonely(all, found); len(found) == 0 {
		return all
	}
	return splitOff(all, found)
}

// keepLonely takes back what was found on pages that hold nothing else, but for
// page numbers beside other pages with text.
func keepLonely(all []paragraph, found map[[2]int]SegmentType) {
	rest := 0 // pages that hold more than was found
	for i := 0; i < len(all); {
		j, more, words := i, false, false
		for ; j < len(all) && all[j].page == all[i].page; j++ {
			for n := range max(1, len(all[j].lines)) {
				isFound := found[[2]int{j, n}] != ""
				more = more || !isFound
				words = words || isFound && (len(all[j].lines) == 0 || !isPageNumber(all[j].lines[n].text))
			}
		}
		if more {
			rest++
		}
		if !more && words {
			for k := i; k < j; k++ {
				for n := range max(1, len(all[k].lines)) {
					delete(found, [2]int{k, n})
				}
			}
			rest++
		}
		i = j
	}
	if rest == 0 {
		clear(found)
	}
}

func (e *edgeLine) kind() SegmentType {
	if e.top {
		return PageHeader
	}
	return PageFooter
}

// edgesOf are the outermost lines of the page whose paragraphs are those from
// i to j.
func edgesOf(all []paragraph, i, j int) []edgeLine {
	var top, bottom []edgeLine
	for k := i; k < j; k++ {
		p := &all[k]
		if p.turned {
			continue
		}
		add := func(n int, box Box, text string) {
			middle := (box.Top + box.Bottom) / 2
			e := edgeLine{paragraph: k, line: n, page: p.page, text: text}
			if middle < wideShare*p.height {
				e.top, e.height = true, middle
				top = append(top, e)
			} else if p.height-middle < wideShare*p.height {
				e.height = p.height - middle
				bottom = append(bottom, e)
			}
		}
		switch {
		case p.table != nil:
			add(0, p.box, mask(p.table.text()))
		case len(p.lines) == 0:
			add(0, p.box, string(p.kind))
		}
		for n := range p.lines {
			add(n, p.lines[n].box, mask(p.lines[n].text))
		}
	}
	edge := edgeShare * all[i].height
	return append(outermost(top, edge), outermost(bottom, edge)...)
}

// outermost keeps the outermost line, and the lines of the few levels that are
// nearest to the edge.
func outermost(edges []edgeLine, edge float64) []edgeLine {
	slices.SortStableFunc(edges, func(a, b edgeLine) int { return cmp.Compare(a.height, b.height) })
	levels, last := 0, math.Inf(-1)
	for i := range edges {
		e := &edges[i]
		if e.height-last > 4 {
			levels++
			last = e.height
		}
		if e.level = levels - 1; levels > edgeLines || levels > 1 && e.height > edge {
			return edges[:i]
		}
	}
	return edges
}

// repeating are the lines whose text stands at the same height on several
// pages: on three, or on half of the pages of a short document.
func repeating(edges []edgeLine, pages int) [][]edgeLine {
	type key struct {
		top  bool
		text string
	}
	groups := map[key][]edgeLine{}
	for _, e := range edges {
		if e.text != "" {
			k := key{e.top, e.text}
			groups[k] = append(groups[k], e)
		}
	}
	var all [][]edgeLine
	for _, g := range groups {
		heights := make([]float64, len(g))
		for i := range g {
			heights[i] = g[i].height
		}
		slices.Sort(heights)
		usual := heights[len(heights)/2]
		g = slices.DeleteFunc(g, func(e edgeLine) bool { return math.Abs(e.height-usual) > edgeDrift })
		on := map[int]bool{}
		for _, e := range g {
			on[e.page] = true
		}
		if n := len(on); n >= 3 || n == 2 && pages <= 5 {
			all = append(all, g)
		}
	}
	return all
}

// isNumberedSeries is true for headings such as "Chapter 1" and "Chapter 2"
// that happen to stand at the top of their pages: larger than the text, and
// not twice the same.
func isNumberedSeries(all []paragraph, g []edgeLine, body float64) bool {
	text := func(e edgeLine) string { return all[e.paragraph].lines[e.line].text }
	for _, e := range g {
		if len(all[e.paragraph].lines) == 0 {
			return false
		}
		if all[e.paragraph].size < headingRatio*body || e.page != g[0].page && text(e) == text(g[0]) {
			return false
		}
	}
	return true
}

// mask makes lines that differ only in numbers the same: # for digits, in
// lower case, without spaces.
func mask(s string) string {
	var b strings.Builder
	number := false
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			if !number {
				b.WriteByte('#')
			}
			number = true
			continue
		case unicode.IsSpace(r):
			continue
		}
		number = false
		b.WriteRune(unicode.ToLower(r))
	}
	if b.Len() > 0 && only(b.String(), "ivxlc") {
		return "#"
	}
	return b.String()
}

// isPageNumber is true for a line that is nothing but the number of its page.
func isPageNumber(s string) bool {
	m := strings.Trim(mask(s), "-–—|.[]()•·")
	for _, word := range []string{"page", "seite", "pagina", "página", "p.", "pg"} {
		m = strings.TrimPrefix(m, word)
	}
	switch m {
	case "#", "#/#", "#of#", "#von#", "#de#", "#sur#":
		digits := 0
		for _, r := range s {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		return digits <= 8 && (digits <= 4 || m != "#")
	}
	return false
}

// endsInNumber is true for a line such as "A Title 9" or "9 A Title".
func endsInNumber(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 16 {
		return false
	}
	number := func(w string) bool { return len(w) <= 4 && only(w, "0123456789") && !isYear(w) }
	first, last := words[0], words[len(words)-1]
	return number(first) && !number(words[1]) || number(last) && !number(words[len(words)-2])
}

// alone says whether the line is a paragraph of its own, in the outermost part
// of the page, no larger than the text and clearly apart from it.
func (e *edgeLine) alone(all []paragraph, body float64) bool {
	p := &all[e.paragraph]
	if len(p.lines) != 1 || e.level > 0 || p.size > 1.02*body {
		return false
	}
	apart := func(o *paragraph) bool {
		return max(o.box.Top-p.box.Bottom, p.box.Top-o.box.Bottom) > 0.7*p.size
	}
	for i := e.paragraph - 1; i >= 0 && all[i].page == p.page; i-- {
		if !apart(&all[i]) {
			return false
		}
	}
	for i := e.paragraph + 1; i < len(all) && all[i].page == p.page; i++ {
		if !apart(&all[i]) {
			return false
		}
	}
	return true
}

// splitOff makes paragraphs of the lines that were found, each of its kind.
func splitOff(all []paragraph, found map[[2]int]SegmentType) []paragraph {
	out := make([]paragraph, 0, len(all)+len(found))
	for i := range all {
		p := all[i]
		first := 0
		for n := 0; n <= len(p.lines); n++ {
			if n < len(p.lines) && found[[2]int{i, n}] == found[[2]int{i, first}] {
				continue
			}
			if part := p.part(first, n); n > first {
				if kind := found[[2]int{i, first}]; kind != "" {
					part.kind = kind
				}
				out = append(out, part)
			}
			first = n
		}
		if len(p.lines) == 0 {
			if kind := found[[2]int{i, 0}]; kind != "" {
				p.kind = kind
			}
			out = append(out, p)
		}
	}
	return out
}

// part is a paragraph of some of the lines.
func (p *paragraph) part(first, end int) paragraph {
	if first == 0 && end == len(p.lines) {
		return *p
	}
	part := *p
	part.lines = p.lines[first:end]
	if first > 0 {
		part.mark = noMark
	}
	part.box = part.lines[0].box
	for i := range part.lines {
		part.box = part.box.Union(part.lines[i].box)
	}
	return part
}
