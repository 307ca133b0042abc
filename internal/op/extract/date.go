package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The ways to write a date. Digits around a match make it something else.
var (
	dateYMD  = regexp.MustCompile(`\b(\d{4})([-/.])(\d{1,2})[-/.](\d{1,2})\b`)
	dateDMY  = regexp.MustCompile(`\b(\d{1,2}) ?([./-]) ?(\d{1,2}) ?[./-] ?(\d{4}|\d{2})\b`)
	dateDMon = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th|er|\.)?[ \t-]*(?:de |of )?(\p{L}{3,10})[.,]?[ \t-]*(?:de )?(\d{4}|\d{2})\b`)
	dateMonD = regexp.MustCompile(`(\p{L}{3,10})\.?[ \t]+(\d{1,2})(?:st|nd|rd|th)?[ \t]*,?[ \t]+(\d{4})\b`)
	clock    = regexp.MustCompile(`^[ \tT,]{1,3}(\d{1,2}):(\d{2})(?::(\d{2}))?`)
)

// months by their names and short forms, folded, in English, German, French,
// Dutch, Spanish and Italian.
var months = map[string]time.Month{
	"january": 1, "jan": 1, "januar": 1, "janner": 1, "janvier": 1, "januari": 1, "enero": 1, "gennaio": 1,
	"february": 2, "feb": 2, "februar": 2, "fevrier": 2, "fevr": 2, "februari": 2, "febrero": 2, "febbraio": 2,
	"march": 3, "mar": 3, "marz": 3, "mrz": 3, "mars": 3, "maart": 3, "marzo": 3,
	"april": 4, "apr": 4, "avril": 4, "avr": 4, "abril": 4, "aprile": 4,
	"may": 5, "mai": 5, "mei": 5, "mayo": 5, "maggio": 5,
	"june": 6, "jun": 6, "juni": 6, "juin": 6, "junio": 6, "giugno": 6,
	"july": 7, "jul": 7, "juli": 7, "juillet": 7, "juil": 7, "julio": 7, "luglio": 7,
	"august": 8, "aug": 8, "aout": 8, "augustus": 8, "agosto": 8,
	"september": 9, "sep": 9, "sept": 9, "septembre": 9, "septiembre": 9, "settembre": 9,
	"october": 10, "oct": 10, "oktober": 10, "okt": 10, "octobre": 10, "octubre": 10, "ottobre": 10,
	"november": 11, "nov": 11, "novembre": 11, "noviembre": 11,
	"december": 12, "dec": 12, "dezember": 12, "dez": 12, "decembre": 12, "diciembre": 12, "dicembre": 12, //nolint:misspell // French
}

// findDates finds dates; values are ISO 8601 days, or with the time of day
// those dates alone that have one.
func findDates(text string, loc locale, withTime bool) []find {
	var all []find
	take := func(m []int, year, month, day string, certainty float64) {
		iso, ok := isoDate(year, month, day)
		if !ok || m[1] < len(text) && text[m[1]] >= '0' && text[m[1]] <= '9' {
			return
		}
		f := find{value: iso, start: m[0], end: m[1], certainty: certainty}
		if withTime {
			c := clock.FindStringSubmatchIndex(text[m[1]:])
			if c == nil {
				return
			}
			f.end += c[1]
			f.value, ok = isoTime(iso, text[m[1]:], c)
			if !ok {
				return
			}
		}
		all = append(all, f)
	}
	for _, m := range dateYMD.FindAllStringSubmatchIndex(text, -1) {
		take(m, text[m[2]:m[3]], text[m[6]:m[7]], text[m[8]:m[9]], 1)
	}
	for _, m := range dateDMY.FindAllStringSubmatchIndex(text, -1) {
		first, second, certainty := text[m[2]:m[3]], text[m[6]:m[7]], 0.97
		if text[m[4]] == '/' && ambiguous(first, second) {
			certainty = 0.85
		}
		if text[m[4]] == '/' && loc.monthFirst && !above12(first) || above12(second) {
			first, second = second, first
		}
		take(m, text[m[8]:m[9]], second, first, certainty)
	}
	for _, m := range dateDMon.FindAllStringSubmatchIndex(text, -1) {
		take(m, text[m[6]:m[7]], text[m[4]:m[5]], text[m[2]:m[3]], 1)
	}
	for _, m := range dateMonD.FindAllStringSubmatchIndex(text, -1) {
		take(m, text[m[6]:m[7]], text[m[2]:m[3]], text[m[4]:m[5]], 1)
	}
	if len(all) < 2 {
		return all
	}
	// "July 1 - July 31, 2014" has no first of July 2031.
	among := slices.Clone(all)
	return slices.DeleteFunc(all, func(x find) bool {
		return slices.ContainsFunc(among, func(y find) bool {
			return x.start < y.end && y.start < x.end && y.end-y.start > x.end-x.start
		})
	})
}

func ambiguous(a, b string) bool { return !above12(a) && !above12(b) && a != b }

func above12(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 12
}

// isoDate is false for days that no calendar has.
func isoDate(year, month, day string) (string, bool) {
	y, err1 := strconv.Atoi(year)
	d, err2 := strconv.Atoi(day)
	m, named := months[strings.ToLower(fold(month))]
	if !named {
		n, err := strconv.Atoi(month)
		if err != nil || n < 1 || n > 12 {
			return "", false
		}
		m = time.Month(n)
	}
	if err1 != nil || err2 != nil {
		return "", false
	}
	if len(year) == 2 {
		y += 2000
		if y >= 2080 {
			y -= 100
		}
	}
	t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if y < 1000 || t.Day() != d || t.Month() != m {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

// isoTime adds the time of day that clock has found in text.
func isoTime(day, text string, m []int) (string, bool) {
	hour, minute, second := text[m[2]:m[3]], text[m[4]:m[5]], "00"
	if m[6] >= 0 {
		second = text[m[6]:m[7]]
	}
	if len(hour) == 1 {
		hour = "0" + hour
	}
	value := fmt.Sprintf("%sT%s:%s:%sZ", day, hour, minute, second)
	_, err := time.Parse(time.RFC3339, value)
	return value, err == nil
}
