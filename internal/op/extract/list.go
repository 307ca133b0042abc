package extract

import (
	"fmt"
	"slices"
)

// list gathers the items of a list.
type list struct {
	field *field
	items []node
	seen  []string        // the values of a list of values
	best  float64         // the score of the label that the values stand by
	sums  map[string]bool // labels of the rows under a table
}

// maxItems is the most items of a list.
const maxItems = 10_000

func newList(f *field) *list { return &list{field: f} }

func (l *list) page(p *sheet) {
	switch l.field.items.form {
	case objectForm:
		l.tables(p)
	case valueForm:
		l.values(p)
	}
}

func (l *list) result() node { return node{IsList: true, List: l.items} }

// values takes the values that stand by the label of the list, else all of a
// kind that shows by its form.
func (l *list) values(p *sheet) {
	for _, label := range l.field.labels {
		for _, m := range p.mentions(l.field, label) {
			found := p.listBeside(l.field.items, m)
			if len(found) == 0 {
				found = p.listBelow(l.field.items, m)
			}
			if len(found) > 0 && m.quality > l.best {
				l.best, l.items, l.seen = m.quality, nil, nil
				l.add(found)
			}
		}
	}
	if l.best > 0 {
		return
	}
	loose := newSlot(l.field.items)
	switch l.field.items.kind {
	case emailKind, ibanKind, vatKind, uriKind, enumKind, patternKind:
		loose.seek(p)
		for i := range loose.loose {
			loose.loose[i].Score = loneScore
		}
		l.add(loose.loose)
	}
}

func (l *list) add(found []candidate) {
	for _, c := range found {
		key := fmt.Sprint(c.Value)
		if c.Score < minScore || slices.Contains(l.seen, key) || len(l.items) >= maxItems {
			continue
		}
		l.seen = append(l.seen, key)
		l.items = append(l.items, node{Leaf: &c.leaf})
	}
}
