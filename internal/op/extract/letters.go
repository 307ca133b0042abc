package extract

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"docket/internal/document"
	"docket/internal/op"
)

// letters is what of a text must be the same in a quote: its letters and digits,
// in lower case and without ligatures.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(text))
}

// folded is lines as one text without anything but letters and digits, with
// the way back to the words.
type folded struct {
	text  []byte
	ends  []int // of each word in text
	words []*document.Word
	pages []*op.PageText // of each word
}

func (f *folded) add(l *printed) {
	for i := range l.words {
		f.text = append(f.text, letters(l.words[i].Text)...)
		f.ends = append(f.ends, len(f.text))
		f.words, f.pages = append(f.words, &l.words[i]), append(f.pages, l.page)
	}
}

// spot is where something stands.
type spot struct {
	page *op.PageText
	box  document.Box
	text string // of the words, apart by spaces
}

// find looks for a folded text, and prefers whole words. Texts that hold
// nothing to look for are nowhere.
func (f *folded) find(needle string) (spot, bool) {
	if needle == "" {
		return spot{}, false
	}
	var inside spot
	found := false
	for at := 0; ; {
		i := bytes.Index(f.text[at:], []byte(needle))
		if i < 0 {
			return inside, found
		}
		from, to := at+i, at+i+len(needle)
		s, whole := f.spot(from, to)
		if whole {
			return s, true
		}
		if !found {
			inside, found = s, true
		}
		at = from + 1
	}
}

// spot gathers the words of a part of the text, on the page where it begins;
// whole says that it begins and ends with a word.
func (f *folded) spot(from, to int) (s spot, whole bool) {
	start := 0
	var texts []string
	for i, end := range f.ends {
		// A sign such as % has no letters and goes with what is before it.
		sign := end == start && start == to && s.page != nil
		if end > from && start < to || sign {
			texts = append(texts, f.words[i].Text)
			switch s.page {
			case nil:
				s.page, s.box = f.pages[i], f.words[i].Box
				whole = start == from
			case f.pages[i]:
				s.box = s.box.Union(f.words[i].Box)
			}
			whole = whole && end <= to
		}
		if start > to {
			break
		}
		start = end
	}
	s.text = strings.Join(texts, " ")
	return s, whole
}
