package job

import (
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Word is one word that a job is searched by: part of the name of one of its
// documents, or the beginning of its id.
type Word struct {
	Text     string // as SearchText gives it
	From, To ID     // the ids that begin with it, both included; zero: it is the beginning of none
	Whole    bool   // it is an id, and nothing else
}

// How much of an id is taken for one: less is part of every other name, or the
// beginning of nearly every id, as those begin with their time.
const (
	leastOfTypeID = 4 // after job_
	leastOfUUID   = 8
)

// NewWord reads a word as somebody typed it.
func NewWord(typed string) Word {
	w := Word{Text: SearchText(typed)}
	if id, _, err := ParseID(w.Text); err == nil {
		w.From, w.To, w.Whole = id, id, true
		return w
	}
	if rest, ok := strings.CutPrefix(w.Text, jobPrefix); ok && len(rest) >= leastOfTypeID && len(rest) < 26 {
		first, _, err1 := ParseID(jobPrefix + rest + strings.Repeat("0", 26-len(rest)))
		last, _, err2 := ParseID(jobPrefix + rest + strings.Repeat("z", 26-len(rest)))
		if err1 == nil && err2 == nil {
			w.From, w.To = first, last
		}
		return w
	}
	const zeros, ones = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
	if n := len(w.Text); n >= leastOfUUID && n < len(zeros) {
		first, _, err1 := ParseID(w.Text + zeros[n:])
		last, _, err2 := ParseID(w.Text + ones[n:])
		if err1 == nil && err2 == nil {
			w.From, w.To = first, last
		}
	}
	return w
}

// SearchText is the form in which names and words are compared: lower case,
// each letter with its accents as one.
func SearchText(s string) string { return norm.NFC.String(strings.ToLower(s)) }

// SearchNames are the names of the documents by which a job is found, a line
// each, and the jobs whose results they are; empty when it has none.
func SearchNames(inputs []Input) string {
	var names []string
	for _, in := range inputs {
		if in.Name != "" {
			names = append(names, strings.ReplaceAll(SearchText(in.Name), "\n", " "))
		}
	}
	for _, source := range Sources(inputs) {
		names = append(names, SourceWord(source).Text)
	}
	return strings.Join(names, "\n")
}

// SourceWord finds the jobs that have the result of a job as a document. Its
// text is like no name, and like no beginning of an id.
func SourceWord(source ID) Word { return Word{Text: "source:" + hex.EncodeToString(source[:])} }

// Sources are the jobs whose results are documents, each once.
func Sources(inputs []Input) []ID {
	var ids []ID
	for _, in := range inputs {
		if !in.Source.IsZero() && !slices.Contains(ids, in.Source) {
			ids = append(ids, in.Source)
		}
	}
	return ids
}
