package document

import (
	"slices"
	"unicode"
)

// wordLinks says of each word of a text where it leads, or nothing; nil when
// none leads anywhere. A word belongs to the run that it begins in.
func wordLinks(text []Run) []string {
	if !slices.ContainsFunc(text, func(r Run) bool { return r.Link != "" }) {
		return nil
	}
	var all []string
	inside := false // a word
	for i := range text {
		link := address(text[i].Link)
		for _, c := range text[i].Text {
			blank := unicode.IsSpace(c)
			if !blank && !inside {
				all = append(all, link)
			}
			inside = !blank
		}
	}
	return all
}

// link ties the word that was set last to where it leads, together with the
// words before it that lead there.
func (l *flowPage) link(to string) {
	n := len(l.page.Words)
	if to == "" {
		return
	}
	w := &l.page.Words[n-1]
	if n > 1 && l.page.Words[n-2].Link > 0 {
		if k := l.page.Words[n-2].Link; l.page.Links[k-1].URI == to {
			w.Link, l.page.Links[k-1].Box = k, l.page.Links[k-1].Box.Union(w.Box)
			return
		}
	}
	l.page.Links = append(l.page.Links, Link{Box: w.Box, URI: to})
	w.Link = len(l.page.Links)
}
