package document

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// directions counts the letters of words that are written from left to right
// and from right to left.
func directions(words []Word) (left, right int) {
	for i := range words {
		for _, r := range words[i].Text {
			switch {
			case r < 0x590:
				if unicode.IsLetter(r) {
					left++
				}
			case isRightToLeft(r):
				right++
			case unicode.IsLetter(r):
				left++
			}
		}
	}
	return left, right
}

// isRightToLeft is true for letters of Hebrew, Arabic and their kin.
func isRightToLeft(r rune) bool {
	return r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc || r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff
}

// rightToLeft says whether most letters are written from right to left.
func rightToLeft(words []Word) bool {
	left, right := directions(words)
	return right > left
}

// inReadingOrder puts the words of a line, given from left to right or
// mirrored, into the order in which they are read: runs in the other direction
// than most of the line are turned around.
func inReadingOrder(words []Word, mirrored bool) []Word {
	left, right := directions(words)
	if right == 0 && !mirrored {
		return words
	}
	words = slices.Clone(words)
	if mirrored {
		slices.Reverse(words) // from left to right on the page
	}
	base := right > left
	if base {
		slices.Reverse(words)
	}
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && against(&words[j], base) {
			j++
		}
		slices.Reverse(words[i:j])
		i = max(j, i+1)
	}
	if base {
		for i := range words {
			words[i].Text = endOfNumber(words[i].Text, i+1 == len(words))
		}
	}
	return words
}

// endOfNumber puts the sign of a sentence that stands left of a number behind
// it: on a line from right to left that is where it ends. A point at the
// beginning belongs to the number, but for the last word of a line.
func endOfNumber(text string, last bool) string {
	sign, size := utf8.DecodeRuneInString(text)
	number := text[size:]
	if sign == '.' && !last || !strings.ContainsRune(".,;:!?،؛؟", sign) || number == "" || !only(number, "0123456789.,/-") {
		return text
	}
	return number + text[:size]
}

// against says whether a word runs against the direction of its line. Numbers
// stand in the order of the line.
func against(w *Word, rightToLeftLine bool) bool {
	one := []Word{*w}
	left, right := directions(one)
	if !rightToLeftLine {
		return right > left
	}
	return right == 0 && left > 0
}
