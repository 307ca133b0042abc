package main

import (
	"fmt"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// words are the runs of letters and digits in a text, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// plain takes the marks out of expected markdown.
func plain(markdown string) string {
	comment := regexp.MustCompile(`(?s)<!--.*?-->`)
	link := regexp.MustCompile(`\]\([^)\s]*\)`)
	markdown = comment.ReplaceAllString(markdown, " ")
	markdown = link.ReplaceAllString(markdown, "]")
	var b strings.Builder
	for _, line := range strings.Split(markdown, "\n") {
		if strings.HasPrefix(line, "|") {
			line = withoutRepeats(line)
		}
		b.WriteString(line + "\n")
	}
	return html.UnescapeString(strings.ReplaceAll(b.String(), `\_`, "_"))
}

// withoutRepeats gives each cell of a row once: where a cell spans columns,
// markdown has to repeat it.
func withoutRepeats(row string) string {
	return once(strings.Split(strings.Trim(row, "| "), "|"))
}

// once is a row in which no cell stands beside its like.
func once(cells []string) string {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return strings.Join(slices.Compact(cells), " ")
}

// bagF1 is the F1 of two texts as bags of words.
func bagF1(got, want []string) float64 {
	n := map[string]int{}
	for _, w := range want {
		n[w]++
	}
	hits := 0
	for _, w := range got {
		if n[w] > 0 {
			n[w]--
			hits++
		}
	}
	return f1(hits, len(got), len(want))
}

// orderF1 is the F1 of two texts as sequences: what they have in common in
// the same order.
func orderF1(got, want []string) float64 {
	row := make([]int, len(want)+1)
	for _, g := range got {
		before := 0
		for j, w := range want {
			above := row[j+1]
			if g == w {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			before = above
		}
	}
	return f1(row[len(want)], len(got), len(want))
}

func f1(hits, got, want int) float64 {
	if got+want == 0 {
		return 1
	}
	return 2 * float64(hits) / float64(got+want)
}

// texts scores a folder of files beside which their expected markdown lies;
// visible is the F1 of the words without what expected texts leave out.
func (s *scorer) texts(format string) (bag, order, visible mean) {
	for _, path := range s.files("docling/"+format, "."+format) {
		want, err := os.ReadFile(path + ".expected.md")
		if err != nil {
			continue // nothing is known of this one
		}
		p, err := s.parse(path)
		if err != nil {
			s.note(path, err.Error())
			bag.add(0)
			order.add(0)
			visible.add(0)
			continue
		}
		text, err := p.text()
		if err != nil {
			s.note(path, err.Error())
		}
		shown, err := p.visible().text()
		if err != nil {
			s.note(path, err.Error())
		}
		g, w := words(text), words(plain(string(want)))
		visible.add(bagF1(words(shown), w))
		bag.add(bagF1(g, w))
		order.add(orderF1(g, w))
		s.note(path, fmt.Sprintf("words %.3f order %.3f", bagF1(g, w), orderF1(g, w)))
		s.headings(path, p, string(want))
	}
	return bag, order, visible
}
