package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// locale is how a document writes what could be read in two ways.
type locale struct {
	decimalComma bool // 1.234 is a thousand and 1,5 one and a half
	monthFirst   bool // 3/4/2024 is a day of March
}

// numbers are candidates; parseNumber decides.
var numbers = regexp.MustCompile(`\d(?:[\d.,'’\x{a0}\x{202f}]*\d)?`)

// spaced is a number whose thousands stand apart, which needs decimals to be
// told from several numbers.
var spaced = regexp.MustCompile(`\d{1,3}(?: \d{3})+[.,]\d{2}\b`)

// grouped is digits in groups of three behind one separator.
var grouped = regexp.MustCompile(`^\d{1,3}([.,'’\x{a0}\x{202f}])\d{3}(?:[.,'’\x{a0}\x{202f}]\d{3})*$`)

// parseNumber reads digits with separators as a decimal number in JSON. It
// says how sure the reading is; false for what is no number, such as a date.
func parseNumber(text string, loc locale) (decimal string, certainty float64, ok bool) {
	text = strings.ReplaceAll(text, " ", "")
	whole, fraction, certainty := text, "", 1.0
	last := strings.LastIndexAny(text, ".,")
	switch {
	case last < 0:
	case grouped.MatchString(text) && oneSeparator(text):
		// 1.234 and 1,234 are a thousand or a little over one.
		if strings.Count(text, text[last:last+1]) == 1 && loc.decimalComma != (text[last] == '.') {
			certainty = 0.7
			if text[last] == '.' {
				whole, fraction = text[:last], text[last+1:]
			}
		}
	default:
		whole, fraction = text[:last], text[last+1:]
		if strings.ContainsRune(whole, rune(text[last])) {
			return "", 0, false
		}
	}
	if strings.ContainsAny(whole, ".,'’\u00a0\u202f") {
		if !grouped.MatchString(whole) || !oneSeparator(whole) {
			return "", 0, false
		}
		whole = strings.NewReplacer(".", "", ",", "", "'", "", "’", "", "\u00a0", "", "\u202f", "").Replace(whole)
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if !allDigits(whole) || fraction != "" && !allDigits(fraction) || len(whole)+len(fraction) > 30 {
		return "", 0, false
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return whole, certainty, true
}

// oneSeparator says whether all separators are the same.
func oneSeparator(text string) bool {
	var seen rune
	for _, r := range text {
		if r >= '0' && r <= '9' {
			continue
		}
		if seen != 0 && r != seen {
			return false
		}
		seen = r
	}
	return true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number is one number in a text.
type number struct {
	decimal    string // as in JSON
	start, end int    // of digits, sign and currency together
	certainty  float64
	currency   bool
	percent    bool
	cents      bool // it has two decimals
}

// findNumbers finds the numbers in a text, those in words, codes, dates and
// times left out.
func findNumbers(text string, loc locale) []number {
	var all []number
	places := numbers.FindAllStringIndex(text, -1)
	if wide := spaced.FindAllStringIndex(text, -1); len(wide) > 0 {
		places = widen(places, wide)
	}
	var dates [][]int
	if len(places) > 1 || strings.ContainsAny(text, ":-/.") {
		dates = timesOf(text, loc)
	}
	for _, p := range places {
		inDate := slices.ContainsFunc(dates, func(d []int) bool { return p[0] < d[1] && d[0] < p[1] })
		if n, ok := newNumber(text, p[0], p[1], loc); ok && !inDate {
			all = append(all, n)
		}
	}
	return all
}

// timeOfDay is a time such as 10:30.
var timeOfDay = regexp.MustCompile(`\b\d{1,2}:\d{2}(?::\d{2})?\b`)

// timesOf are the places of dates and times of day.
func timesOf(text string, loc locale) [][]int {
	all := timeOfDay.FindAllStringIndex(text, -1)
	for _, d := range findDates(text, loc, false) {
		all = append(all, []int{d.start, d.end})
	}
	return all
}

// widen puts the wide places instead of those inside them.
func widen(places, wide [][]int) [][]int {
	var all [][]int
	for _, p := range places {
		for len(wide) > 0 && wide[0][1] <= p[0] {
			wide = wide[1:]
		}
		if len(wide) > 0 && p[0] >= wide[0][0] && p[1] <= wide[0][1] {
			if p[0] == wide[0][0] {
				all = append(all, wide[0])
			}
			continue
		}
		all = append(all, p)
	}
	return all
}

func newNumber(text string, start, end int, loc locale) (number, bool) {
	decimal, certainty, ok := parseNumber(text[start:end], loc)
	if !ok {
		return number{}, false
	}
	n := number{decimal: decimal, start: start, end: end, certainty: certainty}
	n.cents = len(decimal) > 3 && decimal[len(decimal)-3] == '.'
	n.surround(text)
	before, _ := utf8.DecodeLastRuneInString(text[:n.start])
	after, _ := utf8.DecodeRuneInString(text[n.end:])
	if isInWord(before) || isInWord(after) || before == '/' || after == '/' {
		return number{}, false
	}
	return n, true
}

func isInWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '@'
}

// beforeNumber and afterNumber are what belongs to a number.
var (
	beforeNumber = regexp.MustCompile(`(?:(?:€|\$|£|¥|₹|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|HKD|Euro))\s*)?[-−–]?\(?$`)
	afterNumber  = regexp.MustCompile(`^\)?(?:\s*(?:€|\$|£|¥|₹|(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|HKD|Euro)\b)|\s*%)?-?`)
)

// surround takes sign, currency and percent into the number.
func (n *number) surround(text string) {
	const reach = 12 // bytes; a currency and a space or two
	from := max(0, n.start-reach)
	for from < n.start && !utf8.RuneStart(text[from]) {
		from++
	}
	before := beforeNumber.FindString(text[from:n.start])
	after := afterNumber.FindString(text[n.end:])
	if strings.ContainsAny(before, "-−–") && hyphenated(text[:n.start-len(before)]) {
		before = ""
	}
	if strings.Contains(before, "(") != strings.Contains(after, ")") {
		before, after = strings.TrimSuffix(before, "("), strings.TrimPrefix(after, ")")
	}
	if strings.HasSuffix(after, "-") && n.end+len(after) < len(text) && text[n.end+len(after)] != ' ' {
		after = strings.TrimSuffix(after, "-")
	}
	n.percent = strings.Contains(after, "%")
	n.currency = strings.Trim(before, "-−–( \t") != "" || strings.Trim(after, "%-) \t") != ""
	if strings.ContainsAny(before, "-−–(") || strings.HasSuffix(after, "-") {
		n.decimal = "-" + n.decimal
	}
	n.start -= len(before)
	n.end += len(after)
}

// hyphenated says whether a text ends in what a minus would belong to.
func hyphenated(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
