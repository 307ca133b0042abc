package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dot draws a small shape with its left end at x, its middle above a baseline as
// high as that of a bullet.
func (s *sheet) dot(x, baseline, size float64) *sheet {
	s.page.Dots = append(s.page.Dots, Dot{Box{x, baseline - 3 - size/2, x + size, baseline - 3 + size/2}})
	return s
}

func TestDrawnBullets(t *testing.T) {
	const body = "The body of the text is set in ten points and runs on"
	text := func(s string) typed { return typed{Text, s} }
	item := func(s string) typed { return typed{ListItem, s} }
	items := func() *sheet { return newSheet(1).lines(70, 100, "First of all", "Second", "Third and last") }
	plain := []typed{text("First of all Second"), text("Third and last")} // as without dots
	tests := map[string]struct {
		sheet *sheet
		want  []typed
	}{
		"a list": {
			items().dot(58, 100, 3).dot(58, 112, 3).dot(58, 124, 3),
			[]typed{item("First of all"), item("Second"), item("Third and last")},
		},
		"an item of two lines, among text": {
			newSheet(1).lines(50, 76, body+":").lines(70, 100, body, "and ends here", "Second").lines(50, 150, body).dot(58, 100, 3).dot(58, 124, 3),
			[]typed{text(body + ":"), item(body + " and ends here"), item("Second"), text(body)},
		},
		"a list in a list": {
			newSheet(1).lines(70, 100, "First of all").lines(90, 112, "Within").lines(70, 124, "Second").dot(58, 100, 3).dot(78, 112, 3.2).dot(58, 124, 3),
			[]typed{item("First of all"), item("Within"), item("Second")},
		},
		"painted twice": {
			items().dot(58, 100, 3).dot(58.2, 100, 2.8).dot(58, 112, 3).dot(58, 124, 3),
			[]typed{item("First of all"), item("Second"), item("Third and last")},
		},
		"two columns": {
			newSheet(1).lines(70, 100, left1, "Second").lines(340, 100, right1, "Fourth").dot(58, 100, 3).dot(58, 112, 3).dot(328, 100, 3).dot(328, 112, 3),
			[]typed{item(left1), item("Second"), item(right1), item("Fourth")},
		},
		"one dot":         {newSheet(1).lines(70, 100, "Only this").dot(58, 100, 3), []typed{text("Only this")}},
		"far away":        {items().dot(20, 100, 3).dot(20, 112, 3).dot(20, 124, 3), plain},
		"between lines":   {items().dot(58, 94, 3).dot(58, 106, 3).dot(58, 118, 3), plain},
		"too large":       {items().dot(50, 100, 9).dot(50, 112, 9).dot(50, 124, 9), plain},
		"not in one line": {items().dot(58, 100, 3).dot(46, 112, 3).dot(64, 124, 3), plain},
		"marks in a row": {
			items().dot(46, 100, 3).dot(58, 100, 3).dot(46, 112, 3).dot(58, 112, 3).dot(46, 124, 3).dot(58, 124, 3),
			plain,
		},
		"a dotted line": {
			func() *sheet {
				s := items()
				for y := 90.0; y < 130; y += 4 {
					s.dot(62, y, 1.5)
				}
				return s
			}(),
			plain,
		},
		"dots part words": {
			newSheet(1).lines(40, 100, "Home", "Shop").lines(70, 100, "About us", "Questions").dot(63, 100, 3).dot(63, 112, 3),
			[]typed{text("Home About us Shop Questions")},
		},
		"a course of events": {
			newSheet(1).line(70, 100, 10, bold, "Engineer at Acme").lines(70, 112, body, body).line(70, 150, 10, bold, "Student in Hamburg").lines(70, 162, body, body).dot(58, 100, 3).dot(58, 150, 3),
			[]typed{{Title, "Engineer at Acme"}, text(body + " " + body), {SectionHeader, "Student in Hamburg"}, text(body + " " + body)},
		},
		"rows of a table": {
			newSheet(1).lines(70, 100, "North", "South", "West").lines(200, 100, "120", "80", "95").lines(300, 100, "17", "19", "23").dot(58, 100, 3).dot(58, 112, 3).dot(58, 124, 3),
			[]typed{{TableSegment, "North\t120\t17\nSouth\t80\t19\nWest\t95\t23"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, typesOf(build(tt.sheet))); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
		})
	}
}
