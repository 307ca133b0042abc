package document

import (
	"math"
	"slices"
	"unicode/utf8"
)

// bulletsKnown is how often a letter begins a line before it is known to be a
// sign, and bulletGap how far from it, in font sizes, the item's text begins. A
// page with more than maxBullets is no page with lists: each is compared with
// all words.
const (
	bulletsKnown = 2
	bulletGap    = 4
	maxBullets   = 500
)

// symbols gives the page's fonts, those marked as Symbol in which nothing is
// written but one letter at the beginning of lines: the "r" or "o" of a font
// that does not tell that it shows a square or a ring. Letters that are words
// prove nothing.
func symbols(words []Word, fonts []Font) []Font {
	seen, letter, looks := make([]int, len(fonts)), make([]string, len(fonts)), 0
	for i := range words {
		w := &words[i]
		if w.Font < 0 || w.Font >= len(fonts) || seen[w.Font] < 0 {
			continue
		}
		if (seen[w.Font] > 0 && w.Text != letter[w.Font]) || !mayBeBullet(w.Text) {
			seen[w.Font] = -1
			continue
		}
		if looks++; looks > maxBullets {
			return fonts
		}
		if !beginsLine(words, i) {
			seen[w.Font] = -1
			continue
		}
		seen[w.Font]++
		letter[w.Font] = w.Text
	}
	fonts = slices.Clone(fonts)
	for i := range fonts {
		if seen[i] >= bulletsKnown {
			fonts[i].Symbol = true
		}
	}
	return fonts
}

func mayBeBullet(text string) bool {
	if utf8.RuneCountInString(text) != 1 {
		return false
	}
	switch r, _ := utf8.DecodeRuneInString(text); r {
	case 'a', 'A', 'I', 'y', 'Y', 'e', 'E', 'i', 'à', 'À', 'è', 'È', 'é', 'É', 'ò', 'ó':
		return false
	default:
		return r > '9' || r < '0'
	}
}

// beginsLine is true for a word that nothing stands closely before, and one in
// another font closely after, on the same line.
func beginsLine(words []Word, i int) bool {
	w, followed := &words[i], false
	for j := range words {
		o := &words[j]
		if j == i || o.Turn != w.Turn || math.Abs(o.Baseline-w.Baseline) > w.Size/2 {
			continue
		}
		if o.Box.Right <= w.Box.Left+w.Size/4 && w.Box.Left-o.Box.Right < bulletGap*w.Size {
			return false
		}
		if o.Box.Left >= w.Box.Right-w.Size/4 && o.Box.Left-w.Box.Right < bulletGap*w.Size {
			followed = followed || o.Font != w.Font
		}
	}
	return followed
}
