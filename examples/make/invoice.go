package main

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-pdf/fpdf"
)

// The page, in millimetres.
const (
	left   = 20.0
	width  = 170.0 // between the margins of an A4 page
	line   = 5.0
	footer = 272.0
)

// item is one row of the invoice; prices are in cents, so that sums are exact.
type item struct {
	name     string
	detail   string
	quantity int
	price    int
}

// invoice draws one A4 page and returns its bytes, which are the same on every
// run.
func invoice() ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	made := time.Date(2025, time.March, 14, 9, 0, 0, 0, time.UTC)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetCatalogSort(true)
	pdf.SetTitle("Invoice NW-2025-0314", true)
	pdf.SetAuthor("Northwind Paper & Print GmbH", true)
	pdf.SetMargins(left, 18, left)
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddPage()

	text := pdf.UnicodeTranslatorFromDescriptor("")
	letterhead(pdf, text)
	parties(pdf, text)
	due := itemTable(pdf, text)
	terms(pdf, text, due)
	foot(pdf, text)

	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("write pdf: %w", err)
	}
	return b.Bytes(), nil
}

func letterhead(pdf *fpdf.Fpdf, text func(string) string) {
	pdf.SetFillColor(28, 78, 99)
	pdf.Rect(left, 18, 12, 12, "F")
	pdf.SetTextColor(255, 255, 255)
	pdf.SetFont("Helvetica", "B", 15)
	pdf.SetXY(left, 18)
	pdf.CellFormat(12, 12, "N", "", 0, "CM", false, 0, "")

	pdf.SetTextColor(28, 78, 99)
	pdf.SetXY(left+15, 18)
	pdf.CellFormat(90, 7, "Northwind Paper & Print", "", 2, "LM", false, 0, "")
	pdf.SetFont("Helvetica", "", 9)
	pdf.SetTextColor(90, 90, 90)
	pdf.CellFormat(90, 5, text("Stationery · Printing · Binding"), "", 0, "LM", false, 0, "")

	pdf.SetXY(left+width-70, 18)
	for _, s := range []string{"Hafenstraße 14", "20457 Hamburg", "Germany"} {
		pdf.CellFormat(70, 4.5, text(s), "", 2, "R", false, 0, "")
	}
	pdf.SetDrawColor(28, 78, 99)
	pdf.SetLineWidth(0.6)
	pdf.Line(left, 35, left+width, 35)
}

func parties(pdf *fpdf.Fpdf, text func(string) string) {
	pdf.SetTextColor(0, 0, 0)
	pdf.SetXY(left, 43)
	pdf.SetFont("Helvetica", "B", 22)
	pdf.CellFormat(width, 10, "INVOICE", "", 1, "L", false, 0, "")

	address(pdf, text, left, "Bill to", "Café Lumière GmbH", "Attn: Accounts Payable", "Gärtnerstraße 27", "10245 Berlin", "Germany", "VAT ID: DE987654321")
	address(pdf, text, left+58, "Ship to", "Café Lumière GmbH", "Warehouse, Gate 3", "Am Ostbahnhof 8", "10243 Berlin", "Germany")

	pdf.SetXY(left+112, 58)
	for _, f := range [][2]string{
		{"Invoice number", "NW-2025-0314"},
		{"Invoice date", "14 March 2025"},
		{"Due date", "13 April 2025"},
		{"Order number", "PO-88172"},
		{"Customer number", "C-10457"},
		{"Currency", "EUR"},
	} {
		pdf.SetX(left + 112)
		pdf.SetFont("Helvetica", "", 9.5)
		pdf.CellFormat(30, line, f[0]+":", "", 0, "L", false, 0, "")
		pdf.SetFont("Helvetica", "B", 9.5)
		pdf.CellFormat(28, line, f[1], "", 1, "R", false, 0, "")
	}
}

// address draws a heading and the lines below it, from x rightwards.
func address(pdf *fpdf.Fpdf, text func(string) string, x float64, heading string, lines ...string) {
	pdf.SetXY(x, 58)
	pdf.SetFont("Helvetica", "B", 9.5)
	pdf.SetTextColor(28, 78, 99)
	pdf.CellFormat(55, line, heading, "", 2, "L", false, 0, "")
	pdf.SetTextColor(0, 0, 0)
	pdf.SetFont("Helvetica", "", 9.5)
	for _, s := range lines {
		pdf.CellFormat(55, line, text(s), "", 2, "L", false, 0, "")
	}
}

func terms(pdf *fpdf.Fpdf, text func(string) string, due string) {
	pdf.SetXY(left, pdf.GetY()+12)
	pdf.SetFont("Helvetica", "B", 11)
	pdf.CellFormat(width, 7, "Payment terms", "", 1, "L", false, 0, "")
	pdf.SetFont("Helvetica", "", 9.5)
	pdf.MultiCell(width, line, text("Please pay "+due+" within 30 days of the invoice date, quoting the invoice number. "+
		"A discount of 2 % on the net amount applies to payments received within 10 days. "+
		"Goods remain our property until they are paid in full."), "", "L", false)
	pdf.Ln(3)
	for _, f := range [][2]string{
		{"Bank", "Hansa Mercantile Bank"},
		{"Account holder", "Northwind Paper & Print GmbH"},
		{"IBAN", "DE89 3704 0044 0532 0130 00"},
		{"BIC", "HMBKDEHHXXX"},
	} {
		pdf.CellFormat(32, line, f[0]+":", "", 0, "L", false, 0, "")
		pdf.CellFormat(width-32, line, f[1], "", 1, "L", false, 0, "")
	}
}

func foot(pdf *fpdf.Fpdf, text func(string) string) {
	pdf.SetDrawColor(160, 160, 160)
	pdf.SetLineWidth(0.2)
	pdf.Line(left, footer, left+width, footer)
	pdf.SetTextColor(90, 90, 90)
	pdf.SetFont("Helvetica", "", 8)
	pdf.SetXY(left, footer+2)
	pdf.CellFormat(width, 4, text("Northwind Paper & Print GmbH · Amtsgericht Hamburg HRB 102030 · VAT ID DE123456789"), "", 2, "C", false, 0, "")
	pdf.CellFormat(width, 4, text("billing@northwind.example · +49 40 66969 123 · Page 1 of 1"), "", 0, "C", false, 0, "")
}
