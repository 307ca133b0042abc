package extract

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// find is a value in a text.
type find struct {
	value      any // as the result has it: string, json.Number or bool
	start, end int // in bytes
	certainty  float64
}

// finds gives what of the field's kind a text holds, in order. Every value is
// in the text, or a normal form of a part of it.
func (f *field) finds(text string, loc locale) []find {
	var all []find
	switch f.kind {
	case numberKind, moneyKind, percentKind:
		all = f.quantities(text, loc)
	case booleanKind:
		all = findBooleans(text)
	case dateKind:
		all = f.printed(text, findDates(text, loc, false))
	case dateTimeKind:
		all = findDates(text, loc, true)
	case emailKind:
		all = findAll(emails, text, 1, asPrinted)
	case uriKind:
		all = findAll(uris, text, 0.95, func(s string) (string, bool) { return strings.TrimRight(s, ".,;)"), true })
	case phoneKind:
		all = findAll(phones, text, 0.9, isPhone)
	case ibanKind:
		all = findAll(ibans, text, 1, isIBAN)
	case bicKind:
		all = findAll(bics, text, 0.95, isBIC)
	case vatKind:
		all = findAll(vats, text, 1, func(s string) (string, bool) { return strings.NewReplacer(" ", "", ".", "", "-", "").Replace(s), true })
	case currencyKind:
		all = findAll(currencies, text, 0.95, currencyCode)
	case identifierKind:
		all = outsideDates(text, findAll(identifiers, text, 0.95, isIdentifier), loc)
	case postcodeKind:
		all = findAll(postcodes, text, 0.95, asPrinted)
	case sirenKind:
		all = findAll(sirens, text, 0.95, isSiren)
	case enumKind:
		all = f.findEnum(text)
	case patternKind:
		all = f.findPattern(text)
	default:
		all = findText(text)
	}
	return f.fitting(all)
}

// fitting drops what the schema's pattern or values do not allow.
func (f *field) fitting(all []find) []find {
	return slices.DeleteFunc(all, func(x find) bool {
		s, isText := x.value.(string)
		return isText && f.pattern != nil && !f.pattern.MatchString(s) || f.kind != enumKind && len(f.enum) > 0 && !f.allows(x.value)
	})
}

func (f *field) allows(value any) bool {
	return slices.ContainsFunc(f.enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(value) })
}

// printed gives dates as they are written, unless the schema asks for a form.
func (f *field) printed(text string, all []find) []find {
	if f.format == "date" {
		return all
	}
	for i := range all {
		all[i].value = text[all[i].start:all[i].end]
	}
	return all
}

// quantities finds numbers as the field's kind and type want them.
func (f *field) quantities(text string, loc locale) []find {
	var all []find
	for _, n := range findNumbers(text, loc) {
		certainty := 0.9
		switch f.kind {
		case moneyKind:
			certainty = map[bool]float64{true: 0.95, false: 0.6}[n.cents]
			if n.currency {
				certainty = map[bool]float64{true: 1, false: 0.85}[n.cents]
			}
			if n.percent {
				certainty = 0.2
			}
		case percentKind:
			certainty = map[bool]float64{true: 1, false: 0.6}[n.percent]
		}
		if f.typ == "integer" {
			whole, rest, _ := strings.Cut(n.decimal, ".")
			if strings.Trim(rest, "0") != "" {
				continue
			}
			n.decimal = whole
		}
		x := find{value: json.Number(n.decimal), start: n.start, end: n.end, certainty: certainty * n.certainty}
		if f.typ == "string" {
			x.value = strings.TrimSpace(text[n.start:n.end])
		}
		all = append(all, x)
	}
	return all
}

var (
	emails      = regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,24}`)
	uris        = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"]+|\bwww\.[^\s<>"]+\.[^\s<>"]+|\b(?:[a-z0-9-]+\.)+(?:com|net|org|de|at|ch|eu|fr|nl|be|it|es|uk|io|info|biz)\b(?:/[^\s<>"]*)?`)
	phones      = regexp.MustCompile(`(?:\+|\b|\()\d[\d ()/.-]{5,22}\d\b`)
	ibans       = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b`)
	bics        = regexp.MustCompile(`\b[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b`)
	vats        = regexp.MustCompile(`\b(?:ATU(?:[ .-]?\d){8}|BE(?:[ .-]?\d){10}|BG(?:[ .-]?\d){9,10}|CHE(?:[ .-]?\d){9}|CY(?:[ .-]?\d){8}[A-Z]|CZ(?:[ .-]?\d){8,10}|DE(?:[ .-]?\d){9}|DK(?:[ .-]?\d){8}|EE(?:[ .-]?\d){9}|EL(?:[ .-]?\d){9}|ES[ .-]?[A-Z0-9](?:[ .-]?\d){7}[ .-]?[A-Z0-9]|FI(?:[ .-]?\d){8}|FR(?:[ .-]?[0-9A-Z]){2}(?:[ .-]?\d){9}|GB(?:[ .-]?\d){9}(?:(?:[ .-]?\d){3})?|HR(?:[ .-]?\d){11}|HU(?:[ .-]?\d){8}|IE[ .-]?\d[A-Z0-9](?:\d){5}[A-Z]{1,2}|IT(?:[ .-]?\d){11}|LT(?:[ .-]?\d){9,12}|LU(?:[ .-]?\d){8}|LV(?:[ .-]?\d){11}|MT(?:[ .-]?\d){8}|NL(?:[ .-]?\d){9}[ .-]?B(?:[ .-]?\d){2}|PL(?:[ .-]?\d){10}|PT(?:[ .-]?\d){9}|RO(?:[ .-]?\d){2,10}|SE(?:[ .-]?\d){12}|SI(?:[ .-]?\d){8}|SK(?:[ .-]?\d){10})\b`)
	currencies  = regexp.MustCompile(`€|\$|£|¥|₹|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|NZD|SGD|SEK|NOK|DKK|PLN|CZK|INR|HKD|CNY|BRL|MXN|ZAR|HUF|RON|Euros?|(?:US )?[Dd]ollars?)\b`)
	identifiers = regexp.MustCompile(`[\p{L}\d](?:[\p{L}\d./_#-]*[\p{L}\d])?(?: \d{3}\b)*`)
)

// postcodes are those of the United Kingdom, the Netherlands, Canada, the
// United States, Poland, Portugal, Sweden and the many countries of four to
// six digits.
var postcodes = regexp.MustCompile(`\b(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}-\d{4}|\d{2}-\d{3}|\d{4}-\d{3}|\d{3} \d{2}|\d{4,6})\b`)

// sirens are numbers of companies in France, of nine digits, or of fourteen for
// one of their places.
var sirens = regexp.MustCompile(`\b\d{3} ?\d{3} ?\d{3}(?: ?\d{5})?\b`)

// isSiren checks the sum.
func isSiren(s string) (string, bool) {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == ' ' {
			continue
		}
		n := int(s[i] - '0')
		if double {
			n *= 2
		}
		sum += n/10 + n%10
		double = !double
	}
	return s, sum%10 == 0
}

// findAll gives the matches of a pattern that accept takes, in its form.
func findAll(pattern *regexp.Regexp, text string, certainty float64, accept func(string) (string, bool)) []find {
	var all []find
	for _, m := range pattern.FindAllStringIndex(text, -1) {
		if value, ok := accept(text[m[0]:m[1]]); ok {
			all = append(all, find{value, m[0], m[1], certainty})
		}
	}
	return all
}

func asPrinted(s string) (string, bool) { return s, true }

// isPhone asks for as many digits as numbers of phones have, and for no date
// or amount.
func isPhone(s string) (string, bool) {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits < 6 || digits > 15 || dateDMY.MatchString(s) || dateYMD.MatchString(s) {
		return "", false
	}
	_, _, isAmount := parseNumber(s, locale{})
	return s, !isAmount || s[0] == '0' || digits >= 9 && strings.Contains(s, " ")
}

// isIdentifier asks for a digit, and for no date.
func isIdentifier(s string) (string, bool) {
	if !strings.ContainsAny(s, "0123456789") || dateDMY.FindString(s) == s || dateYMD.FindString(s) == s {
		return "", false
	}
	return s, true
}

// outsideDates drops what is a part of a date.
func outsideDates(text string, all []find, loc locale) []find {
	if len(all) == 0 {
		return nil
	}
	dates := findDates(text, loc, false)
	return slices.DeleteFunc(all, func(x find) bool {
		return slices.ContainsFunc(dates, func(d find) bool { return x.start >= d.start && x.end <= d.end })
	})
}

// isBIC asks for a country where the code has it.
func isBIC(s string) (string, bool) {
	const known = " AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT RO SE SI SK SM US CA AU JP CN HK SG IN BR MX ZA TR AE IL KR NZ UA RS "
	return s, strings.Contains(known, " "+s[4:6]+" ")
}

// isIBAN checks the length and the sum.
func isIBAN(s string) (string, bool) {
	plain := strings.ReplaceAll(s, " ", "")
	for n := len(plain); n >= 15; n-- {
		if n == ibanLength(plain[:2], n) && ibanSum(plain[4:n]+plain[:4]) == 1 {
			return plain[:n], true
		}
	}
	return "", false
}

// ibanLength is the length of a country's IBANs, or n where it is not known.
func ibanLength(country string, n int) int {
	const known = "AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GR27 HR21 HU28 IE22 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SM27 TR26"
	_, rest, ok := strings.Cut(known, country)
	if !ok {
		return n
	}
	length, err := strconv.Atoi(rest[:2])
	if err != nil {
		return n
	}
	return length
}

// ibanSum is the number that letters and digits spell, modulo 97.
func ibanSum(s string) int {
	sum := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			sum = (sum*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			sum = (sum*100 + int(r-'A') + 10) % 97
		}
	}
	return sum
}

func currencyCode(s string) (string, bool) {
	switch strings.ToLower(s) {
	case "€", "euro", "euros":
		return "EUR", true
	case "$", "dollar", "dollars", "us dollar", "us dollars":
		return "USD", true
	case "£":
		return "GBP", true
	case "¥":
		return "JPY", true
	case "₹":
		return "INR", true
	}
	return s, true
}
