package op

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"docket/internal/document"
)

// Distances between words of one line, in font sizes: from cellGap on they
// belong to different cells.
const cellGap = 0.9

// Cell is a run of words of one line with no wide gap: a phrase, a cell of a
// table, a label.
type Cell struct {
	Words []document.Word
	Text  string       // the words, apart by single spaces
	Box   document.Box // in points
}

// Line is what stands at one height of a page, from left to right, across
// columns.
type Line struct {
	Cells []Cell
	Box   document.Box // in points
	Size  float64      // of its largest words, in points
}

// Text is the line's words, apart by single spaces.
func (l *Line) Text() string {
	var b strings.Builder
	for i := range l.Cells {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(l.Cells[i].Text)
	}
	return b.String()
}

// Lines gives the lines of a page from top to bottom. Text that is turned
// against most of the page, and hidden text on a page that shows other text,
// are left out; see document.Page.Painted.
func Lines(p *document.Page) []Line {
	words := readable(p.Painted())
	slices.SortStableFunc(words, func(a, b document.Word) int {
		return cmp.Or(cmp.Compare(a.Baseline, b.Baseline), cmp.Compare(a.Box.Left, b.Box.Left))
	})
	var lines []Line
	for len(words) > 0 {
		n, largest := 1, &words[0]
		for n < len(words) && level(largest, &words[n]) {
			if words[n].Size > largest.Size {
				largest = &words[n]
			}
			n++
		}
		lines = append(lines, newLine(words[:n:n]))
		words = words[n:]
	}
	return lines
}

// readable is a copy of the words that a reader of the page sees upright.
func readable(all []document.Word) []document.Word {
	var turned [4]int
	for i := range all {
		turned[all[i].Turn&3]++
	}
	turn := 0
	for t, n := range turned {
		if n > turned[turn] {
			turn = t
		}
	}
	words := make([]document.Word, 0, turned[turn])
	for i := range all {
		if all[i].Turn&3 == turn {
			words = append(words, all[i])
		}
	}
	return words
}

// level says whether two words stand on one line, one of them perhaps a little
// higher or lower.
func level(a, b *document.Word) bool {
	return math.Abs(a.Baseline-b.Baseline) <= 0.35*max(a.Size, b.Size)
}

func newLine(words []document.Word) Line {
	slices.SortStableFunc(words, func(a, b document.Word) int { return cmp.Compare(a.Box.Left, b.Box.Left) })
	words = slices.CompactFunc(words, overprinted)
	l := Line{Box: words[0].Box}
	from := 0
	for i := range words {
		l.Box = l.Box.Union(words[i].Box)
		l.Size = max(l.Size, words[i].Size)
		if i > 0 && words[i].Box.Left-words[i-1].Box.Right > cellGap*max(words[i].Size, words[i-1].Size) {
			l.Cells = append(l.Cells, newCell(words[from:i]))
			from = i
		}
	}
	l.Cells = append(l.Cells, newCell(words[from:]))
	return l
}

// overprinted says whether two words are one, set twice to look bold.
func overprinted(a, b document.Word) bool {
	near := 0.3 * min(a.Size, b.Size)
	return a.Text == b.Text && math.Abs(b.Box.Left-a.Box.Left) < near
}

func newCell(words []document.Word) Cell {
	c := Cell{Words: words, Box: words[0].Box}
	texts := make([]string, len(words))
	for i := range words {
		texts[i] = words[i].Text
		c.Box = c.Box.Union(words[i].Box)
	}
	c.Text = strings.Join(texts, " ")
	return c
}
