// Package testkit makes what tests need: documents, clocks, stores.
package testkit

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-pdf/fpdf"
)

// PDF returns an A4 document with one page for each text given, each text set
// as one paragraph of 11 pt Helvetica.
func PDF(pages ...string) []byte { return write(newPDF(pages)) }

// EncryptedPDF is PDF behind a user password.
func EncryptedPDF(password string, pages ...string) []byte {
	doc := newPDF(pages)
	doc.SetProtection(0, password, "owner-"+password)
	return write(doc)
}

// LongPDF returns a document of n pages, each with its number and some
// paragraphs of text.
func LongPDF(n int) []byte {
	pages := make([]string, n)
	for i := range pages {
		pages[i] = fmt.Sprintf("Page %d of %d.\n\n%s", i+1, n, bytes.Repeat([]byte("The quick brown fox jumps over the lazy dog. "), 40))
	}
	return PDF(pages...)
}

func newPDF(pages []string) *fpdf.Fpdf {
	doc := fpdf.New("P", "mm", "A4", "")
	// Fixed dates keep the bytes, and so the hash, the same on every run.
	made := time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)
	doc.SetCreationDate(made)
	doc.SetModificationDate(made)
	doc.SetCatalogSort(true)
	for _, text := range pages {
		doc.AddPage()
		doc.SetFont("Helvetica", "", 11)
		doc.MultiCell(0, 5, text, "", "L", false)
	}
	return doc
}

func write(doc *fpdf.Fpdf) []byte {
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		panic(fmt.Sprintf("testkit: write pdf: %v", err))
	}
	return b.Bytes()
}
