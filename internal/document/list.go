package document

import (
	"strings"
	"unicode/utf8"
)

// mark is the kind of sign that a list item begins with.
type mark int

const (
	noMark mark = iota
	bulletMark
	dashMark   // a dash or star, which also stands inside sentences
	numberMark // "3.", "3)"
	labelMark  // "(a)", "b)", "iv.", "[7]"
)

// bullets are the signs that begin an item; the private ones are where symbol
// fonts put theirs.
const (
	bullets = "•◦‣⁃∙▪▫■□●○◆◇►▶▸➢➤✓✔❖\uf0a7\uf0b7\uf0d8\uf0fc\uf02d"
	dashes  = "-–—·*"
)

// markOf looks at the first word of a line; a mark alone is none.
func markOf(words []Word, fonts []Font) mark {
	if len(words) < 2 {
		return noMark
	}
	if isBullet(&words[0], fonts) {
		return bulletMark
	}
	if utf8.RuneCountInString(words[0].Text) == 1 && strings.Contains(dashes, words[0].Text) {
		return dashMark
	}
	return labelOf(words[0].Text)
}

// isBullet is true for a sign that only bullets have, and for any single sign
// of a font of symbols, whose letters are what their codes would be in others.
func isBullet(w *Word, fonts []Font) bool {
	r, n := utf8.DecodeRuneInString(w.Text)
	if n != len(w.Text) {
		return false
	}
	if strings.ContainsRune(bullets, r) {
		return true
	}
	if w.Font < 0 || w.Font >= len(fonts) {
		return false
	}
	if fonts[w.Font].Symbol {
		return true
	}
	name := strings.ToLower(fonts[w.Font].Name)
	return strings.Contains(name, "dingbat") || strings.Contains(name, "wingding") || strings.Contains(name, "webding")
}

// labelWords is how many words at the beginning of a line are a label that a
// gap may follow, as "5.4." or "Table 8:"; 0 for none.
func labelWords(words []Word) int {
	gap := func(n int) bool {
		wide := (words[n].Box.Left - words[n-1].Box.Right) / max(words[n].Size, 1)
		return wide > 0.6 && wide < maxLabelGap
	}
	if len(words) > 1 && gap(1) && numberDepth(words[0].Text+" x") > 0 {
		return 1
	}
	if len(words) > 2 && gap(2) && captionStart.MatchString(words[0].Text+" "+words[1].Text) {
		return 2
	}
	return 0
}

// maxLabelGap is the widest gap, in font sizes, between a label and its text.
const maxLabelGap = 6

func labelOf(first string) mark {
	if n := len(first); n < 2 || n > 6 {
		return noMark
	}
	label, end := first[:len(first)-1], first[len(first)-1]
	opened := label[0] == '(' || label[0] == '['
	if opened {
		label = label[1:]
	}
	switch {
	case label == "", end == ']' && first[0] != '[', end != '.' && end != ')' && end != ']':
		return noMark
	case len(label) <= 3 && only(label, "0123456789"):
		if opened {
			return labelMark
		}
		return numberMark
	case only(label, "ivx"), only(label, "IVX") && len(label) > 1:
		return labelMark
	case len(label) == 1 && end != '.' && only(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz"):
		return labelMark
	}
	return noMark
}

// only says whether s has no other bytes than those of set.
func only(s, set string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(set, r) })
}
