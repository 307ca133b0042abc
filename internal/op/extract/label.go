package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// label is a phrase that may stand beside a value.
type label struct {
	words  []string // normalised
	weight float64  // 0 to 1: how surely it means this property
}

// Weights of labels by where they come from.
const (
	ownLabel      = 1.0  // the name or the title of the property
	synonymLabel  = 0.95 // what others call it
	partLabel     = 0.85 // what others call a part of its name
	genericLabel  = 0.75 // the bare name of a property inside another
	describeLabel = 0.7  // its description
	shortLabel    = 0.85 // the name without its last word: "Room" for room_number
	partyLabel    = 0.9  // the name of the object whose name or address it is
)

// genericNames mean different things in different objects.
var genericNames = []string{"name", "number", "id", "date", "amount", "value", "address", "type", "description", "code", "city", "street", "zip", "email", "telephone", "total", "country", "title", "reference", "tax", "vat"}

// sortNames end names that say what sort of value a property has; papers leave
// them out.
var sortNames = []string{"name", "number", "date", "id", "code", "identifier"}

// prepare finds the labels and kinds of a field and of all in it. parents are
// the names of the objects around it.
func (f *field) prepare(parents ...string) {
	switch f.form {
	case objectForm:
		for _, child := range f.fields {
			child.inList = f.inList
			child.prepare(append(slices.Clone(parents), f.name)...)
		}
		return
	case listForm:
		f.labels = f.findLabels(parents)
		if f.items.form == valueForm {
			item := *f.items
			item.name, item.title = f.name, f.title
			f.items.kind = item.sortOf(nameWords(singular(f.name)))
		}
		f.items.inList = true
		f.items.prepare(append(slices.Clone(parents), f.name)...)
		return
	}
	if f.kind == textKind {
		f.kind = f.sortOf(append(nameWords(f.name), nameWords(f.title)...))
	}
	f.findRole(parents)
	f.border = borderOf(append(nameWords(f.name), nameWords(f.title)...))
	f.labels = f.findLabels(parents)
}

func (f *field) findLabels(parents []string) []label {
	found := labels{phrases: map[string]float64{}, tables: [][][]string{synonyms}}
	if f.inList {
		found.tables = [][][]string{itemSynonyms, synonyms}
	}
	own := nameWords(f.name)
	parent := ""
	if len(parents) > 0 {
		parent = parents[len(parents)-1]
	}
	weight := ownLabel
	if parent != "" && slices.Contains(genericNames, strings.Join(own, " ")) {
		weight = genericLabel
	}
	found.add(own, weight)
	found.synonyms(own, weight)
	if n := len(own) - 1; n > 0 {
		if slices.Contains(sortNames, own[n]) {
			found.short(own[:n], weight*shortLabel)
		}
		if own[0] == "date" || own[0] == "amount" {
			// date_check_in is the check in date.
			found.add(append(slices.Clone(own[1:]), own[0]), weight)
			found.short(own[1:], weight*shortLabel)
		}
	}
	if parent != "" {
		both := append(nameWords(parent), own...)
		found.add(both, ownLabel)
		found.synonyms(both, ownLabel)
	}
	if f.role != noRole && (f.part == namePart || f.part == wholePart) || parent != "" && slices.Equal(own, nameWord) {
		// What the party is called stands over its name and its address.
		found.add(nameWords(parent), partyLabel)
		found.synonyms(nameWords(parent), partyLabel)
	}
	if f.title != "" {
		found.add(nameWords(f.title), ownLabel)
		found.synonyms(nameWords(f.title), ownLabel)
	}
	if words := nameWords(f.description); len(words) > 0 && len(words) <= 5 {
		found.add(words, describeLabel)
		found.synonyms(words, describeLabel)
	}
	return found.sorted()
}

// isCalled says whether a phrase is one of the field's own labels.
func (f *field) isCalled(phrase string) bool {
	return slices.ContainsFunc(f.labels, func(l label) bool { return strings.Join(l.words, " ") == phrase })
}

// nameWord is what the name of a party is called inside its object.
var nameWord = []string{"name"}

// labels are phrases with their weights, and the groups of synonyms that they
// come from; a group of an earlier table hides those of later ones.
type labels struct {
	phrases map[string]float64
	tables  [][][]string
}

func (l labels) add(words []string, weight float64) {
	if len(words) > 0 {
		phrase := strings.Join(words, " ")
		l.phrases[phrase] = max(l.phrases[phrase], weight)
	}
}

// short adds a name that was cut short, unless that is a label of something
// else.
func (l labels) short(words []string, weight float64) {
	for _, table := range l.tables {
		for _, group := range table {
			if slices.ContainsFunc(group, func(p string) bool { return slices.Equal(normalWords(p), words) }) {
				return
			}
		}
	}
	l.add(words, weight)
}

// synonyms adds what else a phrase is called, or if nothing is known of it,
// what else the longest known part of it is called.
func (l labels) synonyms(words []string, weight float64) {
	var part []string
	length := 0
	for _, table := range l.tables {
		for _, group := range table {
			for _, phrase := range group {
				known := normalWords(phrase)
				if sameWords(known, words) {
					l.group(group, weight*synonymLabel)
					return
				}
				if len(known) > length && len(known) > 1 && isPart(known, words) {
					part, length = group, len(known)
				}
			}
		}
	}
	l.group(part, weight*partLabel)
}

func (l labels) group(phrases []string, weight float64) {
	for _, phrase := range phrases {
		l.add(normalWords(phrase), weight)
	}
}

func (l labels) sorted() []label {
	all := make([]label, 0, len(l.phrases))
	for phrase, weight := range l.phrases {
		all = append(all, label{strings.Split(phrase, " "), weight})
	}
	slices.SortFunc(all, func(a, b label) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), slices.Compare(a.words, b.words))
	})
	return all
}

// sameWords says whether two phrases have the same words in any order.
func sameWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// isPart says whether the words of part stand together in whole.
func isPart(part, whole []string) bool {
	for i := 0; i+len(part) <= len(whole); i++ {
		if slices.Equal(part, whole[i:i+len(part)]) {
			return true
		}
	}
	return false
}

// nameWords are the words of a name such as "invoiceNumber", "invoice_no" or
// "Invoice No.".
func nameWords(name string) []string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return normalWords(b.String())
}

// singular of the name of a list: what one of its items is called.
func singular(name string) string {
	if strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss") {
		return name[:len(name)-1]
	}
	return name
}
