package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// across and down draw rulings.
func (s *sheet) across(y, left, right float64) *sheet {
	s.page.Rules = append(s.page.Rules, Rule{Box{left, y - 0.25, right, y + 0.25}})
	return s
}

func (s *sheet) down(x, top, bottom float64) *sheet {
	s.page.Rules = append(s.page.Rules, Rule{Box{x - 0.25, top, x + 0.25, bottom}})
	return s
}

// cellsOf are the texts of a table's cells at their places, with spans.
func cellsOf(t *Table) []string {
	if t == nil {
		return nil
	}
	var all []string
	for _, c := range t.Cells {
		place := fmt.Sprintf("%d,%d", c.Row, c.Column)
		if c.RowSpan > 1 || c.ColumnSpan > 1 {
			place += fmt.Sprintf(" %dx%d", c.RowSpan, c.ColumnSpan)
		}
		all = append(all, place+" "+c.Text)
	}
	return all
}

func whole() Box { return Box{0, 0, 600, 800} }

func TestTableIn(t *testing.T) {
	tests := map[string]struct {
		sheet *sheet
		want  []string
	}{
		"ruled, with spans": {
			newSheet(1).across(90, 50, 350).across(110, 150, 350).across(130, 50, 350).across(150, 50, 350).
				down(50, 90, 150).down(150, 90, 150).down(250, 110, 150).down(350, 90, 150).
				lines(55, 112, "Place").lines(200, 104, "Persons in each").lines(155, 124, "2001").lines(255, 124, "2002").
				lines(55, 144, "Hall").lines(155, 144, "17").lines(255, 144, "23"),
			[]string{"0,0 2x1 Place", "0,1 1x2 Persons in each", "1,1 2001", "1,2 2002", "2,0 Hall", "2,1 17", "2,2 23"},
		},
		"no rulings": {
			newSheet(1).lines(50, 100, "Fruit", "Apples", "Pears").lines(200, 100, "2001", "1.2", "3.4").lines(300, 100, "2002", "5.6", "7.8"),
			[]string{"0,0 Fruit", "0,1 2001", "0,2 2002", "1,0 Apples", "1,1 1.2", "1,2 5.6", "2,0 Pears", "2,1 3.4", "2,2 7.8"},
		},
		"a label over two lines": {
			newSheet(1).lines(50, 100, "Fruit", "Apples that", "keep well", "Pears").lines(200, 100, "2001").lines(200, 124, "1.2", "3.4").
				lines(300, 100, "2002").lines(300, 124, "5.6", "7.8"),
			[]string{"0,0 Fruit", "0,1 2001", "0,2 2002", "1,0 Apples that keep well", "1,1 1.2", "1,2 5.6", "2,0 Pears", "2,1 3.4", "2,2 7.8"},
		},
		"an empty cell": {
			newSheet(1).lines(50, 100, "Fruit", "Apples", "Pears").lines(200, 100, "2001", "1.2").lines(300, 100, "2002", "5.6", "7.8"),
			[]string{"0,0 Fruit", "0,1 2001", "0,2 2002", "1,0 Apples", "1,1 1.2", "1,2 5.6", "2,0 Pears", "2,1 ", "2,2 7.8"},
		},
		"a heading over two columns": {
			newSheet(1).lines(190, 88, "Tons in the years from").lines(50, 100, "Fruit", "Apples", "Pears", "Plums").
				lines(200, 100, "2001", "1.2", "3.4", "4.4").lines(270, 100, "2002", "5.6", "7.8", "8.8"),
			[]string{
				"0,0 ", "0,1 1x2 Tons in the years from", "1,0 Fruit", "1,1 2001", "1,2 2002",
				"2,0 Apples", "2,1 1.2", "2,2 5.6", "3,0 Pears", "3,1 3.4", "3,2 7.8", "4,0 Plums", "4,1 4.4", "4,2 8.8",
			},
		},
		"no words": {newSheet(1).across(90, 50, 350).across(110, 50, 350), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, cellsOf(TableIn(&tt.sheet.page, whole()))); diff != "" {
				t.Errorf("cells (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTableInTurned(t *testing.T) {
	upright := newSheet(1).lines(50, 100, "Fruit", "Apples", "Pears").lines(200, 100, "2001", "1.2", "3.4")
	turned := newSheet(1)
	turned.page.Width, turned.page.Height = 800, 600
	for _, w := range upright.page.Words { // a quarter turn clockwise
		w.Box = Box{800 - w.Box.Bottom, w.Box.Left, 800 - w.Box.Top, w.Box.Right}
		w.Baseline, w.Turn = 800-w.Baseline, 1
		turned.page.Words = append(turned.page.Words, w)
	}
	got := TableIn(&turned.page, Box{0, 0, 800, 600})
	if diff := cmp.Diff([]string{"0,0 Fruit", "0,1 2001", "1,0 Apples", "1,1 1.2", "2,0 Pears", "2,1 3.4"}, cellsOf(got)); diff != "" {
		t.Fatalf("cells (-want +got):\n%s", diff)
	}
	if want := turned.page.Words[0].Box; got.Cells[0].Box != want {
		t.Errorf("the first cell stands at %v, want %v", got.Cells[0].Box, want)
	}
}

// The boundaries are where nothing is: text above and below a table is not
// part of it.
func TestTablesAmongText(t *testing.T) {
	const text = "This line is as long as the column is wide, or nearly"
	table := []string{"Fruit", "Apples", "Pears"}
	amounts := []string{"Tons", "1.20", "3.40"}
	ruled := func() *sheet {
		return newSheet(1).across(140, 45, 330).across(153, 45, 330).across(165, 45, 330).across(178, 45, 330).
			down(45, 140, 178).down(190, 140, 178).down(330, 140, 178)
	}
	want := []typed{{Text, text + " " + text}, {TableSegment, "Fruit\tTons\nApples\t1.20\nPears\t3.40"}, {Text, text + " " + text}}
	for name, s := range map[string]*sheet{
		"ruled":      ruled(),
		"two rules":  newSheet(1).across(140, 45, 330).across(178, 45, 330),
		"no rulings": newSheet(1),
	} {
		s.lines(50, 100, text, text).lines(50, 150, table...).lines(200, 150, amounts...).lines(50, 210, text, text)
		if diff := cmp.Diff(want, typesOf(build(s))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNoTables(t *testing.T) {
	const text = "This line is as long as the column is wide, or nearly"
	frame := func(s *sheet, b Box) *sheet {
		s.page.Rects = append(s.page.Rects, Rect{Box: b, Stroked: true})
		return s
	}
	tests := map[string]*sheet{
		"a frame around text": frame(newSheet(1).lines(50, 100, text, text), Box{40, 80, 330, 130}),
		"two frames of text":  frame(frame(newSheet(1).lines(50, 100, text, text).lines(50, 150, text, text), Box{40, 80, 330, 130}), Box{40, 130, 330, 180}),
		"addresses side by side": newSheet(1).lines(50, 100, "Acme Limited", "1 High Street", "20457 Hamburg").
			lines(300, 100, "Jane Doe", "Gate 3", "10243 Berlin"),
		"a list of contents": newSheet(1).lines(50, 100, "One . . . . . . . . . . . . . . . .", "Two . . . . . . . . . . . . . . . . .", "Three . . . . . . . . . . . . . . .").
			lines(300, 100, "17", "29", "35"),
		"a numbered list":       newSheet(1).lines(50, 100, "1.", "2.", "3.").lines(80, 100, "first of all", "then this", "and that"),
		"labels":                newSheet(1).lines(50, 100, "Name:", "Place:", "Number:").lines(150, 100, "Jane", "Berlin", "17"),
		"rules above and below": newSheet(1).across(80, 40, 560).across(700, 40, 560).lines(50, 100, text, text, text),
	}
	for name, s := range tests {
		for _, got := range typesOf(build(s)) {
			if got.Type == TableSegment {
				t.Errorf("%s: a table of %q", name, got.Text)
			}
		}
	}
}

func TestSideBySide(t *testing.T) {
	s := newSheet(1).lines(50, 100, "Acme Limited", "1 High Street", "20457 Hamburg", "VAT 123").
		lines(300, 100, "Jane Doe", "Gate 3", "10243 Berlin")
	want := []typed{{Text, "Acme Limited 1 High Street 20457 Hamburg VAT 123"}, {Text, "Jane Doe Gate 3 10243 Berlin"}}
	if diff := cmp.Diff(want, typesOf(build(s))); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}

// A letterhead with a title in large type does not hide the gap between the
// addresses below.
func TestSideBySideBelowATitle(t *testing.T) {
	s := newSheet(1).lines(60, 60, "A").lines(100, 60, "Northwind Paper and Print").lines(470, 60, "High Street").
		lines(100, 74, "Stationery").lines(470, 74, "Hamburg")
	s.page.Words = append(s.page.Words, Word{Text: "INVOICE", Box: Box{60, 100, 150, 124}, Baseline: 120, Size: 24})
	s = s.lines(60, 140, "Acme Limited", "1 High Street", "20457 Hamburg").lines(300, 140, "Jane Doe", "Gate 3", "10243 Berlin")
	var got []string
	for _, segment := range typesOf(build(s)) {
		got = append(got, segment.Text)
	}
	if text := strings.Join(got, "|"); !strings.Contains(text, "Acme Limited 1 High Street 20457 Hamburg") || !strings.Contains(text, "Jane Doe Gate 3 10243 Berlin") {
		t.Errorf("segments %q", got)
	}
}

func TestTableMarkup(t *testing.T) {
	plain := build(newSheet(1).lines(50, 100, "Fruit|juice", "<b>Apples", "Pears").lines(200, 100, "Tons", "1.20", "3.40"))[0]
	if want := "| Fruit\\|juice | Tons |\n| --- | --- |\n| \\<b>Apples | 1.20 |\n| Pears | 3.40 |"; plain.Markdown != want {
		t.Errorf("markdown:\n%s\nwant:\n%s", plain.Markdown, want)
	}
	if want := "<table><thead><tr><th>Fruit|juice</th><th>Tons</th></tr></thead><tbody><tr><td>&lt;b&gt;Apples</td><td>1.20</td></tr><tr><td>Pears</td><td>3.40</td></tr></tbody></table>"; plain.HTML != want {
		t.Errorf("html:\n%s\nwant:\n%s", plain.HTML, want)
	}
	spanning := build(newSheet(1).lines(190, 88, "Tons in the years from").lines(50, 100, "Fruit", "Apples", "Pears", "Plums").
		lines(200, 100, "2001", "1.2", "3.4", "4.4").lines(270, 100, "2002", "5.6", "7.8", "8.8"))[0]
	if !strings.Contains(spanning.HTML, `<th colspan="2">Tons in the years from</th>`) || spanning.Markdown != spanning.HTML {
		t.Errorf("a table with spans:\n%s\n%s", spanning.HTML, spanning.Markdown)
	}
}

// A page of very many words in rows, with a ruling for each, must not take
// minutes.
func TestManyCells(t *testing.T) {
	n := 40_000
	if testing.Short() {
		n = 10_000
	}
	s := newSheet(1)
	for i := range n {
		x, y := float64(i%200)*2.9, float64(i/200)*3.9
		s.page.Words = append(s.page.Words, Word{Text: "7", Size: 2, Baseline: y, Box: Box{x, y - 1.6, x + 1, y + 0.4}})
	}
	for i := range 199 {
		s.across(float64(i)*3.9+2, 0, 600).down(float64(i)*2.9+2, 0, 800)
	}
	words := 0
	for _, segment := range build(s) {
		words += len(strings.Fields(segment.Content))
	}
	if words != n {
		t.Errorf("%d words came out of %d", words, n)
	}
}

// A drawing of very many lines must not take minutes.
func TestManyRulings(t *testing.T) {
	tests := map[string]func(s *sheet, i int){
		"a fine grid": func(s *sheet, i int) { s.across(float64(i%1400)/2, 0, 600).down(float64(i%1200)/2, 0, 800) },
		"small crosses": func(s *sheet, i int) {
			x, y := float64(i%100*6), float64(i/100*6)
			s.across(y+2, x, x+4).down(x+2, y, y+4)
		},
		"small boxes": func(s *sheet, i int) {
			x, y := float64(i%100*6), float64(i/100*6)
			s.page.Rects = append(s.page.Rects, Rect{Box: Box{x, y, x + 10, y + 10}, Stroked: true})
		},
	}
	for name, draw := range tests {
		s := newSheet(1)
		for i := range 10_000 {
			draw(s, i)
		}
		for i := range 2_000 {
			s.line(float64(i*7919%590), float64(i*104729%790), 5, regular, "x")
		}
		start := time.Now()
		words := 0
		for _, segment := range build(s) {
			words += len(strings.Fields(segment.Content))
		}
		if words != 2_000 {
			t.Errorf("%s: %d words of 2,000 came out", name, words)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func TestRightToLeft(t *testing.T) {
	s := newSheet(1)
	x := 500.0
	for _, w := range []string{"שלום", "עולם", "2024", "in", "English", "סוף"} {
		width := float64(len([]rune(w))) * 5
		s.page.Words = append(s.page.Words, Word{Text: w, Size: 10, Baseline: 100, Box: Box{x - width, 92, x, 102}})
		x -= width + 3
	}
	// The English words stand from left to right.
	in, english := &s.page.Words[3], &s.page.Words[4]
	right := in.Box.Right
	in.Box.Left, in.Box.Right = english.Box.Left, english.Box.Left+10
	english.Box.Left, english.Box.Right = right-35, right
	got := typesOf(build(s))
	if diff := cmp.Diff([]typed{{Text, "שלום עולם 2024 in English סוף"}}, got); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	if box := build(s)[0].BBox; box.Left+box.Width != 1000 {
		t.Errorf("the line ends at %v, want 1000", box.Left+box.Width)
	}
	slices.Reverse(s.page.Words)
	if diff := cmp.Diff(got, typesOf(build(s))); diff != "" {
		t.Errorf("the order in the file matters:\n%s", diff)
	}
}

// The names of narrow columns are often set upwards.
func TestTurnedHead(t *testing.T) {
	s := newSheet(1).across(100, 50, 250).across(180, 50, 250).across(200, 50, 250).across(220, 50, 250).
		down(50, 100, 220).down(150, 100, 220).down(200, 100, 220).down(250, 100, 220).
		lines(55, 195, "Apples").lines(160, 195, "yes").lines(210, 195, "no").lines(55, 215, "Pears").lines(160, 215, "no").lines(210, 215, "yes").
		lines(55, 150, "Fruit")
	for i, text := range []string{"Sweet", "Red"} {
		x := 170 + 50*float64(i)
		s.page.Words = append(s.page.Words, Word{Text: text, Size: 10, Turn: 3, Baseline: x + 8, Box: Box{x, 140, x + 10, 170}})
	}
	s.page.Words = append(s.page.Words, Word{Text: "aside", Size: 10, Turn: 3, Baseline: 508, Box: Box{500, 140, 510, 170}})
	want := []typed{{TableSegment, "Fruit\tSweet\tRed\nApples\tyes\tno\nPears\tno\tyes"}, {Text, "aside"}}
	if diff := cmp.Diff(want, typesOf(build(s))); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}
