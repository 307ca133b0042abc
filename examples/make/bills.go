package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"time"

	"github.com/go-pdf/fpdf"
)

// bill is a small invoice; its net prices are in cents.
type bill struct {
	file   string
	vendor string
	where  string
	number string
	date   string
	items  []item
}

// bills are what examples/invoices works on: what differs between vendors is
// the look of numbers and dates.
func bills() []bill {
	return []bill{
		{"alder.pdf", "Alder Joinery Ltd", "4 Mill Lane, Leeds LS1 4AB", "AJ-1042", "3 February 2025", []item{
			{"Oak shelf, oiled", "", 3, 11900}, {"Fitting", "", 1, 8500},
		}},
		{"brook.pdf", "Brook Coffee Roasters B.V.", "17 Canal Street, Utrecht", "2025/0077", "2025-02-11", []item{
			{"House blend, 1 kg", "", 24, 1450}, {"Filters, box of 100", "", 6, 390},
		}},
		{"cedar.pdf", "Cedar Cleaning Services Ltd", "90 Harbour Road, Cork", "INV-00318", "28.02.2025", []item{
			{"Weekly cleaning, February", "", 4, 21000},
		}},
	}
}

// newDocument begins a document of A4 pages whose bytes are the same on every
// run.
func newDocument(title string) *fpdf.Fpdf {
	pdf := fpdf.New("P", "mm", "A4", "")
	made := time.Date(2025, time.March, 14, 9, 0, 0, 0, time.UTC)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetCatalogSort(true)
	pdf.SetTitle(title, true)
	pdf.SetMargins(left, 20, left)
	pdf.SetAutoPageBreak(false, 0)
	return pdf
}

func written(pdf *fpdf.Fpdf) ([]byte, error) {
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("write pdf: %w", err)
	}
	return b.Bytes(), nil
}

// page draws the bill.
func (b *bill) page(pdf *fpdf.Fpdf) {
	pdf.AddPage()
	say(pdf, 14, "B", b.vendor)
	say(pdf, 10, "", b.where)
	pdf.Ln(12)
	say(pdf, 20, "B", "INVOICE")
	pdf.Ln(4)
	pair(pdf, "Invoice number:", b.number)
	pair(pdf, "Invoice date:", b.date)
	pdf.Ln(8)
	pdf.SetFont("Helvetica", "B", 10)
	row(pdf, "Description", "Quantity", "Unit price", "Amount")
	pdf.SetFont("Helvetica", "", 10)
	net := 0
	for _, it := range b.items {
		amount := it.quantity * it.price
		row(pdf, it.name, fmt.Sprint(it.quantity), money(it.price), money(amount))
		net += amount
	}
	vat := (net*vatPercent + 50) / 100
	pdf.Ln(6)
	pair(pdf, "Net amount:", money(net))
	pair(pdf, "VAT:", money(vat))
	pdf.SetFont("Helvetica", "B", 11)
	pair(pdf, "Total due:", "EUR "+money(net+vat))
}

// letter draws a page that is no bill.
func letter(pdf *fpdf.Fpdf) {
	pdf.AddPage()
	say(pdf, 10, "", "Brook Coffee Roasters, 17 Canal Street, Utrecht")
	pdf.Ln(20)
	say(pdf, 11, "", "12 February 2025")
	pdf.Ln(8)
	pdf.SetFont("Helvetica", "", 11)
	pdf.MultiCell(width, 6, "Dear Ms Laurent,\n\nthank you for your letter of last week. We are glad that the new blend found friends among your guests, "+
		"and would like to invite you to taste the spring harvest with us. Please write to us which day would suit you.\n\nWith kind regards,\n\nJoost Brook", "", "L", false)
}

func say(pdf *fpdf.Fpdf, size float64, style, text string) {
	pdf.SetFont("Helvetica", style, size)
	pdf.CellFormat(width, size*0.6, text, "", 1, "L", false, 0, "")
}

func pair(pdf *fpdf.Fpdf, label, value string) {
	pdf.SetFontSize(10)
	pdf.CellFormat(40, 6, label, "", 0, "L", false, 0, "")
	pdf.CellFormat(60, 6, value, "", 1, "L", false, 0, "")
}

func row(pdf *fpdf.Fpdf, cells ...string) {
	for i, w := range []float64{80, 25, 30, 30} {
		align := "R"
		if i == 0 {
			align = "L"
		}
		pdf.CellFormat(w, 7, cells[i], "1", 0, align, false, 0, "")
	}
	pdf.Ln(-1)
}

// small are all documents but the invoice, by their names below examples/.
func small() (map[string][]byte, error) {
	made := map[string][]byte{}
	post := newDocument("A day's post")
	all := bills()
	for i := range all {
		pdf := newDocument("Invoice " + all[i].number)
		all[i].page(pdf)
		content, err := written(pdf)
		if err != nil {
			return nil, err
		}
		made[filepath.Join("invoices", "inbox", all[i].file)] = content
	}
	all[0].page(post)
	letter(post)
	all[1].page(post)
	content, err := written(post)
	made["post.pdf"] = content
	return made, err
}
