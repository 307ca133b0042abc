package extract

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// How much a value counts by what the document has of it.
const (
	quoted    = 1.0  // its quote holds it, and stands in the lines that were named
	misplaced = 0.95 // its quote holds it, and stands in others
	unquoted  = 0.5  // it has no such quote
)

// minElsewhere is how many letters a text must have to be looked for in lines
// that were not named; shorter ones are everywhere.
const minElsewhere = 4

// ground looks a value up in the document: where it stands, and how much that
// counts. It counts nothing if neither the quote nor the value is there, unless
// the schema itself lists what the value may be.
func (p *passage) ground(f *field, value any, lineIDs []int, quote string) (spot, float64) {
	if p.picture != nil { // nothing can be looked up there
		return spot{page: p.picture}, unquoted
	}
	var named, all folded
	for _, id := range lineIDs {
		if l := p.line(id); l != nil {
			named.add(l)
		}
	}
	needle := letters(quote)
	whole, here := named.find(needle)
	factor := quoted
	if !here {
		for i := range p.lines {
			all.add(&p.lines[i])
		}
		if len(needle) >= minElsewhere {
			whole, here = all.find(needle)
		}
		factor = misplaced
	}
	own := letters(spelled(value))
	switch {
	case here && f.supports(value, whole.text):
		return within(whole, &named, own, quote), factor
	case here:
		return whole, unquoted
	}
	if s, ok := named.find(own); ok && f.supports(value, s.text) {
		return s, unquoted
	}
	if len(own) >= minElsewhere {
		if s, ok := all.find(own); ok && f.supports(value, s.text) {
			return s, unquoted
		}
	}
	if f.listed() {
		return spot{}, unquoted
	}
	return spot{}, 0
}

// within is the place of the value alone if the quote says more.
func within(whole spot, named *folded, own, quote string) spot {
	if own == "" || own == letters(quote) {
		return whole
	}
	if s, ok := named.find(own); ok && s.page == whole.page && s.box.Top >= whole.box.Top && s.box.Bottom <= whole.box.Bottom && s.box.Left >= whole.box.Left && s.box.Right <= whole.box.Right {
		return s
	}
	return whole
}

// listed says that the schema has all values that are possible.
func (f *field) listed() bool { return f.typ == "boolean" || len(f.enum) > 0 }

func spelled(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// supports says whether a printed text holds the value, however it writes it.
func (f *field) supports(value any, printed string) bool {
	switch v := value.(type) {
	case json.Number:
		return len(f.enum) > 0 || holdsNumber(printed, v)
	case string:
		if own := letters(v); own == "" || strings.Contains(letters(printed), own) || f.listed() {
			return true
		}
		for _, loc := range []locale{{}, {monthFirst: true}, {decimalComma: true}} {
			if slices.ContainsFunc(f.finds(printed, loc), func(x find) bool { return x.value == v }) ||
				slices.ContainsFunc(findDates(printed, loc, false), func(x find) bool { return x.value == v }) ||
				slices.ContainsFunc(findDates(printed, loc, true), func(x find) bool { return x.value == v }) {
				return true
			}
		}
		return false
	}
	return true
}

func holdsNumber(printed string, value json.Number) bool {
	want, err := value.Float64()
	if err != nil {
		return false
	}
	const near = 1e-9
	for _, loc := range []locale{{}, {decimalComma: true}} {
		for _, n := range findNumbers(printed, loc) {
			got, err := json.Number(n.decimal).Float64()
			if err != nil {
				continue
			}
			for _, as := range []float64{got, got / 100} { // 19 % may be 0.19
				if as != got && !n.percent {
					continue
				}
				if math.Abs(math.Abs(as)-math.Abs(want)) <= near*math.Max(1, math.Abs(want)) {
					return true
				}
			}
		}
	}
	return false
}
