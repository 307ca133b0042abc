package sandbox

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
	"docket/internal/testkit"
)

// segmentsOf are the types and contents of a document's segments.
func segmentsOf(t *testing.T, p *Pool, data []byte, req ReadRequest) (all []string, page *document.Page) {
	t.Helper()
	tr, err := readAll(testContext(t), p, data, req)
	if err != nil {
		t.Fatal(err)
	}
	if page, err = document.DecodePage([]byte(tr.recs[0])); err != nil {
		t.Fatal(err)
	}
	b := document.NewBuilder(document.Options{})
	if err := b.Add(page); err != nil {
		t.Fatal(err)
	}
	for s := range b.Segments() {
		all = append(all, string(s.SegmentType)+": "+s.Content)
	}
	return all, page
}

// Of a page that is half text and half scan the picture's text stands between
// the rest; none of it stands there twice.
func TestHalfScans(t *testing.T) {
	p := startReader(t)
	const above = "The letter below came in last week and is answered here."
	const below = "We ask you to confirm this by return of post."
	lines := []string{
		"Goods remain the property of the seller until then,", "and invoices are paid within thirty days of their date;",
		"claims are to be made in writing within one week.", "",
	}
	const layer = "Hidden words that a scanner left over its own picture, in lines that are as long as those that are seen in it, and as many."
	read := strings.Join(lines[:3], " ")
	chart := testkit.HalfScannedPDF(above, []string{"2021        2022", "", "10                 20", ""}, below, "")
	tests := map[string]struct {
		data []byte
		req  ReadRequest
		want []string
	}{
		"between text":        {testkit.HalfScannedPDF(above, lines, below, ""), ReadRequest{}, []string{"Text: " + above, "Text: " + read, "Text: " + below}},
		"not wanted":          {testkit.HalfScannedPDF(above, lines, below, ""), ReadRequest{OCR: OCRNever}, []string{"Text: " + above, "Picture: ", "Text: " + below}},
		"with a layer":        {testkit.HalfScannedPDF(above, lines, below, layer), ReadRequest{}, []string{"Text: " + above, "Text: " + layer, "Text: " + below}},
		"labels of a chart":   {chart, ReadRequest{}, []string{"Text: " + above, "Picture: ", "Text: " + below}},
		"a picture too small": {testkit.PicturePDF(above), ReadRequest{}, []string{"Text: " + above, "Picture: "}},
	}
	for name, test := range tests {
		got, page := segmentsOf(t, p, test.data, test.req)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
		for i := range page.Words {
			w := &page.Words[i]
			if w.Confidence > 0 && !slices.ContainsFunc(page.Images, func(i document.Image) bool { return inside(i.Box, w.Box) }) {
				t.Errorf("%s: %q stands at %v, outside of the picture", name, w.Text, w.Box)
			}
		}
	}
}

// Without a program for it such a page is read as it was, and nobody is warned
// of every picture.
func TestHalfScanWithoutRecognizer(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	_, text, warnings, err := parsed(t, p, testkit.HalfScannedPDF("Text above the picture.", []string{"one two three", "four five six"}, "Text below.", ""), ReadRequest{})
	if err != nil || len(warnings) > 0 || strings.Contains(text, "five") {
		t.Errorf("%q, %q, %v", text, warnings, err)
	}
}

func TestParts(t *testing.T) {
	image := func(b document.Box) document.Image { return document.Image{Box: b} }
	half := document.Box{Left: 50, Top: 400, Right: 550, Bottom: 780}
	words := func(n int, hidden bool) (all []document.Word) {
		for i := range n {
			y := 410 + 12*float64(i)
			all = append(all, document.Word{Text: "word", Hidden: hidden, Box: document.Box{Left: 100, Top: y, Right: 500, Bottom: y + 10}})
		}
		return all
	}
	tests := map[string]struct {
		page document.Page
		ocr  recognition
		want []document.Box
	}{
		"a half":           {document.Page{Images: []document.Image{image(half)}}, recognition{Available: true}, []document.Box{half}},
		"in strips":        {document.Page{Images: []document.Image{image(document.Box{Left: 50, Top: 400, Right: 550, Bottom: 600}), image(document.Box{Left: 50, Top: 600.5, Right: 550, Bottom: 780})}}, recognition{Available: true}, []document.Box{half}},
		"with its text":    {document.Page{Images: []document.Image{image(half)}, Words: words(10, false)}, recognition{Available: true}, nil},
		"with a stamp":     {document.Page{Images: []document.Image{image(document.Box{Right: 600, Bottom: 800})}, Words: words(1, false)}, recognition{Available: true}, []document.Box{{Right: 600, Bottom: 800}}},
		"with a layer":     {document.Page{Images: []document.Image{image(half)}, Words: words(1, true)}, recognition{Available: true}, nil},
		"a logo":           {document.Page{Images: []document.Image{image(document.Box{Left: 10, Top: 10, Right: 150, Bottom: 90})}}, recognition{Available: true}, nil},
		"a ribbon":         {document.Page{Images: []document.Image{image(document.Box{Right: 40, Bottom: 800}), image(document.Box{Left: 560, Right: 600, Bottom: 800})}}, recognition{Available: true}, nil},
		"not wanted":       {document.Page{Images: []document.Image{image(half)}}, recognition{Available: true, Never: true}, nil},
		"all of it anyway": {document.Page{Images: []document.Image{image(half)}}, recognition{Available: true, Force: true}, nil},
		"nobody can":       {document.Page{Images: []document.Image{image(half)}}, recognition{}, nil},
		"no page":          {document.Page{Unreadable: true, Images: []document.Image{image(half)}}, recognition{Available: true}, nil},
	}
	for name, test := range tests {
		test.page.Width, test.page.Height = 600, 800
		if diff := cmp.Diff(test.want, test.ocr.parts(&test.page)); diff != "" && len(test.want)+len(test.ocr.parts(&test.page)) > 0 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
