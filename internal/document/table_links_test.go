package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// linkWord ties the first word of that text to an address.
func (s *sheet) linkWord(text, to string) *sheet {
	for i := range s.page.Words {
		if w := &s.page.Words[i]; w.Text == text && w.Link == 0 {
			s.page.Links = append(s.page.Links, Link{Box: w.Box, URI: to})
			w.Link = len(s.page.Links)
			return s
		}
	}
	panic("no word " + text)
}

// Links in the cells of a table are marked up, and its rows have them.
func TestLinksInCells(t *testing.T) {
	sheets := map[string]func() *sheet{
		"by gaps": func() *sheet {
			return newSheet(1).lines(50, 100, "Fruit", "Sweet apples", "Pears").lines(200, 100, "2001", "1.2", "3.4").lines(300, 100, "2002", "5.6", "7.8")
		},
		"ruled": func() *sheet {
			s := newSheet(1).lines(55, 112, "Fruit", "Sweet apples", "Pears").lines(205, 112, "2001", "1.2", "3.4").lines(305, 112, "2002", "5.6", "7.8")
			for _, y := range []float64{102, 114.5, 126.5, 138.5} {
				s.across(y, 50, 400)
			}
			for _, x := range []float64{50, 200, 300, 400} {
				s.down(x, 102, 138.5)
			}
			return s
		},
	}
	for name, sheet := range sheets {
		t.Run(name, func(t *testing.T) {
			page := &sheet().linkWord("apples", "https://e.org/a").linkWord("7.8", "javascript:x").page
			want := map[bool][]string{
				false: {"| Fruit | 2001 | 2002 |\n| --- | --- | --- |\n| Sweet apples | 1.2 | 5.6 |\n| Pears | 3.4 | 7.8 |", "", "", ""},
				true:  {"| Fruit | 2001 | 2002 |\n| --- | --- | --- |\n| Sweet [apples](https://e.org/a) | 1.2 | 5.6 |\n| Pears | 3.4 | 7.8 |", "", "https://e.org/a", ""},
			}
			for _, linked := range []bool{false, true} {
				b := NewBuilder(Options{Links: linked})
				if err := b.Add(page); err != nil {
					t.Fatal(err)
				}
				for s := range b.Segments() {
					got := []string{s.Markdown}
					for _, l := range s.OCR {
						got = append(got, l.Link)
					}
					if diff := cmp.Diff(want[linked], got); diff != "" || s.SegmentType != TableSegment {
						t.Errorf("%s, links %v (-want +got):\n%s", s.SegmentType, linked, diff)
					}
					if linked && s.HTML != "<table><thead><tr><th>Fruit</th><th>2001</th><th>2002</th></tr></thead><tbody>"+
						`<tr><td>Sweet <a href="https://e.org/a">apples</a></td><td>1.2</td><td>5.6</td></tr>`+
						"<tr><td>Pears</td><td>3.4</td><td>7.8</td></tr></tbody></table>" {
						t.Errorf("html %s", s.HTML)
					}
				}
			}
		})
	}
}

// The rows of a table are its lines, with their places and how sure their
// recognition was; those of later pages are left out.
func TestLinesOfTables(t *testing.T) {
	table := func(number int) *sheet {
		s := newSheet(number).lines(50, 100, "Fruit", "Apples", "Pears").lines(200, 100, "2001", "1.2", "3.4").lines(300, 100, "2002", "5.6", "7.8")
		for i := range s.page.Words {
			s.page.Words[i].Confidence = 90
			if s.page.Words[i].Text == "Apples" {
				s.page.Words[i].Confidence = 60
			}
		}
		return s
	}
	b := NewBuilder(Options{MergeTables: true})
	for n := range 2 {
		if err := b.Add(&table(n + 1).page); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for s := range b.Segments() {
		n++
		var got []string
		for _, l := range s.OCR {
			got = append(got, l.Text)
		}
		if diff := cmp.Diff([]string{"Fruit 2001 2002", "Apples 1.2 5.6", "Pears 3.4 7.8"}, got); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
		if *s.OCR[1].Confidence != 0.75 || *s.OCR[2].Confidence != 0.9 || *s.Confidence < 0.8 || *s.Confidence > 0.9 {
			t.Errorf("confidence %v of the table, %v and %v of its rows", *s.Confidence, *s.OCR[1].Confidence, *s.OCR[2].Confidence)
		}
		if diff := cmp.Diff(Rectangle{Left: 0, Top: 24, Width: 530, Height: 20}, s.OCR[1].BBox); diff != "" {
			t.Errorf("place of a row: %s", diff)
		}
	}
	if n != 1 {
		t.Errorf("%d segments", n)
	}
}

// What a document that says its own structure links to is listed, and its
// lines have it, when links are asked for.
func TestLinksOfFlows(t *testing.T) {
	cell := func(text ...Run) FlowCell { return FlowCell{Text: text} }
	flow := &Flow{Number: 1, Blocks: []Block{
		{Type: ListItem, Label: "1.", Text: []Run{{Text: "see "}, {Text: "the ", Link: "https://e.org/1"}, {Text: "page", Bold: true, Link: "https://e.org/1"}, {Text: "s."}}},
		{Type: TableSegment, Rows: []FlowRow{
			{Header: true, Cells: []FlowCell{cell(Run{Text: "Name"}), cell(Run{Text: "Where"})}},
			{Cells: []FlowCell{cell(Run{Text: "Ada"}), cell(Run{Text: "her page", Link: "https://e.org/2"}, Run{Text: " and "}, Run{Text: "not", Link: "javascript:x"})}},
		}},
		{Type: Text, Text: []Run{{Text: "up", Link: "../up"}}},
	}}
	for _, linked := range []bool{false, true} {
		b := NewBuilder(Options{Links: linked})
		if err := b.AddFlow(flow); err != nil {
			t.Fatal(err)
		}
		var links, details []string
		for s := range b.Segments() {
			for _, l := range s.OCR {
				links = append(links, l.Text+": "+l.Link)
			}
		}
		if d := b.Summary().Details; d != nil {
			for _, l := range d.Links {
				if l.BBox.Width < 10 || l.BBox.Height < 10 || l.PageNumber != 1 {
					t.Errorf("place of %q: %+v", l.Text, l)
				}
				details = append(details, l.Text+": "+l.URL)
			}
		}
		wantLinks, wantDetails := []string{"1. see the pages.: ", "Name Where: ", "Ada her page and not: ", "up: "}, []string(nil)
		if linked {
			wantLinks = []string{"1. see the pages.: https://e.org/1", "Name Where: ", "Ada her page and not: https://e.org/2", "up: "}
			wantDetails = []string{"the pages.: https://e.org/1", "her page: https://e.org/2"}
		}
		if diff := cmp.Diff([][]string{wantLinks, wantDetails}, [][]string{links, details}); diff != "" {
			t.Errorf("links %v (-want +got):\n%s", linked, diff)
		}
	}
}
