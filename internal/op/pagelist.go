package op

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pages are ranges of pages, counted from 1, in order and apart from each
// other. None means all pages.
type Pages []PageRange

// PageRange is the pages from First to Last.
type PageRange struct{ First, Last int }

// maxPageNumber is beyond any page of any document.
const maxPageNumber = 1_000_000

// ParsePages reads a list such as "1-5,8". An empty text is all pages. Errors
// are sentences that say what is wrong.
func ParsePages(s string) (Pages, error) {
	var all Pages
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		a, errA := strconv.Atoi(strings.TrimSpace(first))
		b, errB := strconv.Atoi(strings.TrimSpace(last))
		switch {
		case errA != nil || errB != nil:
			return nil, fmt.Errorf("%q is no page and no range of pages", part)
		case a < 1 || b > maxPageNumber:
			return nil, fmt.Errorf("page %q is out of range", part)
		case b < a:
			return nil, fmt.Errorf("%q ends before it begins", part)
		}
		all = append(all, PageRange{a, b})
	}
	slices.SortFunc(all, func(a, b PageRange) int { return a.First - b.First })
	var joined Pages
	for _, r := range all {
		if n := len(joined); n > 0 && r.First <= joined[n-1].Last+1 {
			joined[n-1].Last = max(joined[n-1].Last, r.Last)
			continue
		}
		joined = append(joined, r)
	}
	return joined, nil
}

// String is the list as ParsePages reads it.
func (p Pages) String() string {
	parts := make([]string, len(p))
	for i, r := range p {
		parts[i] = strconv.Itoa(r.First)
		if r.Last > r.First {
			parts[i] += "-" + strconv.Itoa(r.Last)
		}
	}
	return strings.Join(parts, ",")
}

// Has says whether page n is wanted.
func (p Pages) Has(n int) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(r PageRange) bool { return n >= r.First && n <= r.Last })
}

// within counts the wanted pages of a document of so many, and gives the last.
func (p Pages) within(pages int) (count, last int) {
	if len(p) == 0 {
		return pages, pages
	}
	for _, r := range p {
		if r.First <= pages {
			last = min(r.Last, pages)
			count += last - r.First + 1
		}
	}
	return count, last
}
