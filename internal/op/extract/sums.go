package extract

import (
	"encoding/json"
	"fmt"
	"math"
)

// Scores of amounts by what the others say of them.
const (
	addedUp    = 0.96 // they add up: hardly by chance
	notAddedUp = 0.85 // they do not, perhaps for one that was not asked for
)

// cent is how far a sum may be off for its rounding.
const cent = 0.011

// weigh makes amounts surer that add up, and those less sure that do not: net
// and tax make the total, quantity and price the amount of a line, and the
// lines the net amount or the total.
func (n *node) weigh(f *field) {
	switch f.form {
	case objectForm:
		for i, child := range f.fields {
			n.Fields[i].Node.weigh(child)
		}
		net, tax, total := n.amount(f, "net amount"), n.amount(f, "tax amount"), n.amount(f, "grand total")
		if net != nil && tax != nil && total != nil {
			judge(math.Abs(number64(net)+number64(tax)-number64(total)) < cent, net, tax, total)
		}
		n.weighLines(f, net, total)
	case listForm:
		for i := range n.List {
			n.List[i].weigh(f.items)
			if f.items.form == objectForm {
				n.List[i].weighLine(f.items)
			}
		}
	}
}

// weighLine holds the amount of a line against its quantity and price.
func (n *node) weighLine(f *field) {
	quantity, price, amount := n.amount(f, "quantity"), n.amount(f, "unit price"), n.amount(f, "line total")
	if quantity != nil && price != nil && amount != nil && quantity != price && price != amount {
		judge(math.Abs(number64(quantity)*number64(price)-number64(amount)) < cent, quantity, price, amount)
	}
}

// weighLines holds the amounts of lines against what they should add up to.
func (n *node) weighLines(f *field, net, total *leaf) {
	for i, child := range f.fields {
		if child.form != listForm || child.items.form != objectForm {
			continue
		}
		var all []*leaf
		sum := 0.0
		for r := range n.Fields[i].Node.List {
			if l := n.Fields[i].Node.List[r].amount(child.items, "line total"); l != nil {
				all = append(all, l)
				sum += number64(l)
			}
		}
		for _, whole := range []*leaf{net, total} {
			if whole != nil && len(all) > 0 && math.Abs(sum-number64(whole)) < cent {
				judge(true, append(all, whole)...)
				break
			}
		}
	}
}

// reconcile takes, where net and tax do not make the total, the amounts that do
// among all that stand by their labels: the surest of them.
func (s *slot) reconcile() {
	net, tax, total := s.amountSlot("net amount"), s.amountSlot("tax amount"), s.amountSlot("grand total")
	if net == nil || tax == nil || total == nil {
		return
	}
	addsUp := func(a, b, c *candidate) bool {
		return math.Abs(number64(&a.leaf)+number64(&b.leaf)-number64(&c.leaf)) < cent
	}
	if addsUp(&net.best, &tax.best, &total.best) {
		return
	}
	best := 0.0
	for _, a := range net.others {
		for _, b := range tax.others {
			for _, c := range total.others {
				if a.Score+b.Score+c.Score > best && number64(&b.leaf) != 0 && addsUp(&a, &b, &c) {
					best = a.Score + b.Score + c.Score
					net.best, tax.best, total.best = a, b, c
				}
			}
		}
	}
}

// amountSlot is what was found of a number with that label.
func (s *slot) amountSlot(label string) *slot {
	for _, child := range s.inside {
		if child.found && child.field.kind == moneyKind && child.field.typ == "number" && child.field.isCalled(label) {
			return child
		}
	}
	return nil
}

// amount is the number that was found for the property with that label.
func (n *node) amount(f *field, label string) *leaf {
	for i, child := range f.fields {
		l := n.Fields[i].Node.Leaf
		if child.form != valueForm || l == nil || !child.isCalled(label) {
			continue
		}
		if _, isNumber := l.Value.(json.Number); isNumber {
			return l
		}
	}
	return nil
}

func number64(l *leaf) float64 {
	var v float64
	if _, err := fmt.Sscan(fmt.Sprint(l.Value), &v); err != nil {
		return math.NaN()
	}
	return v
}

// judge raises or lowers scores.
func judge(right bool, all ...*leaf) {
	for _, l := range all {
		if right {
			l.Score = max(l.Score, addedUp)
		} else {
			l.Score = min(l.Score, notAddedUp)
		}
	}
}
