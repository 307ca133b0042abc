package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shade paints the ground of text.
func (s *sheet) shade(left, top, right, bottom float64) *sheet {
	s.page.Rects = append(s.page.Rects, Rect{Box: Box{left, top, right, bottom}, Filled: true})
	return s
}

// A shaded row above a table is its head; a shaded line apart from it, or set
// larger, is a heading.
func TestShadedHead(t *testing.T) {
	const body = "The body of the text is set in ten points and runs on"
	// rows are three of a table from 130 on, with rulings above and between.
	rows := func(s *sheet) *sheet {
		for i := range 4 {
			s.across(130+20*float64(i), 48, 352)
		}
		for i, row := range [][3]string{{"Anna", "Berlin", "17"}, {"Bert", "Hamburg", "23"}, {"Cleo", "Rome", "5"}} {
			y := 144 + 20*float64(i)
			s.lines(52, y, row[0]).lines(152, y, row[1]).lines(252, y, row[2])
		}
		return s
	}
	gaps := func(s *sheet) *sheet {
		return s.lines(52, 144, "1", "2", "3").lines(82, 144, "17", "23", "5").lines(112, 144, "170", "230", "50")
	}
	const cells, numbers = "Anna\tBerlin\t17\nBert\tHamburg\t23\nCleo\tRome\t5", "1\t17\t170\n2\t23\t230\n3\t5\t50"
	text := typed{Text, body + " " + body}
	tests := map[string]struct {
		sheet *sheet
		want  []typed
	}{
		"a ground for each cell": {
			rows(newSheet(1)).shade(48, 110, 150, 130.4).shade(150, 110, 250, 130.4).shade(250, 110, 352, 130.4).
				line(52, 124, 10, bold, "Name").line(152, 124, 10, bold, "Place").line(252, 124, 10, bold, "Persons"),
			[]typed{{TableSegment, "Name\tPlace\tPersons\n" + cells}},
		},
		"one ground, one text": {
			rows(newSheet(1)).shade(48, 110, 352, 130.4).line(160, 124, 10, bold, "Persons by place"),
			[]typed{{TableSegment, "Persons by place\n" + cells}},
		},
		"two of them over a grid": {
			rows(newSheet(1)).down(48, 130, 190).down(150, 130, 190).down(250, 130, 190).down(352, 130, 190).
				shade(48, 90, 352, 110).line(160, 104, 10, bold, "All of the persons").
				shade(48, 110, 150, 130.4).shade(150, 110, 250, 130.4).shade(250, 110, 352, 130.4).
				line(52, 124, 10, bold, "Name").line(152, 124, 10, bold, "Place").line(252, 124, 10, bold, "Persons"),
			[]typed{{TableSegment, "All of the persons\nName\tPlace\tPersons\n" + cells}},
		},
		"a table without rulings": {
			gaps(newSheet(1).lines(50, 60, body, body)).shade(48, 110, 140, 132).line(50, 124, 10, bold, "No").line(67, 124, 10, bold, "Count").line(99, 124, 10, bold, "Total"),
			[]typed{text, {TableSegment, "No\tCount\tTotal\n" + numbers}},
		},
		"set larger": {
			rows(newSheet(1).lines(50, 60, body, body)).shade(48, 106, 352, 130.4).line(52, 124, 14, bold, "Persons by place"),
			[]typed{text, {Title, "Persons by place"}, {TableSegment, cells}},
		},
		"apart": {
			rows(newSheet(1).lines(50, 60, body, body)).shade(48, 100, 352, 120).line(52, 114, 10, bold, "Persons by place"),
			[]typed{text, {SectionHeader, "Persons by place"}, {TableSegment, cells}},
		},
		"of another width": {
			rows(newSheet(1).lines(50, 60, body, body)).shade(20, 110, 560, 130.4).line(52, 124, 10, bold, "Persons by place"),
			[]typed{text, {SectionHeader, "Persons by place"}, {TableSegment, cells}},
		},
		"above text": {
			newSheet(1).lines(50, 60, body, body).shade(48, 110, 352, 130).line(52, 124, 10, bold, "Persons by place").lines(50, 150, body, body),
			[]typed{text, {SectionHeader, "Persons by place"}, text},
		},
		"one text above a table without rulings": {
			gaps(newSheet(1).lines(50, 60, body, body)).shade(48, 110, 140, 132).line(50, 124, 10, bold, "Some counts"),
			[]typed{text, {SectionHeader, "Some counts"}, {TableSegment, numbers}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := build(tt.sheet)
			if diff := cmp.Diff(tt.want, typesOf(got)); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
			if wide := `<tr><th colspan="3">Persons by place</th></tr>`; name == "one ground, one text" && !strings.Contains(got[0].HTML, wide) {
				t.Errorf("no %s in %s", wide, got[0].HTML)
			}
		})
	}
}
