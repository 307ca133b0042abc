package op

import (
	"strings"
	"testing"

	"docket/internal/document"

	"github.com/google/go-cmp/cmp"
)

// set puts words of 10 points at places given as left and baseline.
func set(text string, left, baseline float64) []document.Word {
	var words []document.Word
	for word := range strings.FieldsSeq(text) {
		right := left + 5*float64(len(word))
		words = append(words, document.Word{
			Text: word, Baseline: baseline, Size: 10,
			Box: document.Box{Left: left, Top: baseline - 8, Right: right, Bottom: baseline + 2},
		})
		left = right + 3
	}
	return words
}

func page(parts ...[]document.Word) *document.Page {
	p := &document.Page{Number: 1, Width: 600, Height: 800}
	for _, words := range parts {
		p.Words = append(p.Words, words...)
	}
	return p
}

// cells are the texts of the cells of each line.
func cells(lines []Line) [][]string {
	var all [][]string
	for _, l := range lines {
		var texts []string
		for _, c := range l.Cells {
			texts = append(texts, c.Text)
		}
		all = append(all, texts)
	}
	return all
}

func TestLines(t *testing.T) {
	turned := set("sideways", 10, 300)
	turned[0].Turn = 1
	hidden := set("hidden", 100, 100)
	hidden[0].Hidden = true
	super := set("2", 123, 97)
	super[0].Size = 6
	tests := map[string]struct {
		page *document.Page
		want [][]string
	}{
		"nothing":      {page(), nil},
		"cells":        {page(set("Total due", 50, 100), set("9.99", 300, 100)), [][]string{{"Total due", "9.99"}}},
		"file order":   {page(set("second", 50, 120), set("9.99", 300, 100), set("first", 50, 100)), [][]string{{"first", "9.99"}, {"second"}}},
		"tight lines":  {page(set("one", 50, 100), set("two", 50, 107)), [][]string{{"one"}, {"two"}}},
		"slanted":      {page(set("one", 50, 100), set("two", 200, 102)), [][]string{{"one", "two"}}},
		"superscript":  {page(set("area of m", 80, 100), super), [][]string{{"area of m 2"}}},
		"overprinted":  {page(set("bold", 50, 100), set("bold", 50.3, 100)), [][]string{{"bold"}}},
		"same twice":   {page(set("1", 50, 100), set("1", 90, 100)), [][]string{{"1", "1"}}},
		"turned":       {page(set("upright text", 50, 100), turned), [][]string{{"upright text"}}},
		"hidden":       {page(set("painted text", 50, 100), hidden), [][]string{{"painted text"}}},
		"under a scan": {page(hidden), [][]string{{"hidden"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := len(test.page.Words)
			got := cells(Lines(test.page))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if len(test.page.Words) != before {
				t.Error("the page was changed")
			}
		})
	}
}

func TestLinesMeasure(t *testing.T) {
	big := set("TITLE", 50, 100)
	big[0].Size = 20
	lines := Lines(page(big, set("text", 200, 100)))
	want := document.Box{Left: 50, Top: 92, Right: 220, Bottom: 102}
	if len(lines) != 1 || lines[0].Size != 20 || lines[0].Text() != "TITLE text" || lines[0].Box != want {
		t.Errorf("%+v", lines)
	}
}
