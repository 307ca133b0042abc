package op

import (
	"strings"
	"unicode"
)

// Tokens are the words of a text in lower case, of letters and digits alone.
func Tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
}

// stem makes one of the most common forms of an English word, so that
// "invoices" is found in "invoice". German words keep their endings.
func stem(word string) string {
	n := len(word)
	switch {
	case n > 4 && strings.HasSuffix(word, "ies"):
		return word[:n-3] + "y"
	case n > 4 && strings.HasSuffix(word, "sses"):
		return word[:n-2]
	case n > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && !strings.HasSuffix(word, "is"):
		return word[:n-1]
	}
	return word
}

// stems are the stemmed tokens of a text.
func stems(text string) []string {
	all := Tokens(text)
	for i := range all {
		all[i] = stem(all[i])
	}
	return all
}

// stopWords say nothing of what a document is about.
var stopWords = map[string]bool{
	"a": true, "an": true, "and": true, "any": true, "are": true, "as": true, "at": true, "be": true, "by": true, "document": true,
	"documents": true, "for": true, "from": true, "in": true, "into": true, "is": true, "it": true, "its": true, "like": true,
	"of": true, "on": true, "or": true, "other": true, "page": true, "pages": true, "such": true, "that": true, "the": true,
	"their": true, "this": true, "to": true, "type": true, "was": true, "which": true, "with": true, "containing": true,
	"contains": true, "contain": true, "e": true, "g": true, "etc": true, "not": true, "all": true, "has": true, "have": true,
	"aus": true, "bei": true, "das": true, "dem": true, "den": true, "der": true, "des": true, "die": true, "dokument": true,
	"ein": true, "eine": true, "einem": true, "einen": true, "einer": true, "eines": true, "für": true, "im": true, "ist": true,
	"mit": true, "nicht": true, "oder": true, "seite": true, "seiten": true, "und": true, "von": true, "vom": true, "zu": true,
	"zum": true, "zur": true, "über": true, "auf": true, "als": true, "auch": true, "wie": true,
}
