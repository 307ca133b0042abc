package extract

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// border says which end of a period a date is.
type border int

const (
	noBorder border = iota
	firstDay
	lastDay
)

// borderOf decides by the words of a name.
func borderOf(words []string) border {
	one := func(all ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(all, w) })
	}
	switch {
	case one("start", "begin", "beginning", "from", "since", "von", "beginn", "debut"):
		return firstDay
	case one("end", "until", "through", "bis", "ende", "fin"):
		return lastDay
	}
	return noBorder
}

// maxJoint is the most letters between the two days of a period.
const maxJoint = 12

// joints stand between the two days of a period.
var joints = []string{"-", "–", "—", "to", "until", "through", "till", "bis", "bis zum", "au", "jusqu'au", "t/m", "tot", "al", "a", "hasta"}

// findPeriods gives of each period in a text the day at one of its ends.
func findPeriods(text string, loc locale, which border) []find {
	days := append(findDates(text, loc, false), shortFirsts(text, loc)...)
	slices.SortFunc(days, func(a, b find) int { return cmp.Compare(a.start, b.start) })
	var all []find
	for i := 1; i < len(days); i++ {
		from, to := days[i-1], days[i]
		if from.end > to.start || to.start-from.end > maxJoint || spelled(from.value) > spelled(to.value) ||
			!slices.Contains(joints, strings.ToLower(strings.TrimSpace(text[from.end:to.start]))) {
			continue
		}
		if which == firstDay {
			all = append(all, from)
		} else {
			all = append(all, to)
		}
	}
	return all
}

// shortFirst is the first day of a period that leaves its month or its year to
// the last one: "1 - 31 July 2014", "July 1 - July 31, 2014".
var shortFirst = regexp.MustCompile(`(?:^|\s)((\d{1,2})(?:st|nd|rd|th|er|\.)?(?: (\p{L}{3,10})\.?| ?(\d{1,2})\.)?|(\p{L}{3,10})\.? (\d{1,2}))(?: ?[-–—] ?| (?:to|bis|au|al|tot|a) )$`)

// shortFirsts gives those first days, complete.
func shortFirsts(text string, loc locale) []find {
	var all []find
	for _, last := range findDates(text, loc, false) {
		day, err := time.Parse(time.DateOnly, spelled(last.value))
		m := shortFirst.FindStringSubmatchIndex(text[:last.start])
		if err != nil || m == nil {
			continue
		}
		part := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return text[m[2*n]:m[2*n+1]]
		}
		month, start := cmp.Or(part(3), part(4), part(5)), m[2]
		if _, known := months[strings.ToLower(fold(month))]; part(5) != "" && !known {
			month, start = "", m[12] // "from 3 to 9 March"
		}
		month = cmp.Or(month, strconv.Itoa(int(day.Month())))
		if iso, ok := isoDate(strconv.Itoa(day.Year()), month, cmp.Or(part(2), part(6))); ok {
			all = append(all, find{value: iso, start: start, end: m[3], certainty: last.certainty})
		}
	}
	return all
}

// ends are the days at the ends of the periods on a page, as ISO 8601 and as
// they are printed.
type ends struct{ first, last map[any]bool }

// ends finds them once.
func (s *sheet) ends() *ends {
	if s.periods != nil {
		return s.periods
	}
	s.periods = &ends{map[any]bool{}, map[any]bool{}}
	for i := range s.rows {
		text := s.rows[i].text
		for which, days := range map[border]map[any]bool{firstDay: s.periods.first, lastDay: s.periods.last} {
			for _, x := range findPeriods(text, s.loc, which) {
				days[x.value], days[text[x.start:x.end]] = true, true
			}
		}
	}
	return s.periods
}

// otherEnd says of a day found for one end of a period that it is the other
// end of one.
func (s *sheet) otherEnd(f *field, day any) bool {
	switch f.border {
	case firstDay:
		return s.ends().last[day] && !s.ends().first[day]
	case lastDay:
		return s.ends().first[day] && !s.ends().last[day]
	}
	return false
}
