package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/optest"
	"docket/internal/sandbox"
	"docket/internal/testkit"

	"github.com/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { optest.Main(m) }

// drawn makes a document of A4 pages; each draws with text put at a place in
// points.
func drawn(t *testing.T, pages ...func(put func(x, y float64, text string))) []byte {
	t.Helper()
	doc := fpdf.New("P", "pt", "A4", "")
	encode := doc.UnicodeTranslatorFromDescriptor("")
	for _, draw := range pages {
		doc.AddPage()
		doc.SetFont("Helvetica", "", 10)
		draw(func(x, y float64, text string) { doc.Text(x, y, encode(text)) })
	}
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// table puts rows of cells under each other from y on.
func table(put func(x, y float64, text string), y float64, columns []float64, rows ...[]string) {
	for i, row := range rows {
		for n, text := range row {
			if text != "" {
				put(columns[n], y+14*float64(i), text)
			}
		}
	}
}

func invoice(t *testing.T) []byte {
	columns := []float64{50, 300, 380, 480}
	return drawn(t, func(put func(x, y float64, text string)) {
		put(50, 40, "Northwind Ltd.")
		put(50, 100, "Invoice No.: NW-2024/17")
		put(50, 120, "Invoice date")
		put(200, 120, "15 January 2024")
		put(50, 140, "Due date")
		put(50, 153, "14.02.2024")
		put(300, 140, "Bill to")
		put(300, 153, "Example GmbH")
		put(300, 166, "Hauptstraße 1")
		put(300, 179, "10115 Berlin")
		table(put, 220, columns, []string{"Description", "Quantity", "Unit price", "Amount"},
			[]string{"Paper A4", "10", "4.50", "45.00"}, []string{"white, 80 g", "", "", ""}, []string{"Ink", "2", "30.00", "60.00"})
	}, func(put func(x, y float64, text string)) {
		table(put, 60, columns, []string{"Description", "Quantity", "Unit price", "Amount"}, []string{"Delivery", "1", "1,200.00", "1,200.00"},
			[]string{"Subtotal", "", "", "1,305.00"}, []string{"VAT 19 %", "", "", "247.95"}, []string{"Total", "", "", "EUR 1,552.95"})
		put(50, 160, "Paid: no")
		put(50, 180, "Tags: paper, ink, express")
		put(50, 200, "IBAN DE89 3704 0044 0532 0130 00")
		put(50, 220, "Contact: billing@northwind.example")
	})
}

const invoiceSchema = `{"type":"object","required":["invoice_number","warranty"],"properties":{
	"invoice_number":{"type":"string"},
	"invoiceDate":{"type":"string","format":"date"},
	"due_date":{"type":"string","format":"date"},
	"customer":{"type":"object","properties":{"name":{"type":"string"},"address":{"type":"string"}}},
	"items":{"type":"array","items":{"$ref":"#/$defs/item"}},
	"subtotal":{"type":"number"},
	"total":{"type":"number"},
	"currency":{"type":"string","enum":["EUR","USD"]},
	"paid":{"type":"boolean"},
	"tags":{"type":"array","items":{"type":"string"}},
	"iban":{"type":"string"},
	"email":{"type":"string","format":"email"},
	"warranty":{"type":"string"}},
	"$defs":{"item":{"type":"object","properties":{"description":{"type":"string"},"quantity":{"type":"integer"},"unit_price":{"type":"number"},"amount":{"type":"number"}}}}}`

// invoiceValues are those of the invoice that the schema asks for.
func invoiceValues() map[string]string {
	return map[string]string{
		"invoice_number": "NW-2024/17", "invoiceDate": "2024-01-15", "due_date": "2024-02-14",
		"customer.name": "Example GmbH", "customer.address": "Example GmbH\nHauptstraße 1\n10115 Berlin",
		"items[0].description": "Paper A4 white, 80 g", "items[0].quantity": "10", "items[0].unit_price": "4.50", "items[0].amount": "45.00",
		"items[1].description": "Ink", "items[1].quantity": "2", "items[1].unit_price": "30.00", "items[1].amount": "60.00",
		"items[2].description": "Delivery", "items[2].quantity": "1", "items[2].unit_price": "1200.00", "items[2].amount": "1200.00",
		"subtotal": "1305.00", "total": "1552.95", "currency": "EUR", "paid": "false",
		"tags[0]": "paper", "tags[1]": "ink", "tags[2]": "express",
		"iban": "DE89370400440532013000", "email": "billing@northwind.example",
	}
}

// TestRun extracts from documents read by a real child.
func TestRun(t *testing.T) {
	pool := optest.Pool(t)
	t.Run("invoice", func(t *testing.T) { runInvoice(t, pool) })
	t.Run("forms", func(t *testing.T) { runForms(t, pool) })
	t.Run("nothing", func(t *testing.T) { runNothing(t, pool) })
	t.Run("refused", func(t *testing.T) { runRefused(t, pool) })
	t.Run("cancel", func(t *testing.T) { runCancel(t, pool) })
}

func run(t *testing.T, pool *sandbox.Pool, pdf []byte, parameters string) (*optest.Work, op.Result, error) {
	t.Helper()
	return optest.Run(t, New(pool, nil), pdf, parameters)
}

// tree is the result as stored.
func tree(t *testing.T, w *optest.Work) node {
	t.Helper()
	b, _ := w.File(resultFile)
	var n node
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// values are the values of the result under their paths, without nulls.
func values(n *node) map[string]string {
	all := map[string]string{}
	for _, row := range rows("", n) {
		if row[3] != "" {
			all[row[0]] = row[1]
		}
	}
	return all
}

func runInvoice(t *testing.T, pool *sandbox.Pool) {
	w, r, err := run(t, pool, invoice(t), `{"enable_citations":true,"confidence_threshold":0.5,"schema":`+invoiceSchema+`}`)
	if err != nil {
		t.Fatal(err)
	}
	n := tree(t, w)
	want := invoiceValues()
	if diff := cmp.Diff(want, values(&n)); diff != "" {
		t.Error(diff)
	}
	s, ok := r.Summary.(Summary)
	if !ok || r.Method != "heuristic" || len(r.Warnings) > 0 || s.PageCount != 2 || !s.Review || s.MinConfidence < minScore || s.Order[0] != "invoice_number" || len(s.Order) != 13 {
		t.Errorf("%+v", r)
	}
	checkPlaces(t, pool, invoice(t), &n)
}

// checkPlaces holds every value against the text of the page at its place.
func checkPlaces(t *testing.T, pool *sandbox.Pool, pdf []byte, n *node) {
	t.Helper()
	pages := map[int]*document.Page{}
	w := optest.New(t, pdf, nil)
	if _, err := op.ReadPages(optest.Context(t), pool, w.Task, op.Reading{}, func(p *document.Page) error { pages[p.Number] = p; return nil }); err != nil {
		t.Fatal(err)
	}
	n.leaves(func(l *leaf) {
		if l.Value == nil {
			if l.Score != 0 || l.BBox != nil || l.Page != 0 {
				t.Errorf("null with %+v", l)
			}
			return
		}
		p := pages[l.Page]
		var inside []string
		for _, word := range p.Words {
			x, y := (word.Box.Left+word.Box.Right)/2, (word.Box.Top+word.Box.Bottom)/2
			if x > l.BBox[0] && x < l.BBox[2] && y > l.BBox[1] && y < l.BBox[3] {
				inside = append(inside, word.Text)
			}
		}
		text := strings.Join(inside, " ")
		for word := range strings.FieldsSeq(l.Text) {
			if !strings.Contains(text, word) {
				t.Errorf("%v: %q is not in %q at %v", l.Value, word, text, l.BBox)
			}
		}
		if l.Score < minScore || l.Score > 1 || l.Width != 595.28 || l.Height != 841.89 {
			t.Errorf("%+v", l)
		}
	})
}

func runForms(t *testing.T, pool *sandbox.Pool) {
	german := drawn(t, func(put func(x, y float64, text string)) {
		put(50, 60, "Rechnungsnr.")
		put(150, 60, "30064443")
		put(350, 60, "Kundennr.")
		put(450, 60, "47774")
		put(50, 80, "Rechnungsdatum")
		put(150, 80, "7. Mai 2014")
		table(put, 120, []float64{50, 100, 300, 400}, []string{"Pos.", "Bezeichnung", "Einzelpreis", "Gesamtpreis"},
			[]string{"1", "Schrauben", "1.234,50", "1.234,50"}, []string{"2", "Dübel", "3,89", "7,78"}, []string{"", "Summe netto", "", "1.242,28"})
		put(50, 250, "Gesamtbetrag EUR 1.478,31")
		put(50, 270, "USt-IdNr. DE 232 446 240")
	})
	tests := map[string]struct {
		pdf    []byte
		schema string
		want   map[string]string
	}{
		"german": {german, `{"type":"object","properties":{"invoice_number":{"type":"string"},"customer_id":{"type":"string"},"invoice_date":{"type":"string"},"net_amount":{"type":"number"},"total_amount":{"type":"number"},"vat_id":{"type":"string"},"line_items":{"type":"array","items":{"type":"object","properties":{"description":{"type":"string"},"total":{"type":"number"}}}}}}`,
			map[string]string{
				"invoice_number": "30064443", "customer_id": "47774", "invoice_date": "7. Mai 2014", "net_amount": "1242.28", "total_amount": "1478.31", "vat_id": "DE232446240",
				"line_items[0].description": "Schrauben", "line_items[0].total": "1234.50", "line_items[1].description": "Dübel", "line_items[1].total": "7.78",
			}},
		"own words": {testkit.PDF("Kiln: Number three\nFiring temperature: 1240\nFired on: 2024-03-01\nSpecies found:\n- Oak\n- Ash"),
			`{"type":"object","properties":{"kiln":{"type":"string"},"firing_temperature":{"type":"integer"},"x":{"type":"string","format":"date","title":"Fired on"},"species_found":{"type":"array","items":{"type":"string"}},"glaze":{"type":"string"}}}`,
			map[string]string{"kiln": "Number three", "firing_temperature": "1240", "x": "2024-03-01", "species_found[0]": "Oak", "species_found[1]": "Ash"}},
		"pattern": {testkit.PDF("The order QX-77-81 was sent."), `{"type":"object","properties":{"token":{"type":"string","pattern":"^[A-Z]{2}(-\\d\\d){2}$"}}}`, map[string]string{"token": "QX-77-81"}},
		"wrong type": {testkit.PDF("Quantity: many\nInvoice date: soon\nPaid: perhaps\nIBAN: DE88370400440532013000"),
			`{"type":"object","properties":{"quantity":{"type":"integer"},"invoice_date":{"type":"string","format":"date"},"paid":{"type":"boolean"},"iban":{"type":"string"}}}`, map[string]string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, _, err := run(t, pool, test.pdf, `{"schema":`+test.schema+`}`)
			if err != nil {
				t.Fatal(err)
			}
			n := tree(t, w)
			if diff := cmp.Diff(test.want, values(&n)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func runNothing(t *testing.T, pool *sandbox.Pool) {
	w, r, err := run(t, pool, testkit.EncryptedPDF("secret", ""), `{"password":"secret","schema":`+invoiceSchema+`}`)
	if err != nil {
		t.Fatal(err)
	}
	n := tree(t, w)
	if got := values(&n); len(got) > 0 {
		t.Errorf("%v", got)
	}
	if s, ok := r.Summary.(Summary); !ok || s.Review || s.MinConfidence != 0 {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{"no_text"}, r.Warnings); diff != "" {
		t.Error(diff)
	}
}

func runRefused(t *testing.T, pool *sandbox.Pool) {
	tests := map[string]struct {
		pdf  []byte
		want job.Code
	}{
		"locked": {testkit.EncryptedPDF("secret", "text"), job.PasswordProtected},
		"noise":  {[]byte{0, 1, 2, 0xff, 0xfe, 0x80}, job.UnsupportedFormat},
	}
	for name, test := range tests {
		if _, _, err := run(t, pool, test.pdf, `{"schema":`+invoiceSchema+`}`); err == nil || job.CodeOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// runCancel cancels when the pages are read and looked through.
func runCancel(t *testing.T, pool *sandbox.Pool) {
	var schema strings.Builder
	for i := range 300 {
		fmt.Fprintf(&schema, `,"total_%d":{"type":"number"}`, i)
	}
	checked, err := New(nil, nil).Check(json.RawMessage(`{"schema":{"type":"object","properties":{"a":{}` + schema.String() + `}}}`))
	if err != nil {
		t.Fatal(err)
	}
	w := optest.New(t, testkit.LongPDF(50), checked)
	ctx, cancel := context.WithCancelCause(optest.Context(t))
	mine := errors.New("cancelled by the test")
	tell := w.Task.Progress
	w.Task.Progress = func(p job.Progress) {
		tell(p)
		if p.PagesCompleted == 50 {
			cancel(mine)
		}
	}
	if _, err := New(pool, nil).Run(ctx, w.Task); !errors.Is(err, mine) {
		t.Errorf("error %v, want the cause", err)
	}
}
