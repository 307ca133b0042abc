package pdf_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"

	"docket/internal/document"
	"docket/internal/document/pdf"
)

// cacheDir is one for all tests and runs: compiling takes half a minute under
// the race detector.
func cacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	return filepath.Join(base, "docket-test-pdfium")
}

func newEngine(t testing.TB) *pdf.Engine {
	t.Helper()
	e, err := pdf.NewEngine(context.Background(), cacheDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// open opens a document that can be opened.
func open(t testing.TB, e *pdf.Engine, data []byte) *pdf.Document {
	t.Helper()
	d, err := e.Open(data, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// read reads a page and sends it through a record, as every page is.
func read(t testing.TB, d *pdf.Document, n int) *document.Page {
	t.Helper()
	p, err := d.ReadPage(n)
	if err != nil {
		t.Fatal(err)
	}
	p, err = document.DecodePage(p.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// drawn returns a document of A4 pages in points, drawn with fpdf.
func drawn(t testing.TB, draw func(*fpdf.Fpdf)) []byte {
	t.Helper()
	doc := fpdf.New("P", "pt", "A4", "")
	doc.SetAutoPageBreak(false, 0)
	doc.AddPage()
	doc.SetFont("Helvetica", "", 12)
	draw(doc)
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// raw returns a document of one page with the entries and content given, in
// Helvetica as /F1; more are further objects, numbered from 6.
func raw(entries, content string, more ...string) []byte {
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R" + entries + "/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	return file(append(objects, more...))
}

// file writes objects, numbered from 1, with the table of their places.
func file(objects []string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// texts are a page's words, apart by spaces.
func texts(p *document.Page) string {
	var all []string
	for _, w := range p.Words {
		all = append(all, w.Text)
	}
	return strings.Join(all, " ")
}

// nearBox compares boxes to a point.
func nearBox(a, b document.Box) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) <= 1 }
	return near(a.Left, b.Left) && near(a.Top, b.Top) && near(a.Right, b.Right) && near(a.Bottom, b.Bottom)
}

// structure builds a document and returns its segments.
func structure(t testing.TB, d *pdf.Document) []document.Segment {
	t.Helper()
	b := document.NewBuilder(document.Options{})
	for n := 1; n <= d.Pages(); n++ {
		if err := b.Add(read(t, d, n)); err != nil {
			t.Fatal(err)
		}
	}
	var all []document.Segment
	for c := range b.Chunks() {
		all = append(all, c.Segments...)
	}
	return all
}
