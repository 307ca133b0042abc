package op

import (
	"maps"
	"math"
	"slices"
	"strings"

	"docket/internal/document"
)

// Classifier tells which of some categories a page belongs to, by the words
// that stand on it. It has no model: what it knows of a category is its name,
// its description, and what is usual for common kinds of documents.
type Classifier struct {
	categories []Category
	classes    []class // the categories, then the other kinds of the lexicon
	rarity     map[string]float64
	kinds      []int // of each class, an index of the lexicon or -1
	format     string
	other      int // the category for what fits no other, or -1
}

// class is a category or a kind of documents: the words that speak for it, in
// their order, so that sums come out the same each time.
type class []term

type term struct {
	phrase string // stemmed words, apart by single spaces
	weight float64
}

// Weights of words by where they come from.
const (
	weightName        = 3.0
	weightNamePart    = 1.2
	weightDescription = 1.0
	weightStrong      = 2.0
	weightWeak        = 0.6
	describedKind     = 0.5 // of a kind that only the description names
)

// NewClassifier makes one for categories that were checked.
func NewClassifier(categories []Category) *Classifier {
	c := &Classifier{categories: categories, rarity: map[string]float64{}, other: -1}
	used := map[int]bool{}
	for i, category := range categories {
		terms, kind := newClass(category, used)
		c.classes, c.kinds = append(c.classes, terms), append(c.kinds, kind)
		if isOneOf(phraseOf(category.Name), anythingElse) {
			c.other = i
		}
	}
	for kind := range lexicon {
		if !used[kind] && !lexicon[kind].aspect {
			terms := map[string]float64{}
			addKind(terms, &lexicon[kind], 1)
			c.classes, c.kinds = append(c.classes, ordered(terms)), append(c.kinds, kind)
		}
	}
	c.weigh()
	return c
}

// newClass gathers the words for a category and marks the kind it stands for.
func newClass(category Category, used map[int]bool) (terms class, kind int) {
	found := map[string]float64{}
	name := stems(category.Name)
	add(found, strings.Join(name, " "), weightName)
	for _, word := range name {
		if !stopWords[word] {
			add(found, word, weightNamePart)
		}
	}
	for _, word := range stems(category.Description) {
		if !stopWords[word] {
			add(found, word, weightDescription)
		}
	}
	share := 1.0
	kind = kindOf(category.Name)
	if kind < 0 {
		kind, share = kindOf(category.Description), describedKind
	}
	if kind >= 0 {
		used[kind] = true
		addKind(found, &lexicon[kind], share)
	}
	return ordered(found), kind
}

func ordered(terms map[string]float64) class {
	var k class
	for _, phrase := range slices.Sorted(maps.Keys(terms)) {
		k = append(k, term{phrase, terms[phrase]})
	}
	return k
}

func add(terms map[string]float64, term string, weight float64) {
	if term != "" {
		terms[term] = max(terms[term], weight)
	}
}

func addKind(terms map[string]float64, kind *documentType, share float64) {
	for _, name := range kind.names {
		add(terms, phraseOf(name), share*weightStrong)
	}
	for _, term := range kind.strong {
		add(terms, phraseOf(term), share*weightStrong)
	}
	for _, term := range kind.weak {
		add(terms, phraseOf(term), share*weightWeak)
	}
}

// kindOf finds the kind of documents with the longest name in text, or -1.
func kindOf(text string) int {
	words := " " + phraseOf(text) + " "
	best, length := -1, 0
	for i := range lexicon {
		for _, name := range lexicon[i].names {
			if name := phraseOf(name); len(name) > length && strings.Contains(words, " "+name+" ") {
				best, length = i, len(name)
			}
		}
	}
	return best
}

func phraseOf(text string) string { return strings.Join(stems(text), " ") }

func isOneOf(phrase string, names []string) bool {
	for _, n := range names {
		if phraseOf(n) == phrase {
			return true
		}
	}
	return false
}

// weigh finds how much a word says: the fewer classes have it, the more.
func (c *Classifier) weigh() {
	classes := map[string]int{}
	for _, k := range c.classes {
		for _, t := range k {
			classes[t.phrase]++
		}
	}
	n := float64(len(c.classes))
	for phrase, df := range classes {
		c.rarity[phrase] = math.Log(1 + (n-float64(df)+0.5)/(float64(df)+0.5))
	}
}

// Opened tells the classifier of the document whose pages come next: slides are
// a presentation, whatever they are about.
func (c *Classifier) Opened(info document.Info) { c.format = info.Format }

// Category gives category n.
func (c *Classifier) Category(n int) Category { return c.categories[n] }

// Unknown is the class of what speaks for no category.
const Unknown = "unknown"

// Class is what category n is called where it was chosen with a confidence, 0 to
// 1: Unknown when nothing spoke for it, unless it is the one for all others.
func (c *Classifier) Class(n int, confidence float64) string {
	if confidence <= 0 && n != c.other {
		return Unknown
	}
	return c.categories[n].Name
}

// PageClass is what the classifier makes of a page.
type PageClass struct {
	Category   int       // an index of the categories
	Confidence float64   // 0 to 1
	Scores     []float64 // of each category, at least 0
	NoText     bool      // nothing stands on the page
}

// Saturation of repeated words, as in BM25, and the score at which a page has
// said enough.
const (
	saturation = 1.2
	lengthPart = 0.4
	usualWords = 300
	enough     = 8.0
)

// What the format of the file says for a kind of documents: the score that it
// adds to the one that has the format, and the part that it leaves of others.
const (
	ownFormat   = 10.0
	otherFormat = 0.7
)

// Classify says which category the page with these lines belongs to. A page
// that speaks for none goes to the category for all others if there is one,
// else to the first, with a confidence of 0.
func (c *Classifier) Classify(lines []Line) PageClass {
	words := countWords(lines, c.rarity)
	length := 1 - lengthPart + lengthPart*float64(words.total)/usualWords
	scores := make([]float64, len(c.classes))
	for i, k := range c.classes {
		for _, t := range k {
			if n := words.counts[t.phrase]; n > 0 {
				scores[i] += t.weight * c.rarity[t.phrase] * n * (saturation + 1) / (n + saturation*length)
			}
		}
	}
	c.weighFormat(scores, words.total)
	p := c.decide(scores)
	p.NoText = words.total == 0
	return p
}

// weighFormat changes the scores of the kinds of documents that are known by
// their format. A page without a word stays without a class.
func (c *Classifier) weighFormat(scores []float64, words int) {
	if c.format == "" || words == 0 {
		return
	}
	for i, kind := range c.kinds {
		switch {
		case kind < 0 || len(lexicon[kind].formats) == 0:
		case slices.Contains(lexicon[kind].formats, c.format):
			scores[i] += ownFormat
		default:
			scores[i] *= otherFormat
		}
	}
}

func (c *Classifier) decide(all []float64) PageClass {
	n := len(c.categories)
	p := PageClass{Scores: all[:n:n]}
	second := 0.0
	for i, s := range p.Scores {
		switch best := p.Scores[p.Category]; {
		case i == 0:
		case s > best:
			p.Category, second = i, best
		default:
			second = max(second, s)
		}
	}
	elsewhere := 0.0
	for _, s := range all[n:] {
		elsewhere = max(elsewhere, s)
	}
	best := p.Scores[p.Category]
	switch {
	case c.other >= 0 && p.Category != c.other && best < 0.8*elsewhere:
		p.Category = c.other
		p.Scores[c.other] = elsewhere
		p.Confidence = confidence(elsewhere, best)
	case best == 0 && c.other >= 0:
		p.Category = c.other
	case best == 0:
	default:
		// A kind that is not asked for makes the best of the others doubtful.
		p.Confidence = confidence(best, max(second, min(elsewhere, best)*0.7))
	}
	return p
}

// confidence grows with what speaks for the best and with its lead.
func confidence(best, second float64) float64 {
	if best <= 0 {
		return 0
	}
	said := 1 - math.Exp(-best/enough)
	lead := (best - second) / best
	return math.Round(said*(0.5+0.5*lead)*1e4) / 1e4
}
