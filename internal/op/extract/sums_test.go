package extract

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWeigh gives every amount a score of 0.88 and looks which rise and which
// fall.
func TestWeigh(t *testing.T) {
	const schema = `{"type":"object","properties":{"subtotal":{"type":"number"},"tax_amount":{"type":"number"},"total":{"type":"number"},
		"items":{"type":"array","items":{"type":"object","properties":{"quantity":{"type":"number"},"unit_price":{"type":"number"},"amount":{"type":"number"}}}}}}`
	const up, same, down = "0.96", "0.88", "0.85"
	tests := map[string]struct {
		net, tax, total string
		lines           [][3]string
		want            []string // of net, tax, total and the cells of the lines
	}{
		"adds up":           {"100.00", "19.00", "119.00", nil, []string{up, up, up}},
		"does not":          {"100.00", "19.00", "120.00", nil, []string{down, down, down}},
		"rounded":           {"33.33", "6.34", "39.67", nil, []string{up, up, up}},
		"one is missing":    {"100.00", "", "119.00", nil, []string{same, "", same}},
		"lines make net":    {"90.00", "", "", [][3]string{{"2", "30.00", "60.00"}, {"1", "30.00", "30.00"}}, []string{up, "", "", up, up, up, up, up, up}},
		"lines make total":  {"", "", "60.00", [][3]string{{"", "", "60.00"}}, []string{"", "", up, "", "", up}},
		"a line is wrong":   {"", "", "", [][3]string{{"3", "30.00", "60.00"}}, []string{"", "", "", down, down, down}},
		"lines add to less": {"90.00", "", "", [][3]string{{"", "", "60.00"}}, []string{same, "", "", "", "", same}},
	}
	root, err := compileSchema([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	root.prepare()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var all []*leaf
			amount := func(decimal string) node {
				l := &leaf{}
				if decimal != "" {
					l.Value, l.Score = json.Number(decimal), 0.88
				}
				all = append(all, l)
				return node{Leaf: l}
			}
			n := node{Fields: []member{{"subtotal", amount(test.net)}, {"tax_amount", amount(test.tax)}, {"total", amount(test.total)}, {"items", node{IsList: true}}}}
			for _, line := range test.lines {
				n.Fields[3].Node.List = append(n.Fields[3].Node.List, node{Fields: []member{{"quantity", amount(line[0])}, {"unit_price", amount(line[1])}, {"amount", amount(line[2])}}})
			}
			n.weigh(root)
			var got []string
			for _, l := range all {
				if l.Value == nil {
					got = append(got, "")
				} else {
					got = append(got, fmt.Sprint(l.Score))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
