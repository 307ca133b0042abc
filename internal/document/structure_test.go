package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	left1  = "The first column begins with this line and"
	left2  = "goes on with another one of the same length,"
	left3  = "before it comes to its end on this third line"
	right1 = "The second column stands beside it and must"
	right2 = "not be read before the first one has come to"
	right3 = "its end, as it is another part of the text"
)

func TestReadingOrder(t *testing.T) {
	tests := map[string]struct {
		sheet *sheet
		want  []string
	}{
		"two columns, lines mixed in the file": {
			newSheet(1).lines(50, 100, left1).lines(320, 100, right1).
				lines(50, 112, left2).lines(320, 112, right2).
				lines(50, 124, left3).lines(320, 124, right3),
			[]string{left1 + " " + left2 + " " + left3, right1 + " " + right2 + " " + right3},
		},
		"title above and note below two columns": {
			newSheet(1).line(50, 60, 20, bold, "A title that runs over both of the columns").
				lines(320, 100, right1, right2, right3).lines(50, 100, left1, left2, left3).
				line(50, 700, 10, regular, "A note at the foot of the page that runs below both of the columns and is read at the very end"),
			[]string{
				"A title that runs over both of the columns",
				left1 + " " + left2 + " " + left3, right1 + " " + right2 + " " + right3,
				"A note at the foot of the page that runs below both of the columns and is read at the very end",
			},
		},
		"cells of a table": {
			newSheet(1).lines(50, 100, "Item", "Apples", "Pears").lines(300, 100, "Price", "1.20", "3.40"),
			[]string{"Item\tPrice\nApples\t1.20\nPears\t3.40"},
		},
		"file order from the bottom up": {
			newSheet(1).lines(50, 300, "The last paragraph.").lines(50, 200, "The second paragraph.").lines(50, 100, "The first paragraph."),
			[]string{"The first paragraph.", "The second paragraph.", "The last paragraph."},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range build(tt.sheet) {
				got = append(got, s.Content)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParagraphs(t *testing.T) {
	const long = "This line is as long as the column is wide, or nearly"
	tests := map[string]struct {
		sheet *sheet
		want  []string
	}{
		"leading":         {newSheet(1).lines(50, 100, long, long).lines(50, 142, long, long), []string{long + " " + long, long + " " + long}},
		"indent":          {newSheet(1).lines(50, 100, long, long).lines(65, 124, long).lines(50, 136, long), []string{long + " " + long, long + " " + long}},
		"short last line": {newSheet(1).lines(50, 100, long, "It ends here.", long, long), []string{long + " It ends here.", long + " " + long}},
		"one long paragraph": {
			newSheet(1).lines(50, 100, long, long, long, "and so on"),
			[]string{long + " " + long + " " + long + " and so on"},
		},
		"double spaced": {
			newSheet(1).lines(50, 100, long).lines(50, 124, long).lines(50, 148, long),
			[]string{long + " " + long + " " + long},
		},
		"size":                        {newSheet(1).lines(50, 100, long).line(50, 112, 8, regular, "A note in smaller print"), []string{long, "A note in smaller print"}},
		"printed twice":               {newSheet(1).lines(50, 100, "Shadow of a word").lines(50.5, 100.5, "Shadow of a word"), []string{"Shadow of a word"}},
		"dash inside a sentence":      {newSheet(1).lines(50, 100, long, "— which goes on here with a dash — and ends"), []string{long + " — which goes on here with a dash — and ends"}},
		"written twice":               {newSheet(1).lines(50, 100, "Duran Duran had had it"), []string{"Duran Duran had had it"}},
		"hyphen before lower case":    {newSheet(1).lines(50, 100, "This line is as long as the column and an exam-", "ple of hyphens"), []string{"This line is as long as the column and an example of hyphens"}},
		"hyphen before upper case":    {newSheet(1).lines(50, 100, "This line is as long as the column by Jean-", "Paul and others"), []string{"This line is as long as the column by Jean- Paul and others"}},
		"range over the line's end":   {newSheet(1).lines(50, 100, "This line is as long as the column, pages 10-", "20 and others"), []string{"This line is as long as the column, pages 10- 20 and others"}},
		"no space between ideographs": {newSheet(1).lines(50, 100, "漢字漢字漢字漢字漢字漢字", "漢字漢字漢字。"), []string{"漢字漢字漢字漢字漢字漢字漢字漢字漢字。"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range build(tt.sheet) {
				got = append(got, s.Content)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("paragraphs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSegmentTypes(t *testing.T) {
	const body = "The body of the text is set in ten points and runs on"
	tests := map[string]struct {
		sheet *sheet
		want  []typed
	}{
		"title, sections, text": {
			newSheet(1).line(50, 60, 24, regular, "Annual report").
				line(50, 100, 14, regular, "1. Overview").lines(50, 130, body, body).
				line(50, 180, 10, bold, "Results").lines(50, 194, body, body+"."),
			[]typed{{Title, "Annual report"}, {SectionHeader, "1. Overview"}, {Text, body + " " + body}, {SectionHeader, "Results"}, {Text, body + " " + body + "."}},
		},
		"list": {
			newSheet(1).lines(50, 100, body+":").
				line(60, 112, 10, regular, "• first item").line(60, 124, 10, regular, "2. second item").line(60, 136, 10, regular, "(c) third item"),
			[]typed{{Text, body + ":"}, {ListItem, "first item"}, {ListItem, "2. second item"}, {ListItem, "(c) third item"}},
		},
		"list item of two lines": {
			newSheet(1).lines(60, 100, "- "+body).lines(67.5, 112, "and ends here").lines(60, 124, "- next"),
			[]typed{{ListItem, body + " and ends here"}, {ListItem, "next"}},
		},
		"numbered headings, list of contents": {
			newSheet(1).lines(50, 100, "2.1 Findings of the study").lines(50, 130, body, body).lines(50, 170, "2.1.1 Findings 17").lines(50, 200, "3.5 Tons were found here."),
			[]typed{{SectionHeader, "2.1 Findings of the study"}, {Text, body + " " + body}, {Text, "2.1.1 Findings 17"}, {Text, "3.5 Tons were found here."}},
		},
		"bold begins a sentence": {
			newSheet(1).line(50, 100, 10, bold, body).lines(50, 112, "and is not bold any more from here on").lines(50, 150, body, body, body),
			[]typed{{Text, body + " and is not bold any more from here on"}, {Text, body + " " + body + " " + body}},
		},
		"bold sentence is no heading": {
			newSheet(1).line(50, 88, 10, bold, "Take care that it is closed.").lines(50, 100, body, body),
			[]typed{{Text, "Take care that it is closed."}, {Text, body + " " + body}},
		},
		"text alone is text": {newSheet(1).lines(50, 100, "Hello world"), []typed{{Text, "Hello world"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, typesOf(build(tt.sheet))); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
		})
	}
}

// turned is the same word three times, rotated clockwise by turns.
func turned(turn int, boxes [3]Box, baselines [3]float64) *sheet {
	s := newSheet(1)
	for i, text := range []string{"one", "two", "three"} {
		s.page.Words = append(s.page.Words, Word{Text: text, Box: boxes[i], Baseline: baselines[i], Size: 10, Turn: turn})
	}
	return s
}

func TestTurnedText(t *testing.T) {
	// "one two" on the first line, "three" on the second.
	tests := map[int]*sheet{
		1: turned(1, [3]Box{{500, 100, 510, 115}, {500, 118, 510, 133}, {488, 100, 498, 125}}, [3]float64{502, 502, 490}),
		2: turned(2, [3]Box{{485, 500, 500, 510}, {467, 500, 482, 510}, {475, 488, 500, 498}}, [3]float64{502, 502, 490}),
		3: turned(3, [3]Box{{100, 485, 110, 500}, {100, 467, 110, 482}, {112, 475, 122, 500}}, [3]float64{108, 108, 120}),
	}
	for turn, s := range tests {
		got := build(s)
		if len(got) != 1 || got[0].Content != "one two three" {
			t.Errorf("turn %d: got %+v, want one segment", turn, typesOf(got))
			continue
		}
		box := s.page.Words[0].Box.Union(s.page.Words[1].Box).Union(s.page.Words[2].Box)
		if want := rectangle(box, Box{}); got[0].BBox != want {
			t.Errorf("turn %d: box %+v, want %+v", turn, got[0].BBox, want)
		}
	}
}

func TestMarkOf(t *testing.T) {
	fonts := []Font{{Name: "Times"}, {Name: "Wingdings"}}
	tests := map[string]mark{
		"•": bulletMark, "-": dashMark, "–": dashMark, "*": dashMark, "--": noMark, "\uf0b7": bulletMark,
		"1.": numberMark, "12)": numberMark, "123.": numberMark, "1234.": noMark,
		"(3)": labelMark, "[7]": labelMark, "7]": noMark, "a)": labelMark, "(b)": labelMark, "a.": noMark, "A.": noMark,
		"iv.": labelMark, "IV.": labelMark, "I.": noMark, "x)": labelMark, "mix)": noMark,
		"The": noMark, ".": noMark, "()": noMark, "漢.": noMark, "r": noMark, "3.5": noMark,
	}
	for first, want := range tests {
		if got := markOf([]Word{{Text: first}, {Text: "text"}}, fonts); got != want {
			t.Errorf("markOf(%q) = %d, want %d", first, got, want)
		}
		if markOf([]Word{{Text: first}}, fonts) != noMark {
			t.Errorf("%q alone is a mark", first)
		}
	}
	if got := markOf([]Word{{Text: "r", Font: 1}, {Text: "text"}}, fonts); got != bulletMark {
		t.Errorf("a sign of Wingdings is %d, want a bullet", got)
	}
}

func TestHiddenText(t *testing.T) {
	s := newSheet(1).lines(50, 100, "seen", "too").lines(50, 124, "unseen")
	s.page.Words[2].Hidden = true
	if got := build(s); len(got) != 1 || got[0].Content != "seen too" {
		t.Errorf("got %+v, want the visible words", typesOf(got))
	}
	for i := range s.page.Words {
		s.page.Words[i].Hidden = true
	}
	if got := build(s); len(got) != 1 || got[0].Content != "seen too unseen" {
		t.Errorf("a page of hidden text alone: got %+v, want all words", typesOf(got))
	}
}
