package extract

import (
	"math"
	"slices"
	"strings"

	"docket/internal/document"
)

// candidate is a value with its place and how sure it is.
type candidate struct {
	leaf
}

// How sure a value is by where it stands to its label.
const (
	besideCell  = 1.0  // the next cell, or behind a colon
	insideCell  = 0.95 // behind the label in one cell
	nextCell    = 0.9  // text in the next cell, without a colon between
	belowCell   = 0.87
	belowCells  = 0.72 // two rows below
	columnCell  = 0.6  // of a cell in a column of numbers
	perWord     = 0.07 // lost for each word between label and value
	maxBetween  = 6    // words
	prosePart   = 0.6  // of a label in running text
	prefixed    = 0.87 // of a label behind other words
	extended    = 0.85 // of a label before other words of a longer label
	claimedPart = 0.5  // of a label inside a longer one of something else
	maxRowsDown = 2
)

// prepositions are labels only where nothing stands before them.
var prepositions = []string{"from", "to", "until", "von", "vom", "bis", "an", "du", "au", "dal", "al", "desde", "hasta", "aan", "due", "for"}

// mention is a label where it stands.
type mention struct {
	row, cell  int
	start, end int // in the row's text
	quality    float64
}

// mentions finds a label of the field on the sheet.
func (s *sheet) mentions(f *field, l label) []mention {
	var all []mention
	for _, p := range s.index[l.words[0]] {
		r := &s.rows[p.row]
		c := &r.cells[p.cell]
		if p.token+len(l.words) > len(c.tokens) {
			continue
		}
		same := true
		for i, w := range l.words {
			same = same && c.tokens[p.token+i].word == w
		}
		if !same {
			continue
		}
		last := p.token + len(l.words) - 1
		m := mention{row: p.row, cell: p.cell, start: c.tokens[p.token].start, end: c.tokens[last].end, quality: l.weight}
		if p.token > 0 && len(l.words) == 1 && slices.Contains(prepositions, l.words[0]) {
			continue // inside a sentence it is no label
		}
		m.quality *= r.standing(c, p.token, m)
		if s.claimed(f, c, p.token, last) {
			m.quality *= claimedPart
		}
		all = append(all, m)
	}
	return all
}

// standing is how much the place looks like that of a label.
func (r *row) standing(c *cell, first int, m mention) float64 {
	colon := strings.HasPrefix(strings.TrimLeft(r.text[m.end:c.end], " .)"), ":")
	before := strings.TrimRight(r.text[c.start:m.start], " ")
	standing := 1.0
	switch {
	case before == "", strings.HasSuffix(before, ":"), strings.HasSuffix(before, "|"), strings.HasSuffix(before, "-"), strings.HasSuffix(before, "•"), strings.HasSuffix(before, "*"), strings.HasSuffix(before, "("):
	case first > 3 && !colon:
		standing = prosePart
	default:
		standing = prefixed
	}
	if len(c.tokens) > 12 && !colon && standing < 1 {
		standing *= prosePart
	}
	// "Total" inside "Total Hours" is another label.
	if !colon {
		if next := strings.TrimSpace(r.text[m.end:c.end]); next != "" && c.end == m.end+len(r.text[m.end:c.end]) && strings.HasSuffix(next, ":") {
			standing *= extended
		}
	}
	return standing
}

// claimed says whether the words of a label are part of a longer label that
// means something else: "total" in "Total HT", "bis" in "Zahlbar bis".
func (s *sheet) claimed(f *field, c *cell, first, last int) bool {
	if first > 0 && f.isCalled("tax amount") && slices.Contains(exclusions, c.tokens[first-1].word) {
		return true
	}
	from, to := max(0, first-maxLabelWords+1), min(len(c.tokens), last+maxLabelWords)
	for a := from; a <= first; a++ {
		phrase := ""
		for b := a; b < to && b-a < maxLabelWords; b++ {
			if b > a {
				phrase += " "
			}
			phrase += c.tokens[b].word
			if b < last || b-a <= last-first || !s.known[phrase] || f.isCalled(phrase) {
				continue
			}
			// "Invoice No. 17 of 2 May" has the date of the invoice.
			if f.kind != dateKind || c.tokens[b].word != "number" {
				return true
			}
		}
	}
	return false
}

// exclusions stand before the name of a tax in the label of an amount with it
// or without it.
var exclusions = []string{"without", "excl", "exkl", "excluding", "exclusive", "ohne", "hors", "sin", "senza", "before", "avant", "zonder", "ex", "inkl", "incl", "including", "inclusive", "inc", "mit", "con", "toutes"}

// maxLabelWords is the most words of a label that another one is looked for in.
const maxLabelWords = 5

// candidates finds what the sheet has for a field beside its labels.
func (s *sheet) candidates(f *field) []candidate {
	var all []candidate
	for _, l := range f.labels {
		for _, m := range s.mentions(f, l) {
			found := append(s.beside(f, m), s.below(f, m)...)
			if f.kind == addressKind && !l.saysAddress() {
				found = slices.DeleteFunc(found, func(c candidate) bool { return !strings.ContainsAny(c.Text, "0123456789") })
			}
			all = append(all, found...)
		}
	}
	return all
}

// saysAddress tells "Billing address" from "Customer", under which a name may
// stand alone.
func (l *label) saysAddress() bool {
	return slices.ContainsFunc(l.words, func(w string) bool { return partWords[w] == wholePart })
}

// beside looks to the right of a label.
func (s *sheet) beside(f *field, m mention) []candidate {
	r := &s.rows[m.row]
	if f.kind == textKind || f.kind == companyKind || f.kind == longTextKind || f.kind == addressKind || f.kind == booleanKind {
		return s.textBeside(f, m)
	}
	var all []candidate
	found := f.finds(r.text[m.end:], s.loc)
	for i, x := range found {
		start, end := x.start+m.end, x.end+m.end
		between := r.tokensBetween(m.end, start)
		if between > maxBetween || r.labelled(m.end, start) {
			continue
		}
		certainty := insideCell
		if gap := r.text[m.end:start]; strings.ContainsAny(gap, ":\t") {
			certainty = besideCell
		}
		certainty *= 1 - perWord*float64(between)
		if i > 0 {
			certainty *= 0.97
		}
		if f.isTotal() && i == len(found)-1 && r.onlyNumbers(m.end, found) {
			certainty = min(certainty*1.05, 1)
		}
		all = append(all, s.candidate(r, start, end, x.value, m.quality*certainty*x.certainty))
	}
	return all
}

// isTotal says whether the field is the last of the amounts in a row.
func (f *field) isTotal() bool {
	for _, l := range f.labels {
		if len(l.words) == 2 && l.words[0] == "grand" && l.words[1] == "total" {
			return f.kind == moneyKind
		}
	}
	return false
}

// onlyNumbers says whether nothing but the numbers found stands from a place
// on, at least two of them.
func (r *row) onlyNumbers(from int, found []find) bool {
	if len(found) < 2 {
		return false
	}
	rest := r.text[from:]
	end := len(rest)
	for i := len(found) - 1; i >= 0; i-- {
		// A sign between two numbers may have gone with both.
		rest = rest[:found[i].start] + rest[min(found[i].end, end):]
		end = found[i].start
	}
	return strings.Trim(rest, " \t:.") == ""
}

// labelled says whether another label with its colon stands between.
func (r *row) labelled(start, end int) bool {
	between := strings.TrimSpace(r.text[start:end])
	first := strings.Index(between, ":")
	return first > 0 && strings.ContainsFunc(between[:first], isLetter) && strings.ContainsAny(r.text[start:end], "\t") || strings.Count(between, ":") > 1
}

func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= 0x80 }

// textBeside takes the rest of the label's cell, else the next cell.
func (s *sheet) textBeside(f *field, m mention) []candidate {
	r := &s.rows[m.row]
	c := &r.cells[m.cell]
	rest := r.text[m.end:c.end]
	certainty := insideCell
	start := m.end
	if colon := strings.IndexByte(rest, ':'); colon >= 0 && r.tokensBetween(m.end, m.end+colon) <= 2 {
		start += colon + 1
		certainty = besideCell * (1 - perWord*float64(r.tokensBetween(m.end, m.end+colon)))
	} else if strings.TrimFunc(rest, isPadding) != "" {
		certainty = 0.55 // "Name of the bank" is no name
	}
	if strings.TrimFunc(r.text[start:c.end], isPadding) == "" {
		if m.cell+1 >= len(r.cells) {
			return nil
		}
		next := &r.cells[m.cell+1]
		if strings.HasSuffix(r.text[next.start:next.end], ":") || s.isLabel(next) {
			return nil
		}
		if certainty < besideCell {
			certainty = nextCell
		}
		start, c = next.start, next
	}
	var all []candidate
	for _, x := range f.finds(r.text[start:c.end], s.loc) {
		certainty := certainty * (1 - perWord*float64(r.tokensBetween(start, start+x.start)))
		all = append(all, s.candidate(r, start+x.start, start+x.end, x.value, m.quality*certainty*x.certainty))
	}
	return all
}

func (s *sheet) candidate(r *row, start, end int, value any, score float64) candidate {
	text := strings.ReplaceAll(r.text[start:end], "\t", " ")
	if v, ok := value.(string); ok {
		value = strings.ReplaceAll(v, "\t", " ")
	}
	return candidate{leaf: s.leaf(value, text, r.boxOf(start, end), score)}
}

func (s *sheet) leaf(value any, text string, b document.Box, score float64) leaf {
	round := func(v float64) float64 { return math.Round(v*100) / 100 }
	b = s.frame.OnPage(b)
	return leaf{
		Value: value, Score: round(min(max(score, 0), 0.99)), Page: s.number, Text: text,
		BBox:  &[4]float64{round(b.Left), round(b.Top), round(b.Right), round(b.Bottom)},
		Width: round(s.width), Height: round(s.height),
	}
}
