package extract

import (
	"strings"

	"docket/internal/document"
	"docket/internal/op"
)

// sheet is a page as rows of text in which labels can be looked up.
type sheet struct {
	number        int           // from 1
	width, height float64       // in points
	frame         document.Page // the page without what stands on it
	rows          []row
	index         map[string][]place // where each word stands
	loc           locale
	known         vocabulary
	edges         []edge
	periods       *ends // nil until they are looked for
	addresses     *[]block
}

// vocabulary is every phrase that is a label of something.
type vocabulary map[string]bool

// newVocabulary has the common labels and those of the schema.
func newVocabulary(root *field) vocabulary {
	v := vocabulary{}
	for _, table := range [][][]string{synonyms, itemSynonyms} {
		for _, group := range table {
			for _, phrase := range group {
				v[strings.Join(normalWords(phrase), " ")] = true
			}
		}
	}
	v.learn(root)
	return v
}

func (v vocabulary) learn(f *field) {
	for _, l := range f.labels {
		v[strings.Join(l.words, " ")] = true
	}
	for _, child := range f.fields {
		v.learn(child)
	}
	if f.items != nil {
		v.learn(f.items)
	}
}

// isLabel says whether a cell is a label and nothing else.
func (s *sheet) isLabel(c *cell) bool {
	words := make([]string, len(c.tokens))
	for i, t := range c.tokens {
		words[i] = t.word
	}
	return s.known[strings.Join(words, " ")]
}

// row is one line of a page.
type row struct {
	text  string // cells apart by a tab, words by a space
	words []word
	cells []cell
	box   document.Box
}

// word is where a word stands in the text of its row and on the page.
type word struct {
	start, end int
	box        document.Box
}

// cell is a run of words without a wide gap.
type cell struct {
	start, end int // in the row's text
	box        document.Box
	tokens     []token // places in the row's text
}

// place is a token of a sheet.
type place struct{ row, cell, token int }

// newSheet arranges the words of a page.
func newSheet(p *document.Page, known vocabulary) *sheet {
	s := &sheet{known: known, number: p.Number, width: p.Width, height: p.Height, frame: document.Page{Width: p.Width, Height: p.Height, Tilt: p.Tilt}, index: map[string][]place{}}
	for _, line := range op.Lines(p) {
		s.rows = append(s.rows, newRow(&line))
	}
	s.edges = edgesOf(p)
	s.learn()
	s.loc = s.findLocale()
	return s
}

// learn notes where each word stands.
func (s *sheet) learn() {
	for r := range s.rows {
		for c := range s.rows[r].cells {
			for t, token := range s.rows[r].cells[c].tokens {
				s.index[token.word] = append(s.index[token.word], place{r, c, t})
			}
		}
	}
}

func newRow(line *op.Line) row {
	r := row{box: line.Box}
	var b strings.Builder
	for i := range line.Cells {
		from := &line.Cells[i]
		if i > 0 {
			b.WriteByte('\t')
		}
		c := cell{start: b.Len(), box: from.Box}
		for n := range from.Words {
			if n > 0 {
				b.WriteByte(' ')
			}
			start := b.Len()
			b.WriteString(from.Words[n].Text)
			r.words = append(r.words, word{start, b.Len(), from.Words[n].Box})
		}
		c.end = b.Len()
		c.tokens = tokenize(from.Text)
		for t := range c.tokens {
			c.tokens[t].start += c.start
			c.tokens[t].end += c.start
		}
		r.cells = append(r.cells, c)
	}
	r.text = b.String()
	return r
}

// boxOf is the box around the words of a part of the text.
func (r *row) boxOf(start, end int) document.Box {
	var box document.Box
	found := false
	for i := range r.words {
		w := &r.words[i]
		if w.end <= start || w.start >= end {
			continue
		}
		if !found {
			box, found = w.box, true
		}
		box = box.Union(w.box)
	}
	if !found {
		return r.box
	}
	return box
}

// tokensBetween is the number of words between two places in the text.
func (r *row) tokensBetween(start, end int) int {
	n := 0
	for i := range r.cells {
		for _, t := range r.cells[i].tokens {
			if t.start >= start && t.end <= end {
				n++
			}
		}
	}
	return n
}

// findLocale looks for numbers and signs that can be read in one way.
func (s *sheet) findLocale() locale {
	comma, point, dollars, dayFirst, monthFirst := 0, 0, 0, 0, 0
	for i := range s.rows {
		text := s.rows[i].text
		for _, m := range numbers.FindAllString(text, -1) {
			n := len(m)
			switch {
			case n > 3 && m[n-3] == ',':
				comma++
			case n > 3 && m[n-3] == '.' && strings.Count(m, ".") == 1:
				point++
			}
		}
		dollars += strings.Count(text, "$")
		for _, m := range dateDMY.FindAllStringSubmatch(text, -1) {
			switch {
			case m[2] != "/":
			case above12(m[1]):
				dayFirst++
			case above12(m[3]):
				monthFirst++
			}
		}
	}
	return locale{
		decimalComma: comma > point,
		monthFirst:   monthFirst > dayFirst || dayFirst == 0 && dollars > 0 && comma <= point,
	}
}
