package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"docket/internal/document"
)

// maxRowGap is the widest gap between the rows of a table, in heights of text.
const maxRowGap = 4.5

// rows reads the rows under headings and returns the first row that is none.
func (l *list) rows(p *sheet, from int, c *columns, headings map[int]*columns) int {
	before := p.rows[from-1].box
	var last *node   // the item above
	var above []node // lines of text that belong to the item below
	for i := from; i < len(p.rows); i++ {
		r := &p.rows[i]
		if r.box.Top-before.Bottom > maxRowGap*max(before.Height(), 8) || l.closes(r) || headings[i] != nil || len(l.items) >= maxItems {
			return i
		}
		item, strong, filled := l.item(p, r, c)
		gap := r.box.Top - before.Bottom
		switch {
		case strong > 0 || filled > 0 && filled == c.fields:
			for n := len(above) - 1; n >= 0; n-- {
				extend(&above[n], &item)
				item = above[n]
			}
			above = nil
			l.items = append(l.items, item)
			last = &l.items[len(l.items)-1]
		case filled == 1 && i+1 < len(p.rows) && nearer(p.rows[i+1].box, r.box, gap):
			above = append(above, item)
		case last != nil && filled == 1 && gap < 0.8*before.Height():
			extend(last, &item)
		}
		before = r.box
	}
	return len(p.rows)
}

// nearer says whether a line overlaps in height with the one after it, and is
// apart from the one before it by more: the cells beside it are centred.
func nearer(next, line document.Box, gap float64) bool {
	down := next.Top - line.Bottom
	return down < 0 && down < gap-1
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

// item reads a row. strong counts the properties that show by their form,
// filled all that have a value.
func (l *list) item(p *sheet, r *row, c *columns) (item node, strong, filled int) {
	texts := c.cut(r)
	fields := l.field.items.fields
	item.Fields = make([]member, len(fields))
	for n, f := range fields {
		item.Fields[n] = member{f.name, empty(f)}
	}
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
		found1 := p.candidate(r, start+x.start, start+x.end, x.value, col.fit*max(x.certainty, 0.8)*0.97)
		item.Fields[col.field].Node = node{Leaf: &found1.leaf}
		filled++
		if !f.isText() {
			strong++
		}
	}
	if weak := strong == 1 && filled == 1 && c.fields > 2; weak {
		strong = 0
	}
	return item, strong, filled
}

// cut gives the part of the row's text that stands under each column.
func (c *columns) cut(r *row) [][2]int {
	parts := make([][2]int, len(c.all))
	put := func(col, start, end int) {
		p := &parts[col]
		if p[1] == 0 {
			*p = [2]int{start, end}
			return
		}
		p[0], p[1] = min(p[0], start), max(p[1], end)
	}
	for i := range r.cells {
		cell := &r.cells[i]
		under := 0
		for _, col := range c.all {
			if min(cell.box.Right, col.box.Right)-max(cell.box.Left, col.box.Left) > 0.5*col.box.Width() {
				under++
			}
		}
		if under < 2 {
			put(c.at(cell.box), cell.start, cell.end)
			continue
		}
		for _, w := range r.words {
			if w.start >= cell.start && w.end <= cell.end {
				put(c.at(w.box), w.start, w.end)
			}
		}
	}
	return parts
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
