package op

import (
	"slices"
	"strings"
)

// maxPhrase is the most words of a phrase that is looked for.
const maxPhrase = 5

// maxTitleLine is the number of the line down to which a page may say at its
// top what it is.
const maxTitleLine = 4

// titleTimes is how often a word in a title counts.
const titleTimes = 3.0

// wordCount is how often phrases stand on a page.
type wordCount struct {
	counts map[string]float64
	total  int // words of any kind
}

// countWords counts the phrases that are asked for; those of more than
// maxPhrase words are not found.
func countWords(lines []Line, asked map[string]float64) wordCount {
	w := wordCount{counts: map[string]float64{}}
	body := usualSize(lines)
	for i := range lines {
		times := 1.0
		if lines[i].Size >= 1.25*body || i < maxTitleLine && len(lines[i].Text()) < 60 {
			times = titleTimes
		}
		words := stems(lines[i].Text())
		w.total += len(words)
		for from := range words {
			for n := 1; n <= maxPhrase && from+n <= len(words); n++ {
				phrase := strings.Join(words[from:from+n], " ")
				if _, ok := asked[phrase]; ok {
					w.counts[phrase] += times
				}
			}
		}
	}
	return w
}

// usualSize is the font size of the middle line, by size.
func usualSize(lines []Line) float64 {
	if len(lines) == 0 {
		return 0
	}
	sizes := make([]float64, len(lines))
	for i := range lines {
		sizes[i] = lines[i].Size
	}
	slices.Sort(sizes)
	return sizes[len(sizes)/2]
}
