package document

import (
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// column is a run of lines under each other, with what is usual in it.
type column struct {
	lines   []line
	left    float64
	right   float64
	leading map[int]float64 // the usual distance of baselines, by size in half points
}

func newColumn(ls []line) column {
	c := column{lines: ls, left: math.Inf(1), right: math.Inf(-1)}
	distances := map[int][]float64{}
	for i := range ls {
		c.left, c.right = min(c.left, ls[i].box.Left), max(c.right, ls[i].box.Right)
		if i > 0 && halfPoints(ls[i].size) == halfPoints(ls[i-1].size) {
			half := halfPoints(ls[i].size)
			distances[half] = append(distances[half], ls[i].baseline-ls[i-1].baseline)
		}
	}
	c.leading = make(map[int]float64, len(distances))
	for half, d := range distances {
		slices.Sort(d)
		// The distances between paragraphs are among the larger ones.
		c.leading[half] = d[len(d)/3]
	}
	return c
}

// paragraphs cuts a run of the column's lines.
func (c *column) paragraphs(run []line) [][]line {
	var all [][]line
	for i, l := range run {
		if i == 0 || c.breaks(all[len(all)-1], &l) {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], l)
	}
	return all
}

// breaks says whether next begins a new paragraph after the lines of open.
func (c *column) breaks(open []line, next *line) bool {
	last := &open[len(open)-1]
	if last.row || next.row || c.apart(last, next) {
		return true
	}
	if wordGoesOn(last, next) || last.mono && next.mono {
		return false
	}
	if styleChanges(last, next) || c.fontChanges(last, next) {
		return true
	}
	if hang := open[0].hang; hang != 0 && math.Abs(next.box.Left-hang) < 0.4*next.size && next.hang == 0 && next.mark == noMark {
		return false
	}
	full := !c.fits(last, next)
	switch next.mark {
	case bulletMark:
		return true
	case dashMark, numberMark, labelMark:
		if open[0].mark != noMark || last.ends() || !full {
			return true
		}
	}
	return c.indentChanges(open, next) || !full && (last.ends() || c.slack(last) > 0.5)
}

// apart compares the distance of the baselines with what is usual for the
// column, and for text of this size.
func (c *column) apart(last, next *line) bool {
	distance := next.baseline - last.baseline
	size := max(last.size, next.size)
	usual := c.leading[halfPoints(next.size)]
	if usual < 0.8*size || usual > 2.6*size {
		usual = 1.25 * size
	}
	return distance > 1.3*usual && distance > 1.3*size
}

// wordGoesOn is true where the line's end breaks a word.
func wordGoesOn(last, next *line) bool {
	return last.words[len(last.words)-1].Hyphen && startsLower(next)
}

func startsLower(l *line) bool {
	first, _ := utf8.DecodeRuneInString(l.words[0].Text)
	return unicode.IsLower(first)
}

// styleChanges is true between a heading and its text, or text and a note.
func styleChanges(last, next *line) bool {
	ratio := next.size / last.size
	if ratio > 1.08 || ratio < 0.92 {
		return true
	}
	// A bold line next to one that is not is another thing, unless a sentence
	// goes on: then its weight changes just at the line's end.
	return last.bold != next.bold && !startsLower(next)
}

// fontChanges is true between a heading and its text when they differ in
// nothing but the font: the first of two lines ends early, or is a little
// larger.
func (c *column) fontChanges(last, next *line) bool {
	if last.face == next.face || last.face == "" || next.face == "" {
		return false
	}
	return c.slack(last) > 0.1 || last.size > 1.03*next.size
}

// indentChanges is true for a first line set in, and for the line after an
// item that goes back to the item's edge.
func (c *column) indentChanges(open []line, next *line) bool {
	last := &open[len(open)-1]
	em := next.size
	if open[0].mark != noMark {
		hanging := open[0].words[1].Box.Left
		return next.box.Left < hanging-0.5*em && len(open) > 1 && last.box.Left > hanging-0.5*em
	}
	in := next.box.Left - last.box.Left
	// A line that is set in from both the column and the line before starts a
	// paragraph, unless both are centred.
	return in > 0.8*em && in < 5*em && last.box.Left < c.left+0.5*em && !c.centred(last, next)
}

func (c *column) centred(a, b *line) bool {
	middle := (a.box.Left + a.box.Right) / 2
	return math.Abs(middle-(b.box.Left+b.box.Right)/2) < 0.3*a.size && b.box.Right < c.right-0.8*b.size
}

// fits says whether next's first word would have had room at the end of last:
// then the line was not broken for want of room.
func (c *column) fits(last, next *line) bool {
	word := next.words[0].Box.Width()
	return last.box.Right+0.3*last.size+word < c.right-0.2*last.size
}

// slack is the share of the column's width that a line leaves free.
func (c *column) slack(l *line) float64 {
	return (c.right - l.box.Right) / max(c.right-c.left, 1)
}
