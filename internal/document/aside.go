package document

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// aside says whether the columns are blocks that happen to stand beside each
// other: addresses, or labels with what belongs to them.
func (t *Table) aside() bool {
	labels, texts, addresses := make([]int, t.Columns), make([]int, t.Columns), make([]int, t.Columns)
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Text == "" {
			continue
		}
		texts[c.Column]++
		if strings.HasSuffix(c.Text, ":") {
			labels[c.Column]++
		}
		if isAddressLine(c.Text) {
			addresses[c.Column]++
		}
	}
	places := 0
	for c := range labels {
		if texts[c] >= 2 && 2*labels[c] > texts[c] {
			return true
		}
		if addresses[c] > 0 {
			places++
		}
	}
	return places >= 2
}

// isAddressLine knows a line of a postal address: a street with its number at
// the end or the beginning, or a place after or before its code.
func isAddressLine(s string) bool {
	words := strings.Fields(strings.Trim(s, ",."))
	if len(words) < 2 || len(words) > 7 {
		return false
	}
	first, last := words[0], words[len(words)-1]
	name := func(w string) bool {
		r, size := utf8.DecodeRuneInString(w)
		return len(w) > size && unicode.IsUpper(r) && strings.IndexFunc(w, unicode.IsDigit) < 0
	}
	number := func(w string, lo, hi int) bool {
		return len(w) >= lo && len(w) <= hi && only(w, "0123456789")
	}
	switch {
	case number(first, 4, 6) && !isYear(first) && name(words[1]):
		return true // 20457 Hamburg
	case number(last, 5, 5) && len(words) >= 3 && len(words[len(words)-2]) == 2 && name(words[len(words)-2]):
		return true // Seattle, WA 98109
	case number(last, 1, 4) && !isYear(last) && slices.ContainsFunc(words[:len(words)-1], isStreet):
		return true
	}
	return number(first, 1, 5) && isStreet(last)
}

// streets are how the names of streets begin or end, in lower case.
var streets = []string{"straße", "strasse", "str", "weg", "platz", "gasse", "allee", "bahnhof", "street", "st", "road", "rd", "avenue", "ave", "lane", "drive", "boulevard", "blvd", "way", "rue", "via", "calle", "straat", "laan", "gate"}

func isStreet(w string) bool {
	w = strings.ToLower(strings.Trim(w, ".,"))
	return slices.ContainsFunc(streets, func(s string) bool { return w == s || len(s) > 3 && strings.HasSuffix(w, s) })
}

// blockGap is the least gap, in font sizes, between blocks beside each other.
const blockGap = 1.5

// sideBySide parts lines that are no table into the blocks of text that stand
// beside each other in them, each read by itself; nil when they are rows. More
// is how many of the lines after them go on in a block.
func (s *surface) sideBySide(ls, after []line) (all [][]phrase, more int) {
	box := ls[0].box
	for i := range ls {
		box = box.Union(ls[i].box)
	}
	counts := countGaps(ls, box.Left-1, box.Right+1)
	xs := []float64{box.Left - 1}
	for _, gap := range counts.separators(2, 0.2) {
		if gap.to-gap.from >= blockGap*ls[0].size {
			xs = append(xs, gap.middle())
		}
	}
	xs = append(xs, box.Right+1)
	more = below(ls, after, xs)
	ls = append(slices.Clip(ls), after[:more]...)
	blocks := make([]textBlock, len(xs)-1)
	for i := range ls {
		for c, text := range textByColumn(&ls[i], xs) {
			blocks[c].add(text)
		}
		for _, w := range ls[i].words {
			c := columnOf(xs, w.Box)
			blocks[c].words = append(blocks[c].words, w)
		}
	}
	return s.apart(blocks), more
}

// below is how many of the lines after a run go on in one of its blocks: they
// stand in one column and no farther apart than the lines above.
func below(run, after []line, xs []float64) int {
	last := &run[len(run)-1]
	step := last.baseline - run[len(run)-2].baseline
	for n := range after {
		l := &after[n]
		c := columnAt(xs, l.box.Left+1)
		if c != columnAt(xs, l.box.Right-1) || l.baseline-last.baseline > 1.2*step || l.size != last.size {
			return n
		}
		last = l
	}
	return len(after)
}

// textBlock is what stands in one column of a run of lines.
type textBlock struct {
	words                  []Word
	lines, labels, numbers int
}

func (b *textBlock) add(text string) {
	if text == "" {
		return
	}
	b.lines++
	if strings.HasSuffix(text, ":") {
		b.labels++
	}
	if isNumeric(strings.ReplaceAll(text, " ", "")) {
		b.numbers++
	}
}

// apart joins labels with what they name, and gives blocks that can be read
// one after the other: each has two lines and is no column of numbers.
func (s *surface) apart(blocks []textBlock) [][]phrase {
	var all [][]phrase
	for i := 0; i < len(blocks); i++ {
		b := blocks[i]
		if 2*b.labels > b.lines && i+1 < len(blocks) {
			i++
			b.words = append(b.words, blocks[i].words...)
			b.lines = max(b.lines, blocks[i].lines)
		} else if 2*b.numbers > b.lines {
			return nil
		}
		if b.lines < 2 {
			return nil
		}
		if left := boxOf(b.words).Left; len(all) > 0 && left-s.left() < s.page.Width/3 {
			return nil
		}
		single := make([]phrase, len(b.words))
		for k := range b.words {
			single[k] = phrase{words: b.words[k : k+1 : k+1], box: b.words[k].Box, size: b.words[k].Size}
		}
		all = append(all, single)
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// left is where the surface begins.
func (s *surface) left() float64 {
	return s.toSurface(Box{0, 0, s.page.Width, s.page.Height}).Left
}
