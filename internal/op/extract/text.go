package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is the most bytes of a value that is plain text.
const maxText = 300

// findText takes all of a text that is not empty for one value.
func findText(text string) []find {
	start := len(text) - len(strings.TrimLeftFunc(text, isPadding))
	end := len(strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ':' }))
	if start >= end || end-start > maxText {
		return nil
	}
	certainty := 0.85
	if utf8.RuneCountInString(text[start:end]) > 80 {
		certainty = 0.6
	}
	return []find{{text[start:end], start, end, certainty}}
}

// isPadding is what stands between a label and its value.
func isPadding(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(":=|.…_–—•·*", r)
}

// booleans are answers; a cross in a box is one.
var booleans = regexp.MustCompile(`(?i)^[\s:.…_|-]*(yes|no|ja|nein|true|false|oui|non|wahr|falsch|☑|☒|☐|✓|✔|✗|✘|\[x\]|\[ ?\]|\(x\)|\( ?\)|x)(?:[\s.,;)]|$)`)

func findBooleans(text string) []find {
	m := booleans.FindStringSubmatchIndex(text)
	if m == nil {
		return nil
	}
	certainty, value := 1.0, false
	switch strings.ToLower(text[m[2]:m[3]]) {
	case "yes", "ja", "true", "oui", "wahr", "☑", "☒", "✓", "✔", "[x]", "(x)":
		value = true
	case "x":
		value, certainty = true, 0.8
	}
	return []find{{value, m[2], m[3], certainty}}
}

// findEnum finds the values that the schema allows, the longer ones first.
func (f *field) findEnum(text string) []find {
	var best []find
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text // a letter changed its length; places would be wrong
	}
	for _, e := range f.enum {
		s, ok := e.(string)
		if !ok || s == "" {
			continue
		}
		at := strings.Index(lower, strings.ToLower(s))
		if at < 0 || !standsAlone(lower, at, at+len(s)) {
			continue
		}
		x := find{s, at, at + len(s), 0.95}
		switch {
		case len(best) > 0 && best[0].start <= x.start && best[0].end >= x.end:
		case len(best) > 0 && x.start <= best[0].start && x.end >= best[0].end, len(best) == 0:
			best = []find{x}
		default:
			best = append(best, x)
		}
	}
	return best
}

func standsAlone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !isInWord(before) && !isInWord(after)
}

// maxPatternWords is the most words that a pattern is tried on together.
const maxPatternWords = 6

// findPattern finds the first run of words that the schema's pattern matches:
// the longest where it asks for the end, else the shortest.
func (f *field) findPattern(text string) []find {
	words := wordPlaces(text)
	toEnd := strings.HasSuffix(f.pattern.String(), "$")
	for i := range words {
		var found []find
		for n := 1; n <= maxPatternWords && i+n <= len(words); n++ {
			start, end := words[i][0], words[i+n-1][1]
			if s := strings.ReplaceAll(text[start:end], "\t", " "); f.pattern.MatchString(s) {
				found = []find{{s, start, end, 0.95}}
				if !toEnd {
					break
				}
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// wordPlaces are the starts and ends of the words of a text, in bytes.
func wordPlaces(text string) [][2]int {
	var all [][2]int
	start := -1
	for i, r := range text {
		switch {
		case unicode.IsSpace(r) && start >= 0:
			all = append(all, [2]int{start, i})
			start = -1
		case !unicode.IsSpace(r) && start < 0:
			start = i
		}
	}
	if start >= 0 {
		all = append(all, [2]int{start, len(text)})
	}
	return all
}

// companies are names with a legal form.
var companies = regexp.MustCompile(`[\p{Lu}\d][\p{L}\d&.'’-]*(?:[ ][\p{L}\d&.'’-]+){0,5}?,? ` + legalForms + `(?:[ ,.)]|$)`)

// findCompanies gives the companies that a text names.
func findCompanies(text string) []find {
	return findAll(companies, text, 0.6, func(s string) (string, bool) {
		s = strings.TrimRight(s, " ,)")
		return s, len(letters(legalForm.ReplaceAllString(s, ""))) > 1 && strings.ContainsFunc(legalForm.ReplaceAllString(s, ""), unicode.IsLetter)
	})
}
