package op

import (
	"strings"
	"testing"

	"docket/internal/document"

	"github.com/google/go-cmp/cmp"
)

// typed is a page with one line of text for each line given.
func typed(lines ...string) []Line {
	p := &document.Page{Number: 1, Width: 600, Height: 800}
	for i, l := range lines {
		p.Words = append(p.Words, set(l, 50, 50+float64(14*i))...)
	}
	return Lines(p)
}

func classifier(t *testing.T, names ...string) *Classifier {
	t.Helper()
	var all []Category
	for _, n := range names {
		name, description, _ := strings.Cut(n, ": ")
		all = append(all, Category{name, description})
	}
	all, err := CheckCategories(all)
	if err != nil {
		t.Fatal(err)
	}
	return NewClassifier(all)
}

func invoiceText() []string {
	return []string{"INVOICE", "Invoice number: 4711", "Bill to: Example Ltd", "Quantity Unit price Amount", "Subtotal 10.00", "VAT 1.90", "Amount due 11.90"}
}

func contractText() []string {
	return []string{"SERVICE AGREEMENT", "This agreement is made between the parties.", "The contractor shall keep confidentiality.", "Termination: either party may end this contract.", "Governing law is that of Denmark.", "Signature"}
}

// TestFormatOfTheFile gives the same text in files of several formats.
func TestFormatOfTheFile(t *testing.T) {
	lines := []string{"Quarterly total", "North 12 14 15", "South 9 8 11"}
	for format, want := range map[string]string{"xlsx": "Spreadsheet", "csv": "Spreadsheet", "pptx": "Presentation", "eml": "E-mail", "pdf": "Report"} {
		c := classifier(t, "Report: totals of a quarter", "Spreadsheet", "Presentation", "E-mail")
		c.Opened(document.Info{Format: format})
		if p := c.Classify(typed(lines...)); c.Category(p.Category).Name != want {
			t.Errorf("%s: %s with %g, want %s", format, c.Category(p.Category).Name, p.Confidence, want)
		}
		if p := c.Classify(nil); !p.NoText || p.Confidence != 0 {
			t.Errorf("%s: a blank page is %+v", format, p)
		}
	}
}

func TestClassify(t *testing.T) {
	tests := map[string]struct {
		categories []string
		text       []string
		want       string
		atLeast    float64
	}{
		"invoice":               {[]string{"Contract", "Invoice", "Resume"}, invoiceText(), "Invoice", 0.8},
		"contract":              {[]string{"Invoices", "Contracts"}, contractText(), "Contracts", 0.8},
		"german":                {[]string{"Rechnung", "Lieferschein", "Vertrag"}, []string{"Rechnung", "Rechnungsnummer 12", "Rechnungsdatum 1.2.2024", "Menge Einzelpreis", "MwSt 19 %"}, "Rechnung", 0.7},
		"english name":          {[]string{"Invoice", "Delivery note"}, []string{"Lieferschein", "Lieferscheinnummer 7", "Versandart DHL", "Ware erhalten"}, "Delivery note", 0.6},
		"by description":        {[]string{"A: bills and invoices from suppliers", "B: contracts and agreements"}, contractText(), "B", 0.4},
		"own words":             {[]string{"Kiln log: firing temperature of kilns, glaze", "Recipe: flour, sugar, oven"}, []string{"Firing 12", "kiln 3 reached temperature 1240", "glaze: celadon"}, "Kiln log", 0.3},
		"other":                 {[]string{"Contract", "Resume", "Other"}, invoiceText(), "Other", 0.5},
		"other without a sign":  {[]string{"Contract", "Other"}, []string{"lorem ipsum dolor sit amet"}, "Other", 0},
		"first without a sign":  {[]string{"Contract", "Resume"}, []string{"lorem ipsum dolor sit amet"}, "Contract", 0},
		"purchase order":        {[]string{"Invoice", "Purchase Order"}, []string{"PURCHASE ORDER", "PO number 9", "Order date", "Ship to", "Vendor", "Quantity Unit price"}, "Purchase Order", 0.5},
		"bank":                  {[]string{"Invoice", "Bank statement"}, []string{"Kontoauszug", "Alter Kontostand 1,00", "Buchungstag Wertstellung Verwendungszweck", "Neuer Kontostand 2,00"}, "Bank statement", 0.5},
		"resume":                {[]string{"Resume", "Cover letter"}, []string{"Curriculum Vitae", "Work experience", "Education", "Bachelor of Science", "Skills", "Languages"}, "Resume", 0.7},
		"letter":                {[]string{"Resume", "Letter"}, []string{"Dear Ms Jones,", "thank you for writing.", "Yours sincerely", "A. Smith"}, "Letter", 0.5},
		"paper":                 {[]string{"Scientific paper", "Report"}, []string{"A Theory of Everything", "Abstract", "We propose a method.", "1 Introduction", "Related work", "References"}, "Scientific paper", 0.6},
		"condition of kind":     {[]string{"is a purchase order", "is a bank statement", "is a contract"}, []string{"Account statement", "Opening balance 1.00", "Sort code 60-16-13", "Closing balance 2.00"}, "is a bank statement", 0.6},
		"condition of content":  {[]string{"contains bank details", "contains a signature block", "contains a table of contents"}, []string{"The parties have read all of this.", "Signed by:", "Signature ____________", "Place and date ________"}, "contains a signature block", 0.5},
		"condition of own":      {[]string{"mentions glaze defects", "mentions kiln shelves"}, []string{"The kiln shelves warped.", "Shelves were replaced."}, "mentions kiln shelves", 0.3},
		"aspects are no doubt":  {[]string{"Contract", "Other"}, append(contractText(), "Signature", "Signed by", "IBAN BIC"), "Contract", 0.7},
		"spanish":               {[]string{"Contract", "Invoice", "Receipt"}, []string{"Factura", "Fecha de factura 1/2/2024", "Base imponible 10,00", "IVA 21%"}, "Invoice", 0.6},
		"french":                {[]string{"Resume", "Contract", "Invoice"}, []string{"Expérience professionnelle", "Formation", "Compétences"}, "Resume", 0.5},
		"single":                {[]string{"Invoice"}, invoiceText(), "Invoice", 0.8},
		"single without a sign": {[]string{"Invoice"}, contractText(), "Invoice", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := classifier(t, test.categories...)
			p := c.Classify(typed(test.text...))
			if got := c.Category(p.Category).Name; got != test.want || p.Confidence < test.atLeast || p.Confidence > 1 || p.NoText {
				t.Errorf("%s with %g, want %s with %g; scores %v", got, p.Confidence, test.want, test.atLeast, p.Scores)
			}
			if strings.Contains(name, "without a sign") && p.Confidence > 0.4 {
				t.Errorf("confidence %g", p.Confidence)
			}
			if diff := cmp.Diff(p, c.Classify(typed(test.text...))); diff != "" {
				t.Errorf("a second time: %s", diff)
			}
		})
	}
}

func TestClassifyNoText(t *testing.T) {
	p := classifier(t, "Invoice", "Contract").Classify(nil)
	if !p.NoText || p.Category != 0 || p.Confidence != 0 {
		t.Errorf("%+v", p)
	}
}

func TestVote(t *testing.T) {
	c := classifier(t, "A1", "B2", "C3")
	page := func(category int, confidence float64) PageClass {
		return PageClass{Category: category, Confidence: confidence}
	}
	blank := PageClass{NoText: true}
	tests := map[string]struct {
		pages []PageClass
		want  int
		sure  float64
	}{
		"none":            {nil, 0, 0},
		"blank":           {[]PageClass{blank, blank}, 0, 0},
		"one":             {[]PageClass{page(1, 0.8)}, 1, 0.8},
		"first counts":    {[]PageClass{page(1, 0.5), page(2, 0.5)}, 1, 0.3},
		"many outvote":    {[]PageClass{page(1, 0.5), page(2, 0.5), page(2, 0.5)}, 2, 0.2692},
		"weights":         {[]PageClass{page(1, 1), page(1, 1), page(1, 1), page(2, 1), page(2, 1)}, 1, 0.7647},
		"blank in front":  {[]PageClass{blank, page(2, 0.9)}, 2, 0.9},
		"without a sign":  {[]PageClass{page(0, 0), page(0, 0)}, 0, 0},
		"sure over early": {[]PageClass{page(1, 0.2), page(2, 0.9)}, 2, 0.36},
	}
	for name, test := range tests {
		got, sure := c.Vote(test.pages)
		if got != test.want || sure != test.sure {
			t.Errorf("%s: %d with %g, want %d with %g", name, got, sure, test.want, test.sure)
		}
	}
}

// The lexicon can be found: phrases are not longer than what is counted, and
// every name leads to its kind.
func TestLexicon(t *testing.T) {
	for i, kind := range lexicon {
		for _, name := range kind.names {
			if got := kindOf(name); got != i {
				t.Errorf("%q leads to %q", name, lexicon[max(got, 0)].names[0])
			}
		}
		for _, phrase := range append(append([]string{}, kind.strong...), kind.weak...) {
			if n := len(Tokens(phrase)); n == 0 || n > maxPhrase {
				t.Errorf("%q has %d words", phrase, n)
			}
			if phrase != strings.ToLower(phrase) {
				t.Errorf("%q is not in lower case", phrase)
			}
		}
	}
}

func TestStem(t *testing.T) {
	for word, want := range map[string]string{
		"invoices": "invoice", "companies": "company", "classes": "class", "address": "address", "status": "status", "analysis": "analysis", "gas": "gas", "Größe": "Größe",
	} {
		if got := stem(word); got != want {
			t.Errorf("stem(%q) = %q, want %q", word, got, want)
		}
	}
}
