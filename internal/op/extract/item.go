package extract

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"docket/internal/document"
)

// tableLine is a row of the page in a table.
type tableLine struct {
	box    document.Box
	item   node   // with what stands in its columns
	text   string // in the last column of text
	filled int    // how many properties have a value
	lone   bool   // all that it has is one number
	begins bool   // it has what an item must have; others go on in one
	across bool   // it is text that runs through columns
	split  bool   // a word of it stands in two columns
}

// tableRows makes items of the lines of a table. Each item has one line with
// its numbers; the text beside them may go on below that line, or stand partly
// or wholly above it, where the cells are centred or at the foot of the row.
type tableRows struct {
	sheet  *sheet
	frame  document.Box // of the headings
	headed document.Box // the last line of the headings
	fields int
	lines  []tableLine
}

// How lines of a table lie, in heights of text: steps are alike that differ by
// less than stepNoise, and without another measure a line goes on in one that
// is closer than trailStep.
const (
	stepNoise = 0.15
	trailStep = 1.8
)

// guessed is the most that a value is sure of whose place in its item is a
// guess.
const guessed = 0.65

// items are those of the table, from top to bottom.
func (t *tableRows) items() []node {
	var begins []int
	for i := range t.lines {
		if t.lines[i].begins {
			begins = append(begins, i)
		}
	}
	if len(begins) == 0 {
		return nil
	}
	spans := make([]span, len(begins))
	spans[0].from, spans[0].guess = t.lead(begins[0])
	for k, i := range begins {
		if k+1 < len(begins) {
			next := begins[k+1]
			to, from, sure := t.border(i, next, begins[0] > 0)
			spans[k].to, spans[k+1].from = to, from
			spans[k].guess = spans[k].guess || !sure
			spans[k+1].guess = !sure
		}
	}
	last := begins[len(begins)-1]
	spans[len(spans)-1].to = t.trail(last, begins)
	items := make([]node, len(begins))
	for k, i := range begins {
		items[k] = t.join(spans[k], i)
	}
	return items
}

// span is a run of lines, the last excluded, that are one item.
type span struct {
	from, to int
	guess    bool
}

// join puts the lines of an item together around the one that it begins with.
func (t *tableRows) join(p span, at int) node {
	var item node
	begun, guess := false, p.guess
	for i := p.from; i < p.to; i++ {
		l := &t.lines[i]
		if i != at && (l.filled == 0 || l.across) {
			continue
		}
		guess = guess || l.split || i != at && l.lone && apart(l.box, t.lines[at].box) > l.box.Height()
		if !begun {
			item, begun = l.item, true
			continue
		}
		extend(&item, &l.item)
	}
	if guess {
		item.leaves(func(l *leaf) { l.Score = min(l.Score, guessed) })
	}
	return item
}

// step is how far a line stands below the one before it.
func (t *tableRows) step(i int) float64 {
	if i == 0 {
		return apart(t.headed, t.lines[0].box)
	}
	return apart(t.lines[i-1].box, t.lines[i].box)
}

// ruled says whether a ruling spans a line from the one before it.
func (t *tableRows) ruled(i int) bool {
	if i == 0 {
		return t.sheet.parted(t.headed, t.lines[0].box, t.frame)
	}
	return t.sheet.parted(t.lines[i-1].box, t.lines[i].box, t.frame)
}

// widest is the largest of the steps to the lines from a to b, and whether it
// is clearly larger than the others.
func (t *tableRows) widest(a, b int) (at int, wide bool) {
	at, wide = a, true
	for i := a + 1; i <= b; i++ {
		if t.step(i) > t.step(at) {
			at = i
		}
	}
	noise := stepNoise * t.lines[b].box.Height()
	for i := a; i <= b; i++ {
		wide = wide && (i == at || t.step(at)-t.step(i) > noise)
	}
	return at, wide
}

// border spans the lines between two that items begin with: those before to
// belong to the upper item and those from on to the lower. Rulings say it, or
// the widest step; where all are alike, text goes on below its item. Some line
// above the first item says that it may not.
func (t *tableRows) border(upper, lower int, above bool) (to, from int, sure bool) {
	for i := upper + 1; i <= lower; i++ {
		if t.ruled(i) {
			if from == 0 {
				to = i
			}
			from = i
		}
	}
	if from > 0 {
		return to, from, true
	}
	at, wide := t.widest(upper+1, lower)
	switch {
	case lower == upper+1:
		return lower, lower, true
	case wide:
		return at, at, true
	case t.goesOn(lower):
		return upper + 1, upper + 1, false
	}
	return lower, lower, !above && t.lines[upper].text != ""
}

// goesOn says whether the text of a line goes on from the line above, which
// does not: it begins in the middle of a sentence.
func (t *tableRows) goesOn(i int) bool {
	return i > 0 && isLower(t.lines[i].text) && t.lines[i-1].text != "" && !isLower(t.lines[i-1].text)
}

func isLower(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(first)
}

// lead is the first line of the first item: lines above the one that it begins
// with are its own when they are clearly nearer to it than to the headings.
// Other lines go on with the headings, unless the item has no text but there.
func (t *tableRows) lead(first int) (from int, guess bool) {
	for i := first; i >= 0; i-- {
		if t.ruled(i) {
			return i, false
		}
	}
	at, wide := t.widest(0, first)
	switch {
	case wide:
		return at, false
	case t.lines[first].text == "" && t.fields > 1:
		return 0, true
	}
	return first, false
}

// trail is the end of the last item: lines below the one that it begins with
// go on in it while they are as near as lines of one item are.
func (t *tableRows) trail(last int, begins []int) int {
	ruled := slices.ContainsFunc(begins[1:], t.ruled)
	near := trailStep * t.lines[last].box.Height()
	for _, k := range begins[1:] {
		if i, _ := slices.BinarySearch(begins, k); begins[i-1] == k-1 {
			near = min(near, t.step(k)+stepNoise*t.lines[k].box.Height())
		}
	}
	end := last + 1
	for ; end < len(t.lines); end++ {
		l := &t.lines[end]
		if l.filled == 0 || l.across || t.step(end) > near || ruled && t.ruled(end) {
			break
		}
	}
	return end
}
