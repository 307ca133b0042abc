package document

import (
	"cmp"
	"math"
	"slices"
)

// What a dot must be like to be the bullet of a line, in font sizes: how large,
// how far before the text, and how high above the foot of the letters its
// middle is.
const (
	leastBullet, mostBullet         = 0.12, 0.75
	leastBulletGap, mostBulletGap   = 0.12, 3.0
	leastBulletRise, mostBulletRise = 0.05, 0.62
)

// Bullets of one list have one size and stand as far before their text and as
// high, but for so many font sizes; and two of them stand under each other.
const (
	sameBullet    = 0.15
	sameBulletGap = 0.25
)

// dotsOf are the dots of a page from top to bottom. One that is painted twice is
// one.
func (s *surface) dotsOf(p *Page) []Box {
	var all []Box
	for _, d := range p.Dots {
		all = append(all, s.toSurface(d.Box))
	}
	slices.SortFunc(all, func(a, b Box) int {
		return cmp.Or(cmp.Compare(a.Top+a.Bottom, b.Top+b.Bottom), cmp.Compare(a.Left, b.Left))
	})
	return slices.CompactFunc(all, func(a, b Box) bool { return a.contains(b) || b.contains(a) })
}

// bulleted is a line of a column with the dot before it.
type bulleted struct {
	line int
	dot  Box
	size float64 // of the text
	gap  float64 // before the text
	rise float64 // of its middle above the foot of the letters
}

// like says whether two bullets may be of one list.
func (b *bulleted) like(o *bulleted) bool {
	near := func(x, y, most float64) bool { return math.Abs(x-y) < most*b.size }
	return near(b.dot.Width(), o.dot.Width(), sameBullet) && near(b.rise, o.rise, sameBullet) && near(b.gap, o.gap, sameBulletGap)
}

// drawnBullets makes list items of lines with a dot before them, where several
// are alike. Lines in the runs are rows of tables.
func (s *surface) drawnBullets(lines []line, runs []tableRun) {
	var all []bulleted
	for i := range lines {
		l := &lines[i]
		if _, table := inTable(runs, i); table || l.row || l.mark != noMark {
			continue
		}
		if dot, ok := s.bulletOf(l); ok {
			all = append(all, bulleted{i, dot, l.size, l.box.Left - dot.Right, l.baseline - (dot.Top+dot.Bottom)/2})
		}
	}
	for len(all) > 0 {
		list, others := all[:1:1], []bulleted(nil)
		for _, b := range all[1:] {
			if all[0].like(&b) {
				list = append(list, b)
			} else {
				others = append(others, b)
			}
		}
		if stacked(list) && !headings(lines, list) {
			for _, b := range list {
				lines[b.line].bullet(b.dot)
			}
		}
		all = others
	}
}

// bulletOf is the dot that stands before a line alone.
func (s *surface) bulletOf(l *line) (dot Box, ok bool) {
	top, bottom := l.baseline-mostBulletRise*l.size, l.baseline-leastBulletRise*l.size
	i, _ := slices.BinarySearchFunc(s.dots, top, func(b Box, y float64) int { return cmp.Compare((b.Top+b.Bottom)/2, y) })
	for ; i < len(s.dots) && (s.dots[i].Top+s.dots[i].Bottom)/2 <= bottom; i++ {
		b := s.dots[i]
		gap, size := l.box.Left-b.Right, max(b.Width(), b.Height())
		if gap < leastBulletGap*l.size || gap > mostBulletGap*l.size {
			continue
		}
		if ok || size < leastBullet*l.size || size > mostBullet*l.size {
			return Box{}, false // more than one, or no bullet
		}
		dot, ok = b, true
	}
	return dot, ok
}

// stacked says whether two of the dots stand under each other.
func stacked(list []bulleted) bool {
	lefts := make([]float64, len(list))
	for i := range list {
		lefts[i] = list[i].dot.Left
	}
	slices.Sort(lefts)
	for i := 1; i < len(lefts); i++ {
		if lefts[i]-lefts[i-1] < 1 {
			return true
		}
	}
	return false
}

// headings says whether most of the lines look like headings of the lines below
// them, as in a drawn course of events: then the dots are no bullets.
func headings(lines []line, list []bulleted) bool {
	n := 0
	for k := range list {
		i := list[k].line
		if i+1 >= len(lines) || k+1 < len(list) && list[k+1].line == i+1 {
			continue
		}
		l, next := &lines[i], &lines[i+1]
		if math.Abs(next.box.Left-l.box.Left) < 0.5*l.size && (l.bold && !next.bold || l.size > 1.1*next.size) {
			n++
		}
	}
	return 2*n > len(list)
}

// bullet puts a bullet before the line.
func (l *line) bullet(dot Box) {
	w := Word{Text: "•", Box: dot, Baseline: l.baseline, Size: l.size, Font: -1, Turn: l.words[0].Turn}
	l.words = append([]Word{w}, l.words...)
	l.box = l.box.Union(dot)
	l.mark = bulletMark
}
