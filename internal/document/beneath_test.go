package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A table no wider than a column stands in it or beneath both.
func TestTableBeneathColumns(t *testing.T) {
	const more1, more2 = "The first column goes on with this line here and", "with another one of the same length, to its end"
	regions, sales := []string{"Region", "North", "South", "West"}, []string{"Sales", "120", "80", "95"}
	one, two := left1+" "+left2+" "+left3, right1+" "+right2+" "+right3
	const table = "Region|Sales|North|120|South|80|West|95"
	columns := func() *sheet {
		return newSheet(1).lines(50, 100, left1, left2, left3).lines(320, 100, right1, right2, right3)
	}
	ruled := func(s *sheet, top float64) *sheet {
		for i := range 5 {
			s.across(top+12*float64(i), 48, 160)
		}
		return s.down(48, top, top+48).down(105, top, top+48).down(160, top, top+48)
	}
	tests := map[string]struct {
		sheet *sheet
		want  []string
	}{
		"beneath, without rulings": {columns().lines(50, 150, regions...).lines(110, 150, sales...), []string{one, two, table}},
		"beneath, with rulings":    {ruled(columns(), 141).lines(50, 150, regions...).lines(110, 150, sales...), []string{one, two, table}},
		"beneath, with a caption":  {columns().lines(50, 140, "Table 1: Sales").lines(50, 156, regions...).lines(110, 156, sales...), []string{one, two, "Table 1: Sales", table}},
		"beneath, on the right":    {columns().lines(350, 150, regions...).lines(410, 150, sales...), []string{one, two, table}},
		"between two parts of the text": {
			columns().lines(330, 150, regions...).lines(400, 150, sales...).lines(50, 220, left1, left2, left3).lines(320, 220, right1, right2, right3),
			[]string{one, two, table, one, two},
		},
		"in the first column, the second goes on beside it": {
			columns().lines(50, 150, regions...).lines(110, 150, sales...).lines(320, 136, right1, right2, right3),
			[]string{one, table, two + " " + two},
		},
		"in the first column, which goes on below it": {
			columns().lines(50, 150, regions...).lines(110, 150, sales...).lines(50, 220, more1, more2, more1),
			[]string{one, table, more1 + " " + more2 + " " + more1, two},
		},
		"in the second column, begun beside the first": {
			newSheet(1).lines(50, 100, left1, left2, left3, left1, left2).lines(320, 100, right1, right2, right3).
				lines(320, 136, "Region", "North").lines(380, 136, "Sales", "120").line(320, 166, 10, regular, "South").line(380, 166, 10, regular, "80").
				line(320, 184, 10, regular, "West").line(380, 184, 10, regular, "95").line(320, 202, 10, regular, "East").line(380, 202, 10, regular, "70"),
			[]string{one + " " + left1 + " " + left2, two, "Region|Sales|North|120|South|80|West|95|East|70"},
		},
		"in the first column, the second ends far above": {
			newSheet(1).lines(50, 100, left1, left2, left3, left1, left2, left3, left1).lines(320, 100, right1, right2, right3).lines(50, 198, regions...).lines(110, 198, sales...),
			[]string{one + " " + one + " " + left1, table, two},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range build(tt.sheet) {
				got = append(got, strings.NewReplacer("\t", "|", "\n", "|").Replace(s.Content))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}
