package office

import (
	"strconv"
	"strings"
)

// style is a paragraph style, with what it takes over from its base.
type style struct {
	name    string // in lower case; standard names are English everywhere
	base    string
	outline int // 0 to 8, 9 for body text, -1 for not said
	numID   string
	level   string
}

// newStyles reads the styles by id; nil has none.
func newStyles(root *node) map[string]*style {
	all := map[string]*style{}
	if root == nil {
		return all
	}
	for _, n := range root.children {
		if n.name != "style" {
			continue
		}
		p := n.child("pPr")
		all[n.attr("styleId")] = &style{
			name: strings.ToLower(n.val("name")), base: n.val("basedOn"),
			outline: number(p.val("outlineLvl"), -1),
			numID:   p.child("numPr").val("numId"), level: p.child("numPr").val("ilvl"),
		}
	}
	return all
}

// maxBases is how many styles may build on each other.
const maxBases = 20

// lookup calls f for a style and its bases until one answers.
func lookup(styles map[string]*style, id string, f func(*style) bool) {
	for range maxBases {
		s := styles[id]
		if s == nil || f(s) {
			return
		}
		id = s.base
	}
}

// role is what a paragraph is by its style.
type role struct {
	heading int // 1 to 9, or 0
	title   bool
	caption bool
	code    bool
	note    bool
}

func (d *docx) role(p *node) role {
	var r role
	outline := number(p.val("outlineLvl"), -1)
	lookup(d.styles, p.val("pStyle"), func(s *style) bool {
		switch {
		case s.name == "title":
			r.title = true
		case s.name == "caption":
			r.caption = true
		case s.name == "footnote text", s.name == "endnote text":
			r.note = true
		case isCodeStyle(s.name):
			r.code = true
		}
		if outline < 0 {
			outline = s.outline
		}
		if level, ok := strings.CutPrefix(s.name, "heading "); ok && outline < 0 {
			outline = number(level, 10) - 1
		}
		return r.title || r.caption || r.code || r.note
	})
	if outline >= 0 && outline < 9 {
		r.heading = outline + 1
	}
	return r
}

func isCodeStyle(name string) bool {
	switch name {
	case "code", "source code", "html preformatted", "macro text", "macro", "codeblock", "code block", "preformatted text", "verbatim", "listing":
		return true
	}
	return false
}

// roman spells a number in Roman numerals, as far as they go.
func roman(n int) string {
	if n <= 0 || n >= 4000 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, r := range []struct {
		value int
		sign  string
	}{{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
		for n >= r.value {
			b.WriteString(r.sign)
			n -= r.value
		}
	}
	return b.String()
}

// letter spells a number as a, b … z, aa, bb …
func letter(n int) string {
	if n <= 0 || n > 26*20 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(rune('a'+(n-1)%26)), (n-1)/26+1)
}
