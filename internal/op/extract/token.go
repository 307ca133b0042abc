package extract

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// normalWords are the words of a text in lower case, without accents, short
// forms spelled out.
func normalWords(text string) []string {
	var words []string
	for _, t := range tokenize(text) {
		words = append(words, t.word)
	}
	return words
}

// shortForms are spelled out, so that "Inv. No." is the label of invoice_number.
var shortForms = map[string]string{
	"no": "number", "nr": "number", "num": "number", "nummer": "number", "numero": "number", "№": "number",
	"inv": "invoice", "amt": "amount", "qty": "quantity", "desc": "description", "addr": "address", "ref": "reference",
	"tel": "telephone", "phone": "telephone", "telefon": "telephone", "mail": "email", "dt": "date", "datum": "date",
	"pos": "position", "acct": "account", "cust": "customer", "ust": "vat", "mwst": "vat", "tva": "vat", "btw": "vat", "untaxed": "net", "untax": "net",
	"fatura": "invoice", "ht": "net",
}

// fold takes the accents off letters.
func fold(text string) string {
	folded, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), text)
	if err != nil {
		return text
	}
	return strings.ReplaceAll(folded, "ß", "ss")
}

// token is a word of a text and where it stands, in bytes.
type token struct {
	word       string // normalised
	start, end int
}

// tokenize cuts a text into runs of letters and digits.
func tokenize(text string) []token {
	var all []token
	start := -1
	end := func(at int) {
		if start < 0 {
			return
		}
		all = append(all, token{normalWord(text[start:at]), start, at})
		start = -1
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) && r != 'º' && r != 'ª' || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '№':
			if start < 0 {
				start = i
			}
		case (r == '°' || r == 'º') && start >= 0 && strings.EqualFold(text[start:i], "n"):
			all = append(all, token{"number", start, i})
			start = -1
		case r == '#':
			end(i)
			all = append(all, token{"number", i, i + 1})
		default:
			end(i)
		}
	}
	end(len(text))
	return all
}

func normalWord(word string) string {
	word = strings.ToLower(word)
	for i := 0; i < len(word); i++ {
		if word[i] >= 0x80 {
			word = strings.ToLower(fold(word))
			break
		}
	}
	if long, ok := shortForms[word]; ok {
		return long
	}
	if n := len(word); n > 3 && word[n-1] == 's' && word[n-2] != 's' && word[n-2] != 'u' && word[n-2] != 'i' {
		word = word[:n-1]
	}
	return word
}
