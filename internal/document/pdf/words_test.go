package pdf

import (
	"testing"

	"docket/internal/document"
)

// One sign of an Arabic font stands for two letters, which come in the order
// of the page.
func TestLettersOfOneSign(t *testing.T) {
	a, b, c := document.Box{Left: 110, Right: 114, Bottom: 10}, document.Box{Left: 102, Right: 110, Bottom: 10}, document.Box{Left: 94, Right: 102, Bottom: 10}
	w := &wordReader{}
	for _, letter := range []struct {
		r   rune
		box document.Box
	}{{'ا', a}, {'أ', b}, {'ل', b}, {'ه', c}} {
		w.grow(letter.r, letter.box, along(letter.box, 0))
	}
	if got := string(w.letter); got != "الأه" {
		t.Errorf("the word is %q", got)
	}
	w = &wordReader{}
	for _, r := range "fi" { // two letters of a ligature, in a script that runs forward
		w.grow(r, b, along(b, 0))
	}
	if got := string(w.letter); got != "fi" {
		t.Errorf("the word is %q", got)
	}
}
