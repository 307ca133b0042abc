package document

import (
	"math"
)

// Gaps between words, in font sizes: from cellSpace on two words may belong to
// different cells.
const cellSpace = 0.45

// block is a run of words of one line without a gap between cells.
type block struct {
	words []Word
	left  float64
	right float64
}

// blocks cuts a line at gaps of that many font sizes.
func (l *line) blocks(gap float64) []block {
	var all []block
	first := 0
	for i := range l.words {
		w := &l.words[i]
		if i > 0 {
			last := &all[len(all)-1]
			if w.Box.Left-last.right <= gap*max(w.Size, 1) {
				last.words = l.words[first : i+1 : i+1]
				last.right = max(last.right, w.Box.Right)
				continue
			}
		}
		first = i
		all = append(all, block{words: l.words[i : i+1 : i+1], left: w.Box.Left, right: w.Box.Right})
	}
	return all
}

// gapStep is the width, in points, of the steps in which gaps are counted, and
// maxSteps bounds their number.
const (
	gapStep  = 0.75
	maxSteps = 20_000
)

// gapCounts says for each step from left on how many lines have text across
// it, and how many a gap with text on both sides.
type gapCounts struct {
	left          float64
	crossed, gaps []int
}

func countGaps(lines []line, left, right float64) gapCounts {
	n := int((right - left) / gapStep)
	c := gapCounts{left: left}
	if n < 1 || n > maxSteps {
		return c
	}
	c.crossed, c.gaps = make([]int, n+2), make([]int, n+2)
	step := func(x float64) int { return min(max(int((x-left)/gapStep), 0), n) }
	for i := range lines {
		blocks := lines[i].blocks(cellSpace)
		for k, b := range blocks {
			c.crossed[step(b.left)]++
			c.crossed[step(b.right)+1]--
			if k > 0 {
				c.gaps[step(blocks[k-1].right)+1]++
				c.gaps[max(step(b.left), step(blocks[k-1].right)+1)]--
			}
		}
	}
	for i := 1; i <= n; i++ {
		c.crossed[i] += c.crossed[i-1]
		c.gaps[i] += c.gaps[i-1]
	}
	c.crossed, c.gaps = c.crossed[:n+1], c.gaps[:n+1]
	return c
}

// separator is a strip between two columns.
type separator struct {
	from, to float64
	gaps     int // lines that have a gap there
	crossed  int
}

func (s separator) middle() float64 { return (s.from + s.to) / 2 }

// separators are the strips that at least least lines leave free, and at most
// a share of those cross.
func (c *gapCounts) separators(least int, share float64) []separator {
	var all []separator
	for i := 0; i < len(c.gaps); {
		if !c.free(i, least, share) {
			i++
			continue
		}
		j := i
		for j < len(c.gaps) && c.free(j, least, share) {
			j++
		}
		all = append(all, c.best(i, j))
		i = j
	}
	return all
}

func (c *gapCounts) free(i, least int, share float64) bool {
	return c.gaps[i] >= least && float64(c.crossed[i]) <= share*float64(c.gaps[i]+c.crossed[i])
}

// best is the part of a free strip that the most lines leave free: the longest
// such part.
func (c *gapCounts) best(from, to int) separator {
	score := func(i int) int { return c.gaps[i] - 2*c.crossed[i] }
	most := math.MinInt
	for i := from; i < to; i++ {
		most = max(most, score(i))
	}
	var b separator
	for i := from; i < to; {
		if score(i) < most {
			i++
			continue
		}
		j := i
		for j < to && score(j) == most {
			j++
		}
		if width := float64(j-i) * gapStep; width > b.to-b.from {
			b = separator{c.left + float64(i)*gapStep, c.left + float64(j)*gapStep, c.gaps[i], c.crossed[i]}
		}
		i = j
	}
	return b
}
