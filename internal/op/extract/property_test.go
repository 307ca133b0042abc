package extract

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"docket/internal/document"
)

// scraps are what papers are made of, and what is odd.
func scraps() []string {
	return []string{
		"Total", "Total HT", "Subtotal", "VAT", "19 %", "Invoice No.", "INV-17", "Date", "12.03.2024", "1 - 31 March 2024", "Bill to", "To", "From", "Acme GmbH",
		"Hauptstr. 1", "10115 Berlin", "Oakland, CA 94607", "8 rue des Lilas, 75019 Paris", "1.234,50 €", "100", "7", "Quantity", "Unit price", "Amount", "Description",
		"www.acme.de", "info@acme.de", "+49 30 1234567", "Emma Stone", "́", "\u2003", ":", "-", "(x)", "№", "#", "ﬁ", "ßtraße", "€€", "%", "DE89 3704 0044 0532 0130 00", "{}", "ABN", "İ", "K",
	}
}

// TestPagesOfScraps looks for everything on pages of anything: nothing panics,
// and what is found stands on the page, with a score that may be.
func TestPagesOfScraps(t *testing.T) {
	root, err := compileSchema([]byte(invoiceSchema))
	if err != nil {
		t.Fatal(err)
	}
	side, err := compileSchema([]byte(`{"type":"object","properties":{"name":{"type":"string"},"vendor_name":{"type":"string"},"vendor_city":{"type":"string"},"customer_address":{"type":"string"},"zip":{"type":"string"},
		"period_start":{"type":"string","format":"date"},"phone":{"type":"string"},"siren":{"type":"string"},"net":{"type":"number"},"tax":{"type":"number"},"total":{"type":"number"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	root.prepare()
	side.prepare()
	rapid.Check(t, func(t *rapid.T) {
		page := &document.Page{Number: 1, Width: 600, Height: 800}
		var all strings.Builder
		for row := range rapid.IntRange(0, 25).Draw(t, "rows") {
			x := float64(rapid.IntRange(0, 5).Draw(t, "from") * 60)
			for _, scrap := range rapid.SliceOfN(rapid.SampledFrom(scraps()), 0, 4).Draw(t, "row") {
				for word := range strings.FieldsSeq(scrap) {
					box := document.Box{Left: x, Top: float64(20 + 14*row), Right: x + 5*float64(len(word)), Bottom: float64(30 + 14*row)}
					page.Words = append(page.Words, document.Word{Text: word, Box: box, Baseline: box.Bottom - 2, Size: 10, Font: -1})
					all.WriteString(word + " ")
					x = box.Right + 3
				}
				x += float64(rapid.IntRange(0, 3).Draw(t, "gap") * 20)
			}
		}
		for _, f := range []*field{root, side} {
			s := newSlot(f)
			if err := s.page(t.Context(), newSheet(page, newVocabulary(f))); err != nil {
				t.Fatal(err)
			}
			found := s.result()
			found.weigh(f)
			found.leaves(func(l *leaf) { checkScrap(t, l, all.String()) })
		}
	})
}

func checkScrap(t *rapid.T, l *leaf, page string) {
	if l.Value == nil {
		return
	}
	if l.Score < minScore || l.Score > 1 || l.Page != 1 || l.BBox == nil || l.Text == "" {
		t.Fatalf("%+v", l)
	}
	for word := range strings.FieldsSeq(l.Text) {
		if !strings.Contains(page, word) {
			t.Fatalf("%q of %+v is not on the page", word, l)
		}
	}
}
