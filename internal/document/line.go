package document

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Distances between words, in font sizes. Nearer than phraseGap they belong
// to one phrase; a line with a gap above cellGap is taken for a row of cells.
const (
	phraseGap = 0.9
	cellGap   = 2.0
)

// phrase is a run of words on one line with no gap that could be a gutter.
type phrase struct {
	words []Word
	box   Box
	size  float64 // of its first word
	// figure is what stands here instead of words, or nil.
	figure *figure
}

// phrases joins words that follow each other in the file and on the line. They
// share the array of words.
func phrases(words []Word) []phrase {
	var all []phrase
	first := 0
	for i := range words {
		w := &words[i]
		if n := len(all); n > 0 && all[n-1].takes(w) {
			all[n-1].words = words[first : i+1 : i+1]
			all[n-1].box = all[n-1].box.Union(w.Box)
			continue
		}
		first = i
		all = append(all, phrase{words: words[i : i+1 : i+1], box: w.Box, size: w.Size})
	}
	return all
}

func (p *phrase) takes(w *Word) bool {
	last := &p.words[len(p.words)-1]
	size := max(last.Size, w.Size)
	gap := w.Box.Left - last.Box.Right
	return gap <= phraseGap*size && gap >= -0.5*size && sameLine(last.Box, w.Box)
}

// sameLine says whether two boxes overlap in height by half of the lower one.
func sameLine(a, b Box) bool {
	overlap := min(a.Bottom, b.Bottom) - max(a.Top, b.Top)
	return overlap >= min(a.Height(), b.Height())/2
}

// line is one line of a column.
type line struct {
	words    []Word
	box      Box
	baseline float64
	size     float64 // the size of most of its letters
	bold     bool    // most of its letters are bold
	face     string  // the name of the font of nearly all of its letters, or empty
	italic   bool    // and that font slants
	mono     bool    // or has letters of one width
	row      bool    // it has gaps like those between cells
	mark     mark    // how it begins, if as a list item
	mirrored bool    // left and right are exchanged
	page     *Page   // that it stands on
	hang     float64 // where the text after a label such as "5.4." begins; 0 without one
}

// lines sorts the phrases of one column into lines from top to bottom.
func (s *surface) lines(column []phrase) []line {
	column = slices.Clone(column)
	slices.SortStableFunc(column, func(a, b phrase) int {
		return cmp.Or(cmp.Compare(a.box.Top+a.box.Bottom, b.box.Top+b.box.Bottom), cmp.Compare(a.box.Left, b.box.Left))
	})
	var all []line
	end := func(group []phrase) {
		l := newLine(group, s.fonts)
		l.mirrored, l.page = s.mirrored, s.page
		all = append(all, l)
	}
	// The largest text of a line decides what belongs to it, so that neither a
	// superscript nor a subscript draws the next line in.
	var tallest Box
	first := 0
	for i := range column {
		box := column[i].box
		switch {
		case i > 0 && !sameLine(tallest, box):
			end(column[first:i])
			first, tallest = i, box
		case i == 0 || box.Height() > tallest.Height():
			tallest = box
		}
	}
	if len(column) > 0 {
		end(column[first:])
	}
	return all
}

func newLine(group []phrase, fonts []Font) line {
	l := line{box: group[0].box}
	n := 0
	for _, p := range group {
		n += len(p.words)
	}
	l.words = make([]Word, 0, n)
	for _, p := range group {
		l.words = append(l.words, p.words...)
		l.box = l.box.Union(p.box)
	}
	slices.SortStableFunc(l.words, func(a, b Word) int { return cmp.Compare(a.Box.Left, b.Box.Left) })
	l.words = slices.CompactFunc(l.words, overprinted)
	l.measure(fonts)
	l.mark = markOf(l.words, fonts)
	first := 1
	if l.mark != noMark {
		first = 2 // the gap after a bullet says nothing
	} else if n := labelWords(l.words); n > 0 {
		first = n + 1
		l.hang = l.words[n].Box.Left
	}
	for i := first; i < len(l.words); i++ {
		if l.words[i].Box.Left-l.words[i-1].Box.Right > cellGap*l.size {
			l.row = true
		}
	}
	return l
}

// overprinted says whether two words are the same one, moved a little: a
// shadow, or bold for want of a bold font.
func overprinted(a, b Word) bool {
	near := 0.3 * min(a.Size, b.Size)
	return a.Text == b.Text && math.Abs(b.Box.Left-a.Box.Left) < near && math.Abs(b.Box.Top-a.Box.Top) < near
}

// measure finds what most of the line's letters have in common.
func (l *line) measure(fonts []Font) {
	letters, byFont := map[float64]int{}, map[int]int{}
	total, bold := 0, 0
	for i := range l.words {
		w := &l.words[i]
		n := utf8.RuneCountInString(w.Text)
		total += n
		if w.Font >= 0 && w.Font < len(fonts) && fonts[w.Font].Bold {
			bold += n
		}
		letters[w.Size] += n
		byFont[w.Font] += n
		if best := letters[l.size]; letters[w.Size] > best || letters[w.Size] == best && w.Size > l.size {
			l.size, l.baseline = w.Size, w.Baseline
		}
	}
	l.bold = bold*10 >= total*9
	for font, n := range byFont {
		if n*10 >= total*9 && font >= 0 && font < len(fonts) {
			l.face, l.italic, l.mono = fonts[font].Name, fonts[font].Italic, fonts[font].Mono
		}
	}
}

// confidence is how sure the recognition of the line's text was, from 0 to 1,
// on average over its letters; 0 when it was read from the file.
func (l *line) confidence() float64 {
	sum, letters := 0, 0
	for i := range l.words {
		n := len(l.words[i].Text)
		sum, letters = sum+n*l.words[i].Confidence, letters+n
	}
	return round(float64(sum) / float64(100*max(letters, 1)))
}

func (l *line) text() string {
	var b strings.Builder
	for i, w := range inReadingOrder(l.words, l.mirrored) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

// ends says whether the line closes a sentence.
func (l *line) ends() bool {
	text := strings.TrimRight(l.words[len(l.words)-1].Text, `"')]”’»`)
	last, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(".!?:;。！？", last)
}
