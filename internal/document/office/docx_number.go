package office

import (
	"fmt"
	"strconv"
	"strings"
)

// numbering counts the items of lists and makes their labels.
type numbering struct {
	lists  map[string]*listStyle // by the id of the abstract list
	nums   map[string]*listUse
	counts map[string]*[9]int // by abstract list; -1 is not begun
}

// listStyle is how a list is numbered.
type listStyle struct {
	levels [9]listLevel
	link   string // the style whose list it stands for
	styled string // the style that it is the list of
}

type listLevel struct {
	format, text string
	start        int
	legal        bool // all numbers are Arabic
}

// listUse is one use of a list, which may begin anew.
type listUse struct {
	abstract string
	starts   map[int]int // by level
	begun    bool
}

func newNumbering(root *node, styles map[string]*style) *numbering {
	n := &numbering{lists: map[string]*listStyle{}, nums: map[string]*listUse{}, counts: map[string]*[9]int{}}
	if root == nil {
		return n
	}
	for _, c := range root.children {
		switch c.name {
		case "abstractNum":
			n.lists[c.attr("abstractNumId")] = newListStyle(c)
		case "num":
			n.nums[c.attr("numId")] = newListUse(c)
		}
	}
	n.follow(styles)
	return n
}

func newListStyle(c *node) *listStyle {
	l := &listStyle{link: c.val("numStyleLink"), styled: c.val("styleLink")}
	for i := range l.levels {
		l.levels[i].start = 1
	}
	for _, level := range c.children {
		if i := number(level.attr("ilvl"), -1); level.name == "lvl" && i >= 0 && i < 9 {
			l.levels[i] = listLevel{
				format: level.val("numFmt"), text: level.val("lvlText"), start: number(level.val("start"), 1), legal: level.on("isLgl"),
			}
		}
	}
	return l
}

func newListUse(c *node) *listUse {
	u := &listUse{abstract: c.val("abstractNumId"), starts: map[int]int{}}
	for _, o := range c.children {
		if o.name != "lvlOverride" {
			continue
		}
		if start := o.val("startOverride"); start != "" {
			u.starts[number(o.attr("ilvl"), 0)] = number(start, 1)
		}
	}
	return u
}

// follow replaces lists that only stand for that of a style.
func (n *numbering) follow(styles map[string]*style) {
	for _, use := range n.nums {
		l := n.lists[use.abstract]
		if l == nil || l.link == "" {
			continue
		}
		if s := styles[l.link]; s != nil && n.nums[s.numID] != nil && n.nums[s.numID] != use {
			use.abstract = n.nums[s.numID].abstract
			continue
		}
		for id, other := range n.lists {
			if other.styled == l.link {
				use.abstract = id
			}
		}
	}
}

// item counts one item and gives its label; listed is false for what is no
// item.
func (n *numbering) item(numID string, level int) (label string, listed bool) {
	use := n.nums[numID]
	if use == nil || numID == "0" || level < 0 || level > 8 {
		return "", false
	}
	l := n.lists[use.abstract]
	if l == nil {
		return "", false
	}
	counts := n.counts[use.abstract]
	if counts == nil {
		counts = &[9]int{-1, -1, -1, -1, -1, -1, -1, -1, -1}
		n.counts[use.abstract] = counts
	}
	if !use.begun {
		use.begun = true
		for i, start := range use.starts {
			if i >= 0 && i < 9 {
				counts[i] = start - 1
			}
		}
	}
	if counts[level] < 0 {
		counts[level] = l.levels[level].start - 1
	}
	counts[level]++
	for i := level + 1; i < 9; i++ {
		counts[i] = -1
	}
	return l.label(level, counts), true
}

// label spells the numbers of a level, e.g. "2.1." or "(a)".
func (l *listStyle) label(level int, counts *[9]int) string {
	at := &l.levels[level]
	switch at.format {
	case "bullet", "none", "":
		return ""
	}
	label := at.text
	for i := range 9 {
		mark := "%" + strconv.Itoa(i+1)
		if !strings.Contains(label, mark) {
			continue
		}
		count, format := counts[i], l.levels[i].format
		if count < 0 {
			count = l.levels[i].start
		}
		if at.legal {
			format = "decimal"
		}
		label = strings.ReplaceAll(label, mark, spell(count, format))
	}
	return strings.TrimSpace(label)
}

func spell(n int, format string) string {
	switch format {
	case "lowerLetter":
		return letter(n)
	case "upperLetter":
		return strings.ToUpper(letter(n))
	case "lowerRoman":
		return roman(n)
	case "upperRoman":
		return strings.ToUpper(roman(n))
	case "decimalZero":
		return fmt.Sprintf("%02d", n)
	case "bullet", "none":
		return ""
	}
	return strconv.Itoa(n)
}
