package document

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tag adds an element to the page and gives its number.
func (s *sheet) tag(t Tag) int {
	s.page.Tags = append(s.page.Tags, t)
	return len(s.page.Tags)
}

// put adds the words of a line that belong to an element, 12 points a line.
func (s *sheet) put(tag int, left float64, line float64, text string) {
	for _, word := range strings.Fields(text) {
		right, y := left+5*float64(len(word)), 60+14*line
		s.page.Words = append(s.page.Words, Word{Text: word, Box: Box{left, y, right, y + 12}, Baseline: y + 10, Size: 10, Font: -1, Tag: tag})
		left = right + 3
	}
}

// marked are the types and markdown of a page's segments.
func marked(t *testing.T, p *Page) []string {
	t.Helper()
	b := NewBuilder(Options{})
	if err := b.Add(p); err != nil {
		t.Fatal(err)
	}
	var all []string
	for s := range b.Segments() {
		all = append(all, string(s.SegmentType)+": "+s.Markdown)
	}
	return all
}

// taggedSheet is a page of which geometry alone would make other things: a
// heading in the size of the text, two columns that are one text, a table
// without rulings or gaps.
func taggedSheet() *sheet {
	s := newSheet(1)
	doc := s.tag(Tag{Role: "Document"})
	s.put(s.tag(Tag{Role: "H2", Parent: doc}), 50, 0, "small heading")
	p := s.tag(Tag{Role: "P", Parent: doc})
	s.put(p, 50, 1, "The text goes on")
	s.put(s.tag(Tag{Role: "Link", Parent: p}), 140, 1, "with a link")
	s.put(s.tag(Tag{Role: "NonStruct", Parent: p}), 50, 2, "and ends.")
	list := s.tag(Tag{Role: "L", Parent: doc})
	item := s.tag(Tag{Role: "LI", Parent: list})
	s.put(s.tag(Tag{Role: "Lbl", Parent: item}), 50, 4, "•")
	body := s.tag(Tag{Role: "LBody", Parent: item})
	s.put(s.tag(Tag{Role: "P", Parent: body}), 60, 4, "first item")
	table := s.tag(Tag{Role: "Table", Parent: doc})
	for y, row := range [][]string{{"Fruit", "Price"}, {"Apples", "1.00"}, {"Pears", "2.00"}} {
		tr := s.tag(Tag{Role: "TR", Parent: table})
		for x, text := range row {
			role := "TD"
			if y == 0 {
				role = "TH"
			}
			s.put(s.tag(Tag{Role: role, Parent: tr}), 50+40*float64(x), float64(6+y), text)
		}
	}
	s.put(s.tag(Tag{Role: "Note", Parent: doc}), 50, 10, "A note.")
	figure := s.tag(Tag{Role: "Figure", Parent: doc, Alt: "A cat"})
	s.page.Images = append(s.page.Images, Image{Box: Box{50, 300, 150, 400}, Tag: figure})
	s.put(0, 50, -2, "Running header")
	s.page.Drawings = append(s.page.Drawings, Drawing{Box: Box{50, 420, 200, 500}, Paths: 9})
	return s
}

func TestTaggedPage(t *testing.T) {
	want := []string{
		"Text: Running header",
		"SectionHeader: ## small heading",
		"Text: The text goes on with a link and ends.",
		"ListItem: - first item",
		"Table: | Fruit | Price |\n| --- | --- |\n| Apples | 1.00 |\n| Pears | 2.00 |",
		"Footnote: A note.",
		"Picture: <!-- image -->",
		"Picture: <!-- image -->",
	}
	if diff := cmp.Diff(want, marked(t, &taggedSheet().page)); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	b := NewBuilder(Options{})
	if err := b.Add(&taggedSheet().page); err != nil {
		t.Fatal(err)
	}
	var html string
	for s := range b.Segments() {
		html += s.HTML
	}
	if !strings.Contains(html, "<figure>A cat</figure>") {
		t.Errorf("html %s", html)
	}
}

// Structures that cannot be are as if they were not there.
func TestTagsThatCannotBe(t *testing.T) {
	tests := map[string]func(*sheet){
		"most words have none": func(s *sheet) {
			for i := range s.page.Words {
				if i%2 == 0 {
					s.page.Words[i].Tag = 0
				}
			}
		},
		"one paragraph of everything": func(s *sheet) {
			for line := range 20 {
				s.put(0, 50, float64(40+line), "one two three four five six seven eight")
			}
			for i := range s.page.Words {
				s.page.Words[i].Tag = 2
			}
		},
		"cells that cover each other": func(s *sheet) {
			first := slices.IndexFunc(s.page.Tags, func(t Tag) bool { return t.Role == "TH" })
			s.page.Tags[first+1].Rows = 2
			s.page.Tags[slices.IndexFunc(s.page.Tags, func(t Tag) bool { return t.Role == "TD" })].Columns = 2
		},
		"a cell of many places": func(s *sheet) {
			s.page.Tags[slices.IndexFunc(s.page.Tags, func(t Tag) bool { return t.Role == "TD" })].Columns = maxSpan
			s.page.Tags[slices.IndexFunc(s.page.Tags, func(t Tag) bool { return t.Role == "TD" })].Rows = maxSpan
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			s := taggedSheet()
			change(s)
			plain := s.page
			plain.Tags, plain.Words = nil, slices.Clone(plain.Words)
			for i := range plain.Words {
				plain.Words[i].Tag = 0
			}
			plain.Images = nil
			s.page.Images = nil
			if diff := cmp.Diff(marked(t, &plain), marked(t, &s.page)); diff != "" {
				t.Errorf("segments (-without +with the structure):\n%s", diff)
			}
		})
	}
}

func TestTaggedParagraphs(t *testing.T) {
	tests := map[string]struct {
		fill func(s *sheet, doc int)
		want []string
	}{
		"one that goes on in the next column": {func(s *sheet, doc int) {
			p := s.tag(Tag{Role: "P", Parent: doc})
			s.put(p, 50, 20, "It begins at the foot")
			s.put(p, 50, 21, "of a column and")
			s.put(p, 300, 2, "ends at the head")
			s.put(p, 300, 3, "of another.")
		}, []string{"Text: It begins at the foot of a column and ends at the head of another."}},
		"one with a raised note": {func(s *sheet, doc int) {
			p := s.tag(Tag{Role: "P", Parent: doc})
			s.put(p, 50, 5, "Some text")
			s.put(p, 95, 4.8, "1")
			s.put(p, 105, 5, "goes on")
		}, []string{"Text: Some text 1 goes on"}},
		"one with code in its line": {func(s *sheet, doc int) {
			p := s.tag(Tag{Role: "P", Parent: doc})
			s.put(p, 50, 5, "Now call")
			s.put(s.tag(Tag{Role: "Code", Parent: p}), 110, 5, "stop()")
			s.put(p, 150, 5, "at once.")
		}, []string{"Text: Now call stop() at once."}},
		"code by itself": {func(s *sheet, doc int) {
			s.put(s.tag(Tag{Role: "P", Parent: doc}), 50, 5, "Now call this:")
			s.put(s.tag(Tag{Role: "Code", Parent: doc}), 50, 7, "stop()")
		}, []string{"Text: Now call this:", "Text: stop()"}},
		"things that only stand together": {func(s *sheet, doc int) {
			s.put(s.tag(Tag{Role: "H1", Parent: doc}), 50, 1, "Totals")
			all := s.tag(Tag{Role: "NonStruct", Parent: doc})
			for i, row := range [][3]string{{"Net", "1.00", "2.00"}, {"Tax", "0.10", "0.20"}, {"Sum", "1.10", "2.20"}} {
				for c, text := range row {
					s.put(s.tag(Tag{Role: "NonStruct", Parent: all}), 50+100*float64(c), float64(3+i), text)
				}
			}
		}, []string{"SectionHeader: ## Totals", "Table: <table><tbody><tr><td>Net</td><td>1.00</td><td>2.00</td></tr><tr><td>Tax</td><td>0.10</td><td>0.20</td></tr>" +
			"<tr><td>Sum</td><td>1.10</td><td>2.20</td></tr></tbody></table>"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSheet(1)
			test.fill(s, s.tag(Tag{Role: "Document"}))
			if diff := cmp.Diff(test.want, marked(t, &s.page)); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEndOfNumber(t *testing.T) {
	for in, want := range map[string]string{".2020": "2020.", "،2019": "2019،", ".5-3": "5-3.", "2020": "2020", "2020.": "2020.", ".": ".", "": "", ".x1": ".x1", "-5": "-5"} {
		if got := endOfNumber(in, true); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := endOfNumber(".5", false); got != ".5" {
		t.Errorf("a share in the line becomes %q", got)
	}
}
