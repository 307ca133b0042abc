package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// dateline is the line of a letter that has its date: "Stuttgart, den 12.3.2024".
var dateline = regexp.MustCompile(`^\p{Lu}[\p{L} -]{2,30}, (?:den |le |li |the |a )?`)

// Scores of values without a label, by what else speaks for them.
const (
	datelineScore = 0.7
	onlyDate      = 0.55
	mailScore     = 0.7 // a name that is in an address of mail
)

// looseDates gathers dates for a property that is the date of the paper.
func (s *slot) looseDates(p *sheet) {
	if !s.field.isCalled("date") || p.number != 1 || !s.field.isOf(p) {
		return
	}
	for i := range p.rows {
		r := &p.rows[i]
		for n := range r.cells {
			c := &r.cells[n]
			text := r.text[c.start:c.end]
			found := s.field.finds(text, p.loc)
			for _, x := range found {
				score := onlyDate
				if lead := dateline.FindString(text); lead != "" && x.start == len(lead) {
					score = datelineScore
				}
				s.add(p.candidate(r, c.start+x.start, c.start+x.end, x.value, score))
			}
		}
	}
}

// isOf says of the date of a kind of paper whether the page is one: a letter has
// no date of an invoice.
func (f *field) isOf(p *sheet) bool {
	if !slices.Contains(nameWords(f.name), "invoice") {
		return true
	}
	return slices.ContainsFunc(f.labels, func(l label) bool {
		return len(l.words) == 1 && slices.Contains(paperNames, l.words[0]) && len(p.index[l.words[0]]) > 0
	})
}

// paperNames are what invoices are called.
var paperNames = []string{"invoice", "bill", "rechnung", "facture", "factuur", "factura", "fattura"}

// loneDate is the date of a dateline, else the only one of the first page.
func (s *slot) loneDate() (candidate, bool) {
	var lines []candidate
	for _, c := range s.loose {
		if c.Score == datelineScore {
			lines = append(lines, c)
		}
	}
	switch {
	case len(lines) == 1:
		return lines[0], true
	case len(s.loose) == 1:
		return s.loose[0], true
	}
	return candidate{}, false
}

// person is a name of two to four words.
var person = regexp.MustCompile(`^(?:(?:Dr|Prof|Mr|Mrs|Ms|Dipl)\.?-?(?:Ing\.)? )?\p{Lu}[\p{L}.'’-]*(?: (?:de|van|von|der|den|da|del|la|di|\p{Lu}[\p{L}.'’-]*)){1,4}$`)

// personOf takes the line at the top of a curriculum or a letter for a name
// when the address of mail below it is made of it.
func (s *slot) personOf(p *sheet) {
	f := s.field
	if f.role != noRole || f.part != namePart || f.kind != textKind || f.pattern != nil || p.number != 1 || f.inList {
		return
	}
	var locals []string
	for i := range p.rows {
		for _, m := range emails.FindAllString(p.rows[i].text, -1) {
			local, _, _ := strings.Cut(strings.ToLower(m), "@")
			locals = append(locals, letters(local))
		}
	}
	for i := range p.rows[:min(len(p.rows), 6)] {
		r := &p.rows[i]
		for n := range r.cells {
			c := &r.cells[n]
			text := r.text[c.start:c.end]
			if person.MatchString(text) && inMail(text, locals) {
				s.add(p.candidate(r, c.start, c.end, text, mailScore))
				return
			}
		}
	}
}

// inMail says whether one of the words of a name is in an address of mail.
func inMail(name string, locals []string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(name, unicode.IsSpace), func(w string) bool {
		w = letters(w)
		return len(w) >= minCompanyName-1 && slices.ContainsFunc(locals, func(l string) bool {
			return strings.Contains(l, w) || strings.Contains(l, asTyped(w))
		})
	})
}

// loosePhones gathers numbers that stand alone in a cell; elsewhere digits may
// be anything.
func (s *slot) loosePhones(p *sheet) {
	for i := range p.rows {
		r := &p.rows[i]
		for n := range r.cells {
			c := &r.cells[n]
			text := r.text[c.start:c.end]
			if found := s.field.finds(text, p.loc); len(found) == 1 && found[0].end-found[0].start == len(text) && strings.ContainsAny(text, "+()") {
				s.add(p.candidate(r, c.start, c.end, found[0].value, firstScore))
			}
		}
	}
}
