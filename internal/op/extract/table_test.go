package extract

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"docket/internal/op/optest"

	"github.com/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"
)

// set is text of a table: at x, flush with it by align (L, C or R), with its
// baseline at y.
type set struct {
	x     float64
	align string
	y     float64
	text  string
}

// numbers3 is a quantity centred under its heading, and two amounts flush
// right, on one line.
func numbers3(y float64, quantity, price, amount string) []set {
	return []set{{270, "C", y, quantity}, {380, "R", y, price}, {460, "R", y, amount}}
}

// described is text from y on, its lines 12 apart.
func described(y float64, lines ...string) []set {
	var all []set
	for i, text := range lines {
		all = append(all, set{50, "L", y + 12*float64(i), text})
	}
	return all
}

// headings4 stand at 100.
func headings4() []set {
	return []set{{50, "L", 100, "Description"}, {270, "C", 100, "Quantity"}, {380, "R", 100, "Unit price"}, {460, "R", 100, "Amount"}}
}

// typeset makes a page of texts, with rulings across the table at the heights
// given.
func typeset(t *testing.T, rulings []float64, all ...[]set) []byte {
	t.Helper()
	doc := fpdf.New("P", "pt", "A4", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "", 10)
	for _, s := range slices.Concat(all...) {
		width := doc.GetStringWidth(s.text)
		doc.Text(map[string]float64{"L": s.x, "C": s.x - width/2, "R": s.x - width}[s.align], s.y, s.text)
	}
	for _, y := range rulings {
		doc.Line(45, y, 465, y)
	}
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const linesSchema = `{"schema":{"type":"object","properties":{"items":{"type":"array","items":{"type":"object","properties":{
	"description":{"type":"string"},"quantity":{"type":"integer"},"unit_price":{"type":"number"},"amount":{"type":"number"}}}}}}}`

// TestWrappedItems holds every way in which text that goes over several lines
// stands beside the numbers of its row. An item that begins with "?" is one
// whose text is a guess.
func TestWrappedItems(t *testing.T) {
	pump := []string{"Exchange of the pump in the", "cellar, with removal of the", "old one"}
	tests := map[string]listed{
		"numbers on the first line": {
			typeset(t, nil, headings4(), described(120, pump...), numbers3(120, "2", "30.00", "60.00"), described(164, "Filter"), numbers3(164, "12", "2.50", "30.00")),
			[]string{"Exchange of the pump in the cellar, with removal of the old one|2|30.00|60.00", "Filter|12|2.50|30.00"},
		},
		"numbers in the middle": {
			typeset(t, nil, headings4(), described(120, pump[:2]...), numbers3(126, "2", "30.00", "60.00"), described(152, "Filter"), numbers3(152, "12", "2.50", "30.00"),
				described(172, pump...), numbers3(184, "1", "9.00", "9.00")),
			[]string{"Exchange of the pump in the cellar, with removal of the|2|30.00|60.00", "Filter|12|2.50|30.00", "Exchange of the pump in the cellar, with removal of the old one|1|9.00|9.00"},
		},
		"numbers on the last line": {
			typeset(t, nil, headings4(), described(120, pump...), numbers3(144, "2", "30.00", "60.00"), described(164, pump[:2]...), numbers3(176, "12", "2.50", "30.00")),
			[]string{"Exchange of the pump in the cellar, with removal of the old one|2|30.00|60.00", "Exchange of the pump in the cellar, with removal of the|12|2.50|30.00"},
		},
		"rulings say it where all lines are alike": {
			typeset(t, []float64{103, 139, 151, 175}, headings4(), described(112, pump...), numbers3(136, "2", "30.00", "60.00"), described(148, "Filter"), numbers3(148, "12", "2.50", "30.00"),
				described(160, pump[:2]...), numbers3(172, "1", "9.00", "9.00")),
			[]string{"Exchange of the pump in the cellar, with removal of the old one|2|30.00|60.00", "Filter|12|2.50|30.00", "Exchange of the pump in the cellar, with removal of the|1|9.00|9.00"},
		},
		"all lines are alike": {
			typeset(t, nil, headings4(), described(112, pump...), numbers3(112, "2", "30.00", "60.00"), described(148, pump[:2]...), numbers3(148, "12", "2.50", "30.00")),
			[]string{"Exchange of the pump in the cellar, with removal of the old one|2|30.00|60.00", "Exchange of the pump in the cellar, with removal of the|12|2.50|30.00"},
		},
		"all lines are alike, and numbers have none beside them": {
			typeset(t, nil, headings4(), described(112, "Pump"), numbers3(124, "2", "31.00", "60.00"), described(136, "Filter"), numbers3(148, "12", "2.60", "30.00")),
			[]string{"?Pump Filter|2|31.00|60.00", "?|12|2.60|30.00"},
		},
		"text begins in the middle of a sentence": {
			typeset(t, nil, headings4(), described(112, "Filter"), numbers3(112, "12", "2.60", "30.00"), described(124, "Exchange of the pump in the", "cellar"), numbers3(136, "2", "31.00", "60.00")),
			[]string{"?Filter|12|2.60|30.00", "?Exchange of the pump in the cellar|2|31.00|60.00"},
		},
		"a number apart from the others of its row": {
			typeset(t, nil, headings4(), described(112, "Filter"), numbers3(112, "", "2.60", "30.00")[1:], []set{{270, "C", 126, "12"}}),
			[]string{"?Filter|12|2.60|30.00"},
		},
		"a note through the columns": {
			typeset(t, nil, headings4(), described(112, "Filter"), numbers3(112, "12", "2.50", "30.00"), described(126, "The following was ordered by telephone on the first of May, and is sent apart"),
				described(140, "Pump"), numbers3(140, "2", "30.00", "60.00")),
			[]string{"Filter|12|2.50|30.00", "Pump|2|30.00|60.00"},
		},
		"what stands below the table": {
			typeset(t, nil, headings4(), described(112, "Filter"), numbers3(112, "12", "2.50", "30.00"), described(126, "Pump"), numbers3(126, "2", "30.00", "60.00"), described(146, "Thank you")),
			[]string{"Filter|12|2.50|30.00", "Pump|2|30.00|60.00"},
		},
	}
	checkItems(t, tests)
}

// listed is a document and the items that its table has.
type listed struct {
	pdf  []byte
	want []string
}

// checkItems extracts the items of each document.
func checkItems(t *testing.T, tests map[string]listed) {
	t.Helper()
	pool := optest.Pool(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, _, err := run(t, pool, test.pdf, linesSchema)
			if err != nil {
				t.Fatal(err)
			}
			n := tree(t, w)
			if diff := cmp.Diff(test.want, itemsOf(&n)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// itemsOf are the items with their values apart by "|", and a "?" before those
// with a value below 0.7.
func itemsOf(n *node) []string {
	var all []string
	for _, item := range n.Fields[0].Node.List {
		text, guess := "", ""
		for i, f := range item.Fields {
			if i > 0 {
				text += "|"
			}
			if l := f.Node.Leaf; l.Value != nil {
				text += fmt.Sprint(l.Value)
				if l.Score < 0.7 {
					guess = "?"
				}
			}
		}
		all = append(all, guess+text)
	}
	return all
}

// TestColumnsOfItems holds which heading a number belongs to.
func TestColumnsOfItems(t *testing.T) {
	at := func(y float64, texts ...set) []set {
		for i := range texts {
			texts[i].y = y
		}
		return texts
	}
	want := []string{"Filter|12|2.50|30.00", "Pump|2|1250.00|2500.00"}
	tests := map[string]listed{
		"numbers flush right, headings flush left": {
			typeset(t, nil, at(100, set{x: 50, align: "L", text: "Description"}, set{x: 200, align: "L", text: "Quantity"}, set{x: 300, align: "L", text: "Unit price"}, set{x: 400, align: "L", text: "Amount"}),
				at(120, set{x: 50, align: "L", text: "Filter"}, set{x: 290, align: "R", text: "12"}, set{x: 390, align: "R", text: "2.50"}, set{x: 480, align: "R", text: "30.00"}),
				at(140, set{x: 50, align: "L", text: "Pump"}, set{x: 290, align: "R", text: "2"}, set{x: 390, align: "R", text: "1,250.00"}, set{x: 480, align: "R", text: "2,500.00"})),
			want,
		},
		"text under the heading of the numbers": {
			typeset(t, nil, at(100, set{x: 50, align: "L", text: "Description"}, set{x: 200, align: "R", text: "Quantity"}, set{x: 300, align: "R", text: "Unit price"}, set{x: 400, align: "R", text: "Amount"}),
				at(120, set{x: 50, align: "L", text: "Filter for the oven, with a seal"}, set{x: 200, align: "R", text: "2"}, set{x: 300, align: "R", text: "2.50"}, set{x: 400, align: "R", text: "5.00"}),
				at(140, set{x: 50, align: "L", text: "Pump"}, set{x: 200, align: "R", text: "1"}, set{x: 300, align: "R", text: "9.00"}, set{x: 400, align: "R", text: "9.00"})),
			[]string{"Filter for the oven, with a seal|2|2.50|5.00", "Pump|1|9.00|9.00"},
		},
		"headings over two lines": {
			typeset(t, nil, at(94, set{x: 380, align: "R", text: "Unit"}), at(106, set{x: 380, align: "R", text: "price"}),
				at(100, set{x: 50, align: "L", text: "Description"}, set{x: 270, align: "C", text: "Quantity"}, set{x: 460, align: "R", text: "Amount"}),
				described(124, "Filter"), numbers3(124, "12", "2.50", "30.00"), described(140, "Pump"), numbers3(140, "2", "1,250.00", "2,500.00")),
			want,
		},
		"a column without a property": {
			typeset(t, nil, at(100, set{x: 50, align: "L", text: "Description"}, set{x: 200, align: "R", text: "Quantity"}, set{x: 270, align: "R", text: "Weight"}, set{x: 350, align: "R", text: "Unit price"}, set{x: 430, align: "R", text: "Amount"}),
				at(120, set{x: 50, align: "L", text: "Filter"}, set{x: 200, align: "R", text: "12"}, set{x: 270, align: "R", text: "7.75"}, set{x: 350, align: "R", text: "2.50"}, set{x: 430, align: "R", text: "30.00"}),
				at(140, set{x: 50, align: "L", text: "Pump"}, set{x: 200, align: "R", text: "2"}, set{x: 270, align: "R", text: "80.00"}, set{x: 350, align: "R", text: "1,250.00"}, set{x: 430, align: "R", text: "2,500.00"})),
			want,
		},
	}
	checkItems(t, tests)
}
