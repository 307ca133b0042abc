package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRowGap is the widest gap between the rows of a table, in heights of text.
const maxRowGap = 4.5

// rows reads the rows under headings and returns the first row that is none.
func (l *list) rows(p *sheet, c *columns, headings map[int]*columns) int {
	end := l.end(p, c.below, headings)
	c.divide(p.rows[c.below:end])
	t := tableRows{sheet: p, frame: c.box(), headed: p.rows[c.below-1].box, fields: c.fields}
	for i := c.below; i < end; i++ {
		t.lines = append(t.lines, l.line(p, &p.rows[i], c))
	}
	l.items = append(l.items, t.items()...)
	l.items = l.items[:min(len(l.items), maxItems)]
	return end
}

// end is the first row from one on that is no part of a table.
func (l *list) end(p *sheet, from int, headings map[int]*columns) int {
	before := p.rows[from-1].box
	for i := from; i < len(p.rows); i++ {
		r := &p.rows[i]
		if r.box.Top-before.Bottom > maxRowGap*max(before.Height(), 8) || l.closes(r) || headings[i] != nil {
			return i
		}
		before = r.box
	}
	return len(p.rows)
}

// sums begin the rows under a table.
var sums = [][]string{
	{"total"}, {"subtotal"}, {"sub", "total"}, {"sum"}, {"summe"}, {"gesamt"}, {"gesamtbetrag"}, {"zwischensumme"}, {"netto"}, {"nettobetrag"},
	{"totaal"}, {"subtotaal"}, {"grand", "total"}, {"net", "total"}, {"net", "amount"}, {"vat"}, {"tax"}, {"sale", "tax"}, {"balance", "due"},
	{"amount", "due"}, {"rechnungsbetrag"}, {"endbetrag"}, {"mehrwertsteuer"}, {"umsatzsteuer"}, {"exclusief"}, {"montant", "total"}, {"zzgl"}, {"rechnungssumme"}, {"gesamtsumme"},
}

// closes says whether a row sums up the table.
func (l *list) closes(r *row) bool {
	if !strings.ContainsAny(r.text, "0123456789") {
		return false
	}
	tokens := r.cells[0].tokens
	for _, words := range sums {
		if len(tokens) < len(words) || len(tokens) > len(words)+4 {
			continue
		}
		same := true
		for i, w := range words {
			same = same && tokens[i].word == normalWord(w)
		}
		if same {
			return true
		}
	}
	return l.sumsUp(tokens)
}

// sumsUp says whether a cell is a label of a sum, or one before a number, as
// in "IVA (21%)".
func (l *list) sumsUp(tokens []token) bool {
	for len(tokens) > 0 {
		last := tokens[len(tokens)-1].word
		if r, _ := utf8.DecodeRuneInString(last); !unicode.IsDigit(r) && last != "eur" {
			break
		}
		tokens = tokens[:len(tokens)-1]
	}
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.word
	}
	return len(words) > 0 && l.sums[strings.Join(words, " ")]
}

// sumLabels are the labels of sums, those aside that are columns too.
func sumLabels() map[string]bool {
	all := map[string]bool{}
	for _, group := range synonyms {
		if !slices.Contains([]string{"total", "net", "tax"}, group[0]) {
			continue
		}
		for _, phrase := range group {
			all[strings.Join(normalWords(phrase), " ")] = true
		}
	}
	return all
}

// line reads a row.
func (l *list) line(p *sheet, r *row, c *columns) tableLine {
	fields := l.field.items.fields
	t := tableLine{box: r.box, across: c.across(r), split: c.splits(r)}
	for _, f := range fields {
		t.item.Fields = append(t.item.Fields, member{f.name, empty(f)})
	}
	strong, texts := 0, c.cut(r)
	for i, col := range c.all {
		if col.field < 0 || texts[i][1] <= texts[i][0] {
			continue
		}
		f := fields[col.field]
		start, end := texts[i][0], texts[i][1]
		found := f.finds(r.text[start:end], p.loc)
		if len(found) == 0 {
			continue
		}
		x := found[0]
		if other := r.tokensBetween(start, start+x.start) + r.tokensBetween(start+x.end, end); other > 1 && !f.isText() {
			continue
		}
		value := p.candidate(r, start+x.start, start+x.end, x.value, col.fit*max(x.certainty, 0.8)*0.97)
		t.item.Fields[col.field].Node = node{Leaf: &value.leaf}
		t.filled++
		if f.isText() {
			t.text = r.text[start+x.start : start+x.end]
		} else {
			strong++
		}
	}
	t.lone = strong == 1 && t.filled == 1 && c.fields > 2
	t.begins = strong > 0 && !t.lone || t.filled > 0 && t.filled == c.fields
	return t
}

// empty is the result of a field without anything.
func empty(f *field) node { return newSlot(f).result() }

// extend adds the text of a line to the item whose cell it continues. What
// the item does not have it takes from the line.
func extend(item, line *node) {
	for i := range line.Fields {
		more, had := line.Fields[i].Node.Leaf, item.Fields[i].Node.Leaf
		if more == nil || more.Value == nil || had == nil {
			continue
		}
		if had.Value == nil {
			item.Fields[i].Node.Leaf = more
			continue
		}
		a, isText := had.Value.(string)
		b, isText2 := more.Value.(string)
		if !isText || !isText2 || len(a)+len(b) > 4*maxText || had.Page != more.Page {
			continue
		}
		joined := *had
		joined.Value = a + " " + b
		joined.Text = had.Text + " " + more.Text
		joined.BBox = &[4]float64{
			min(had.BBox[0], more.BBox[0]), min(had.BBox[1], more.BBox[1]), max(had.BBox[2], more.BBox[2]), max(had.BBox[3], more.BBox[3]),
		}
		item.Fields[i].Node.Leaf = &joined
	}
}
