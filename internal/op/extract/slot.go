package extract

import (
	"context"
	"slices"
)

// minScore is the score from which on a value is given at all.
const minScore = 0.45

// Scores of values without a label: the one of its kind in the document, or
// the first of several.
const (
	loneScore  = 0.6
	firstScore = 0.45
	titleScore = 0.55
)

// letterhead is the part of the first page above which the sender stands.
const letterhead = 0.15

// maxOthers is how many amounts are kept for a property, to see which add up.
const maxOthers = 16

// maxLoose is how many different values without a label are kept.
const maxLoose = 8

// slot gathers what the pages have for a field.
type slot struct {
	field  *field
	best   candidate
	found  bool
	others []candidate // of an amount: all that were seen
	loose  []candidate // without a label, each value once
	counts []int       // how often each of them was seen
	hosts  []string    // of a company: addresses on the web and of mail
	block  candidate   // of a part of an address: what stands in one
	inside []*slot     // of an object
	list   *list       // of a list
}

func newSlot(f *field) *slot {
	s := &slot{field: f}
	switch f.form {
	case objectForm:
		for _, child := range f.fields {
			s.inside = append(s.inside, newSlot(child))
		}
	case listForm:
		s.list = newList(f)
	}
	return s
}

// page takes what one page has. It stops when ctx ends.
func (s *slot) page(ctx context.Context, p *sheet) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	switch s.field.form {
	case objectForm:
		for _, child := range s.inside {
			if err := child.page(ctx, p); err != nil {
				return err
			}
		}
		return nil
	case listForm:
		s.list.page(p)
		return nil
	}
	for _, c := range p.candidates(s.field) {
		if p.otherEnd(s.field, c.Value) {
			continue
		}
		if s.field.kind == moneyKind && c.Score >= minScore && len(s.others) < maxOthers {
			s.others = append(s.others, c)
		}
		// The last total is the one to pay; of all else the first counts.
		if !s.found || c.Score > s.best.Score || c.Score == s.best.Score && s.field.isTotal() {
			s.best, s.found = c, true
		}
	}
	s.seek(p)
	return nil
}

// seek gathers values whose form says what they are.
func (s *slot) seek(p *sheet) {
	f := s.field
	for _, c := range p.inBlocks(f) {
		if c.Score > s.block.Score {
			s.block = c
		}
	}
	switch f.kind {
	case emailKind, ibanKind, vatKind, uriKind, currencyKind, enumKind, patternKind, companyKind, sirenKind:
	case dateKind:
		if f.border == noBorder {
			s.looseDates(p)
			return
		}
	case phoneKind:
		s.loosePhones(p)
		return
	case textKind:
		s.title(p)
		s.personOf(p)
		return
	default:
		return
	}
	for i := range p.rows {
		r := &p.rows[i]
		for n := range r.cells {
			c := &r.cells[n]
			found := f.finds(r.text[c.start:c.end], p.loc)
			switch f.kind {
			case companyKind:
				found = findCompanies(r.text[c.start:c.end])
				s.hosts = append(s.hosts, hosts(r.text[c.start:c.end])...)
				s.hosts = s.hosts[:min(len(s.hosts), maxHosts)]
			case dateKind:
				found = f.printed(r.text[c.start:c.end], findPeriods(r.text[c.start:c.end], p.loc, f.border))
			}
			for _, x := range found {
				s.add(p.candidate(r, c.start+x.start, c.start+x.end, x.value, firstScore))
			}
		}
	}
}

// title takes the largest text of the first page for a title.
func (s *slot) title(p *sheet) {
	words := nameWords(s.field.name)
	if p.number != 1 || len(words) == 0 || words[len(words)-1] != "title" || len(s.loose) > 0 {
		return
	}
	best := -1
	for i := range p.rows {
		r := &p.rows[i]
		if len(r.cells) == 1 && (best < 0 || r.box.Height() > 1.1*p.rows[best].box.Height()) {
			best = i
		}
	}
	if best >= 0 && len(p.rows[best].text) <= maxText {
		r := &p.rows[best]
		s.add(p.candidate(r, 0, len(r.text), r.text, titleScore))
	}
}

func (s *slot) add(c candidate) {
	for i := range s.loose {
		if s.loose[i].Value == c.Value {
			s.counts[i]++
			return
		}
	}
	if len(s.loose) < maxLoose {
		s.loose, s.counts = append(s.loose, c), append(s.counts, 1)
	}
}

// result is what was found, in the form of the schema.
func (s *slot) result() node {
	switch s.field.form {
	case objectForm:
		s.reconcile()
		var n node
		for _, child := range s.inside {
			n.Fields = append(n.Fields, member{child.field.name, child.result()})
		}
		return n
	case listForm:
		return s.list.result()
	}
	l := leaf{}
	c, ok := s.alone()
	if s.block.Score > c.Score || !ok {
		c, ok = s.block, s.block.Score >= minScore
	}
	switch {
	case s.found && s.best.Score >= minScore && (s.best.Score >= c.Score || s.field.part == noPart):
		l = s.best.leaf
	case ok:
		l = c.leaf
	}
	return node{Leaf: &l}
}

// dollar is the dollar that the paper names beside its signs, if it is another
// than that of the United States.
func (s *slot) dollar(sign candidate) candidate {
	for _, c := range s.loose {
		if code := spelled(c.Value); slices.Contains([]string{"AUD", "CAD", "NZD", "HKD", "SGD", "MXN"}, code) {
			return c
		}
	}
	return sign
}

// alone is the value without a label, if it is clear which one.
func (s *slot) alone() (candidate, bool) {
	if len(s.loose) == 0 {
		return candidate{}, false
	}
	c := s.loose[0]
	switch s.field.kind {
	case textKind:
		return c, true
	case dateKind:
		if s.field.border == noBorder {
			return s.loneDate()
		}
		if len(s.loose) > 1 {
			return candidate{}, false
		}
	case currencyKind:
		most := 0
		for i := range s.counts {
			if s.counts[i] > s.counts[most] {
				most = i
			}
		}
		c = s.loose[most]
		if c.Text == "$" {
			c = s.dollar(c)
		}
	case companyKind:
		if sender, ok := s.sender(); ok {
			return sender, true
		}
		// Who writes stands at the top; others are whom it is written to.
		if len(s.loose) > 1 && (c.Page > 1 || c.BBox[3] > letterhead*c.Height) {
			return candidate{}, false
		}
	default:
		if len(s.loose) > 1 {
			return candidate{}, false
		}
	}
	if len(s.loose) == 1 {
		c.Score = loneScore
	}
	return c, true
}
