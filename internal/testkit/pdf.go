// Package testkit makes what tests need: documents, clocks, stores.
package testkit

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
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

// ScanPDF returns a document as PDF does, in which a page whose text is "scan"
// has no text but a picture that covers it.
func ScanPDF(pages ...string) []byte {
	doc := newPDF(nil)
	var picture bytes.Buffer
	grey := image.NewGray(image.Rect(0, 0, 210, 297))
	for i := range grey.Pix {
		grey.Pix[i] = byte(i)
	}
	if err := png.Encode(&picture, grey); err != nil {
		panic(fmt.Sprintf("testkit: write picture: %v", err))
	}
	scan := fpdf.ImageOptions{ImageType: "PNG"}
	doc.RegisterImageOptionsReader("scan", scan, &picture)
	for _, text := range pages {
		doc.AddPage()
		doc.SetFont("Helvetica", "", 11)
		if text == "scan" {
			doc.ImageOptions("scan", 0, 0, 210, 297, false, scan, 0, "")
			continue
		}
		doc.MultiCell(0, 5, text, "", "L", false)
	}
	return write(doc)
}

// AttachedPDF is PDF of one page with files embedded, by name, in the order of
// their names.
func AttachedPDF(text string, files map[string]string) []byte {
	doc := newPDF([]string{text})
	var all []fpdf.Attachment
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all = append(all, fpdf.Attachment{Content: []byte(files[name]), Filename: name})
	}
	doc.SetAttachments(all)
	// The library gives the name as UF and the file as F; readers want both in
	// one spelling.
	return bytes.ReplaceAll(write(doc), []byte("/EF << /F "), []byte("/EF <</UF "))
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

// LinkPDF is a document of one page with a line of text that leads to an
// address.
func LinkPDF(text, address string) []byte {
	doc := newPDF([]string{"The text begins here."})
	doc.WriteLinkString(5, text, address)
	return write(doc)
}
