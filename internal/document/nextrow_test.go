package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rulings and grounds may leave rows of a table out: the one above the first
// ruling, and those between grounds.
func TestRowsBesideRulings(t *testing.T) {
	const body = "The body of the text is set in ten points and runs on"
	text := typed{Text, body + " " + body}
	// cells are of a table from the foot of its first row at y on.
	cells := func(s *sheet, y float64, rows ...[3]string) *sheet {
		for i, row := range rows {
			for c, text := range row {
				s.lines(52+30*float64(c), y+14*float64(i), text)
			}
		}
		return s
	}
	ruled := func(s *sheet) *sheet {
		for i := range 4 {
			s.across(128+14*float64(i), 48, 140)
		}
		return cells(s, 138, [3]string{"1", "17", "170"}, [3]string{"2", "23", "230"}, [3]string{"3", "5", "50"})
	}
	const numbers = "1\t17\t170\n2\t23\t230\n3\t5\t50"
	zebra := func() *sheet {
		s := newSheet(1).lines(50, 60, body, body)
		for i := range 3 {
			for c := range 3 {
				if i != 2 {
					s.shade(48+30*float64(c), 100+14*float64(i), 78+30*float64(c), 114+14*float64(i))
				}
			}
		}
		return cells(s, 110, [3]string{"No", "Sum", "Total"}, [3]string{"1", "17", "170"}, [3]string{"2", "23", "230"}, [3]string{"3", "5", "50"})
	}
	tests := map[string]struct {
		sheet *sheet
		want  []typed
	}{
		"the head above the first ruling": {
			cells(ruled(newSheet(1).lines(50, 60, body, body)), 124, [3]string{"No", "Sum", "Total"}),
			[]typed{text, {TableSegment, "No\tSum\tTotal\n" + numbers}},
		},
		"text above the first ruling": {
			ruled(newSheet(1).lines(50, 60, body, body)).lines(52, 124, "No sum in total"),
			[]typed{text, {Text, "No sum in total"}, {TableSegment, numbers}},
		},
		"a line beyond the table": {
			cells(ruled(newSheet(1).lines(50, 60, body, body)), 124, [3]string{"No", "Sum", "Total"}).lines(145, 124, "and so on"),
			[]typed{text, {Text, "No Sum Total and so on"}, {TableSegment, numbers}},
		},
		"rows without a ground": {zebra(), []typed{text, {TableSegment, "No\tSum\tTotal\n" + numbers}}},
		"text below":            {zebra().lines(50, 180, body, body), []typed{text, {TableSegment, "No\tSum\tTotal\n" + numbers}, text}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, typesOf(build(tt.sheet))); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
		})
	}
}
