package extract

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNumber(t *testing.T) {
	tests := []struct {
		text  string
		comma bool
		want  string // empty: no number
	}{
		{"0", false, "0"}, {"007", false, "7"}, {"12", false, "12"}, {"1.50", false, "1.50"}, {"1,50", false, "1.50"},
		{"4,904.94", false, "4904.94"}, {"4.904,94", false, "4904.94"}, {"1'234.50", false, "1234.50"}, {"1 234,50", false, "1234.50"}, {"1 234,50", true, "1234.50"},
		{"1,234", false, "1234"}, {"1.234", true, "1234"}, {"1.234", false, "1.234"}, {"1,234", true, "1234"}, {"1.234.567", false, "1234567"}, {"1,234,567.89", true, "1234567.89"},
		{"29.03.2014", false, ""}, {"1.2.3", false, ""}, {"1,23,456", false, ""}, {"12.34,5.6", false, ""}, {"1..2", false, ""}, {strings.Repeat("9", 40), false, ""},
	}
	for _, test := range tests {
		got, certainty, ok := parseNumber(test.text, locale{decimalComma: test.comma})
		if ok != (test.want != "") || got != test.want || ok && (certainty <= 0 || certainty > 1) {
			t.Errorf("parseNumber(%q, %t) = %q, %g, %t, want %q", test.text, test.comma, got, certainty, ok, test.want)
		}
	}
}

// found are the values of a field of that kind in a text.
func found(k kind, typ, format, text string) []string {
	f := &field{kind: k, typ: typ, format: format}
	var all []string
	for _, x := range f.finds(text, locale{}) {
		all = append(all, fmt.Sprint(x.value))
	}
	return all
}

func TestFinds(t *testing.T) {
	tests := map[string]struct {
		kind        kind
		typ, format string
		text        string
		want        []string
	}{
		"money":             {moneyKind, "number", "", "EUR 4.904,94 and $ 12.50 or (3.20)", []string{"4904.94", "12.50", "-3.20"}},
		"sign":              {moneyKind, "number", "", "-12,00 € −5.00", []string{"-12.00", "-5.00"}},
		"money as text":     {moneyKind, "string", "", "due: € 99,99", []string{"€ 99,99"}},
		"spaced thousands":  {moneyKind, "number", "", "2 321,00 EUR", []string{"2321.00"}},
		"not in codes":      {numberKind, "number", "", "FO10479674 A-12b x9 12/2024 10:30 v1", nil},
		"no date":           {numberKind, "number", "", "01.05.14-31.05.14 2014-05-07", nil},
		"range":             {numberKind, "integer", "", "5-7", []string{"5", "7"}},
		"integer":           {numberKind, "integer", "", "3 4.5 6.00", []string{"3", "6"}},
		"percent":           {percentKind, "number", "", "19 % of", []string{"19"}},
		"yes":               {booleanKind, "boolean", "", " Ja, gern", []string{"true"}},
		"no":                {booleanKind, "boolean", "", ": no", []string{"false"}},
		"box":               {booleanKind, "boolean", "", "[x] agreed", []string{"true"}},
		"no answer":         {booleanKind, "boolean", "", "perhaps", nil},
		"iso date":          {dateKind, "string", "date", "on 2024-02-29.", []string{"2024-02-29"}},
		"dotted":            {dateKind, "string", "date", "31.12.2023", []string{"2023-12-31"}},
		"short year":        {dateKind, "string", "date", "1.5.14", []string{"2014-05-01"}},
		"slashes":           {dateKind, "string", "date", "13/02/2024 02/13/2024", []string{"2024-02-13", "2024-02-13"}},
		"english":           {dateKind, "string", "date", "August 3 , 2014", []string{"2014-08-03"}},
		"english day first": {dateKind, "string", "date", "3rd of March 2024", []string{"2024-03-03"}},
		"german":            {dateKind, "string", "date", "7. März 2014", []string{"2014-03-07"}},
		"french":            {dateKind, "string", "date", "02 Août 2015", []string{"2015-08-02"}},
		"dutch":             {dateKind, "string", "date", "29 maart 2014", []string{"2014-03-29"}},
		"as printed":        {dateKind, "string", "", "29 maart 2014", []string{"29 maart 2014"}},
		"no such day":       {dateKind, "string", "date", "30.02.2024 32.01.2024 01.13.2024x", nil},
		"no date at all":    {dateKind, "string", "date", "12 Foobar 2024 192.168.1.20", nil},
		"time":              {dateTimeKind, "string", "date-time", "2024-01-15 9:05 and 2024-01-16", []string{"2024-01-15T09:05:00Z"}},
		"email":             {emailKind, "string", "", "mail to a.b+c@mail.example.com, please", []string{"a.b+c@mail.example.com"}},
		"url":               {uriKind, "string", "", "see https://example.com/a?b=c. or www.example.org", []string{"https://example.com/a?b=c", "www.example.org"}},
		"phone":             {phoneKind, "string", "", "Tel. +49 6051 916 44 10", []string{"+49 6051 916 44 10"}},
		"no phone":          {phoneKind, "string", "", "29.03.2014 1234567", nil},
		"iban":              {ibanKind, "string", "", "IBAN DE89 3704 0044 0532 0130 00 BIC", []string{"DE89370400440532013000"}},
		"iban in a row":     {ibanKind, "string", "", "NL91ABNA0417164300", []string{"NL91ABNA0417164300"}},
		"wrong sum":         {ibanKind, "string", "", "DE88370400440532013000", nil},
		"bic":               {bicKind, "string", "", "INGBNL2A DEUTDEFF500 INVOICES", []string{"INGBNL2A", "DEUTDEFF500"}},
		"vat":               {vatKind, "string", "", "UStId DE 232 446 240, FR 604 219 388 61, NL810433941B01", []string{"DE232446240", "FR60421938861", "NL810433941B01"}},
		"postcodes":         {postcodeKind, "string", "", "EC1A 1BB, 3012 CN, 94107-1234, 10115 Berlin, 12-345", []string{"EC1A 1BB", "3012 CN", "94107-1234", "10115", "12-345"}},
		"siren":             {sirenKind, "string", "", "B 421 938 861 RCS 123 456 789", []string{"421 938 861"}},
		"currency":          {currencyKind, "string", "", "12 € CHF Euro", []string{"EUR", "CHF", "EUR"}},
		"identifier":        {identifierKind, "string", "", "No. INV-2024/07 dated 1.2.2024", []string{"INV-2024/07"}},
		"text":              {textKind, "string", "", " : Net 30 days ", []string{"Net 30 days"}},
		"no text":           {textKind, "string", "", " .... ", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, found(test.kind, test.typ, test.format, test.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	for name, want := range map[string]kind{
		"account_number": identifierKind, "account_holder": textKind, "bank_name": textKind, "vendor_name": companyKind, "customer_name": textKind,
		"total_weight": textKind, "total_amount": moneyKind, "postal_code": postcodeKind, "siret": sirenKind, "invoice_date": dateKind, "payment_method": textKind,
	} {
		f := &field{name: name, typ: "string"}
		f.prepare()
		if f.kind != want {
			t.Errorf("%s is of kind %d, want %d", name, f.kind, want)
		}
	}
}

func TestFindCompanies(t *testing.T) {
	for text, want := range map[string]string{
		"by Müller & Söhne GmbH, Bonn": "Müller & Söhne GmbH", "Talleres Ibarra S.L.": "Talleres Ibarra S.L.", "2210 SE Division St": "", "Acme Corp.": "Acme Corp.", "no company": "",
	} {
		got := ""
		if all := findCompanies(text); len(all) > 0 {
			got, _ = all[0].value.(string)
		}
		if got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func TestFindEnum(t *testing.T) {
	f := &field{kind: enumKind, typ: "string", enum: []any{"Paid", "Partly paid", "Open", 7.0}}
	for text, want := range map[string]string{"status: PAID": "Paid", "it is partly paid": "Partly paid", "unpaid": "", "opened": "", "open!": "Open"} {
		got := ""
		if all := f.finds(text, locale{}); len(all) == 1 {
			got = all[0].value.(string)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestFindPattern(t *testing.T) {
	for _, test := range [][3]string{
		{`^[A-Z]{2}-\d{4}$`, "ref AB-1234 x", "AB-1234"},
		{`^\d{3} \d{3}$`, "a 123 456 b", "123 456"},
		{`^INV`, "the INV7 is here", "INV7"},
		{`^X$`, "xyz", ""},
	} {
		f := &field{kind: patternKind, typ: "string", pattern: regexp.MustCompile(test[0])}
		got := ""
		if all := f.finds(test[1], locale{}); len(all) > 0 {
			got = all[0].value.(string)
		}
		if got != test[2] {
			t.Errorf("%s in %q: %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

func TestNameWords(t *testing.T) {
	for name, want := range map[string]string{
		"invoiceNumber": "invoice number", "invoice_no": "invoice number", "Invoice No.": "invoice number", "N° 12": "number 12",
		"total-amount": "total amount", "IBAN": "iban", "Fälligkeitsdatum": "falligkeitsdatum", "Straße": "strasse", "#": "number", "": "",
	} {
		if got := strings.Join(nameWords(name), " "); got != want {
			t.Errorf("nameWords(%q) = %q, want %q", name, got, want)
		}
	}
}

// FuzzFinds checks what every parser must keep to: places inside the text, and
// values that are in it or follow from it.
func FuzzFinds(f *testing.F) {
	for _, seed := range []string{
		"", "EUR 4.904,94", "(1,234.50)", "31.12.2023 10:30", "3rd of March 2024", "a@b.de", "DE89 3704 0044 0532 0130 00", "FR 604 219 388 61",
		"+49 (0)6051 / 916", "[x] yes", "№ 7 n°8 #9", "\xff\xfe12", "é́ 1\u202f234,5", "€€€", "--5--", "12-", "5%-",
	} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, comma bool) {
		text = strings.ToValidUTF8(text, "?")
		for k := textKind; k <= patternKind; k++ {
			for _, typ := range []string{"string", "number", "integer"} {
				x := &field{kind: k, typ: typ, format: "date", enum: nil}
				if k == patternKind {
					x.pattern = regexp.MustCompile(`^\w+$`)
				}
				for _, got := range x.finds(text, locale{decimalComma: comma, monthFirst: !comma}) {
					checkFind(t, text, got)
				}
			}
		}
		tokenize(text)
		nameWords(text)
	})
}

func checkFind(t *testing.T, text string, got find) {
	t.Helper()
	if got.start < 0 || got.end > len(text) || got.start >= got.end || got.certainty <= 0 || got.certainty > 1 {
		t.Fatalf("%+v in %q", got, text)
	}
	n, ok := got.value.(json.Number)
	if !ok {
		return
	}
	if !json.Valid([]byte(n)) {
		t.Fatalf("%q is no JSON number", n)
	}
	digits := func(s string) string {
		return strings.Trim(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s), "0")
	}
	if a, b := digits(string(n)), digits(text[got.start:got.end]); !strings.Contains(b, a) {
		t.Fatalf("%q is not in %q", n, text[got.start:got.end])
	}
}
