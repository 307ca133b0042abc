package main

import (
	"fmt"
	"strconv"

	"github.com/go-pdf/fpdf"
)

// Widths of the columns of the items' table, in millimetres.
const (
	columnNumber   = 12.0
	columnName     = 82.0
	columnQuantity = 20.0
	columnPrice    = 26.0
	columnAmount   = 30.0
	rowHeight      = 10.5
)

const vatPercent = 19

// itemTable draws the ruled table and the totals below it, and returns the
// amount due as it is printed.
func itemTable(pdf *fpdf.Fpdf, text func(string) string) string {
	items := []item{
		{"Copy paper A4, 80 g/m²", "Carton of 5 reams, FSC certified", 24, 2190},
		{"Menu cards, folded", "300 g/m², matt, printed on both sides", 350, 128},
		{"Receipt rolls 80 mm", "Box of 20, BPA-free", 12, 3450},
		{"Loyalty cards", "Rounded corners, 4/4 colours", 1000, 19},
		{"Design and proof", "Menu spring 2025, flat rate", 1, 18500},
		{"Delivery", "Pallet, to the door", 1, 6400},
	}
	pdf.SetXY(left, 98)
	itemHeader(pdf)
	net := 0
	for i, it := range items {
		itemRow(pdf, text, i+1, it)
		net += it.quantity * it.price
	}
	vat := (net*vatPercent + 50) / 100
	due := money(net + vat)

	pdf.Ln(3)
	total(pdf, "Net amount", money(net), "")
	total(pdf, fmt.Sprintf("VAT %d %%", vatPercent), money(vat), "")
	pdf.SetFont("Helvetica", "B", 11)
	total(pdf, "Total due (EUR)", due, "T")
	return "EUR " + due
}

func itemHeader(pdf *fpdf.Fpdf) {
	pdf.SetDrawColor(120, 120, 120)
	pdf.SetLineWidth(0.2)
	pdf.SetFillColor(28, 78, 99)
	pdf.SetTextColor(255, 255, 255)
	pdf.SetFont("Helvetica", "B", 9.5)
	pdf.CellFormat(columnNumber, 8, "No.", "1", 0, "CM", true, 0, "")
	pdf.CellFormat(columnName, 8, "Description", "1", 0, "LM", true, 0, "")
	pdf.CellFormat(columnQuantity, 8, "Quantity", "1", 0, "RM", true, 0, "")
	pdf.CellFormat(columnPrice, 8, "Unit price", "1", 0, "RM", true, 0, "")
	pdf.CellFormat(columnAmount, 8, "Amount", "1", 1, "RM", true, 0, "")
	pdf.SetTextColor(0, 0, 0)
}

func itemRow(pdf *fpdf.Fpdf, text func(string) string, number int, it item) {
	x, y := left+columnNumber, pdf.GetY()
	pdf.SetFont("Helvetica", "", 9.5)
	pdf.CellFormat(columnNumber, rowHeight, strconv.Itoa(number), "1", 0, "CM", false, 0, "")
	pdf.CellFormat(columnName, rowHeight, "", "1", 0, "", false, 0, "")
	pdf.CellFormat(columnQuantity, rowHeight, thousands(it.quantity), "1", 0, "RM", false, 0, "")
	pdf.CellFormat(columnPrice, rowHeight, money(it.price), "1", 0, "RM", false, 0, "")
	pdf.CellFormat(columnAmount, rowHeight, money(it.quantity*it.price), "1", 0, "RM", false, 0, "")

	pdf.SetXY(x, y+0.8)
	pdf.CellFormat(columnName, 4.6, text(it.name), "", 2, "LM", false, 0, "")
	pdf.SetFont("Helvetica", "", 8)
	pdf.SetTextColor(90, 90, 90)
	pdf.CellFormat(columnName, 4, text(it.detail), "", 0, "LM", false, 0, "")
	pdf.SetTextColor(0, 0, 0)
	pdf.SetXY(left, y+rowHeight)
	pdf.SetFont("Helvetica", "", 9.5)
}

// total draws one line of the sums, under the last two columns.
func total(pdf *fpdf.Fpdf, label, amount, border string) {
	pdf.SetX(left + columnNumber + columnName)
	pdf.CellFormat(columnQuantity+columnPrice, 7, label, border, 0, "LM", false, 0, "")
	pdf.CellFormat(columnAmount, 7, amount, border, 1, "RM", false, 0, "")
}

// money prints cents as 1,234.56.
func money(cents int) string {
	return fmt.Sprintf("%s.%02d", thousands(cents/100), cents%100)
}

// thousands prints a number that is not negative with separators, as 1,234.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
