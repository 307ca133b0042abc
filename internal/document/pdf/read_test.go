package pdf_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
	"docket/internal/testkit"
)

func TestWordsAreWhereTheyWerePut(t *testing.T) {
	var width float64
	data := drawn(t, func(doc *fpdf.Fpdf) {
		doc.Text(100, 200, "Hello world")
		width = doc.GetStringWidth("Hello")
		doc.SetFont("Courier", "BI", 20)
		doc.Text(50, 700, doc.UnicodeTranslatorFromDescriptor("")("Größe"))
	})
	p := read(t, open(t, newEngine(t), data), 1)
	if math.Abs(p.Width-595.28) > 0.1 || math.Abs(p.Height-841.89) > 0.1 {
		t.Errorf("page of %g by %g, want A4", p.Width, p.Height)
	}
	if got := texts(p); got != "Hello world Größe" {
		t.Fatalf("words %q", got)
	}
	hello, large := p.Words[0], p.Words[2]
	if math.Abs(hello.Box.Left-100) > 1 || math.Abs(hello.Box.Right-100-width) > 1 || hello.Box.Top > 192 || hello.Box.Bottom < 200 || hello.Box.Height() > 17 {
		t.Errorf("Hello at %+v, want it at 100, 200 and %g wide", hello.Box, width)
	}
	if math.Abs(hello.Baseline-200) > 1 || math.Abs(large.Baseline-700) > 1 {
		t.Errorf("baselines %g and %g, want 200 and 700", hello.Baseline, large.Baseline)
	}
	if math.Abs(hello.Size-12) > 0.1 || math.Abs(large.Size-20) > 0.1 {
		t.Errorf("sizes %g and %g, want 12 and 20", hello.Size, large.Size)
	}
	wantFonts := []document.Font{{Name: "Helvetica"}, {Name: "Courier-BoldOblique", Bold: true, Italic: true, Mono: true}}
	if diff := cmp.Diff(wantFonts, []document.Font{p.Fonts[hello.Font], p.Fonts[large.Font]}); diff != "" {
		t.Errorf("fonts (-want +got):\n%s", diff)
	}
}

// The word "Turn" is put at 100, 200 of a page of 300 by 500, its letters
// 14 points high and 41 wide.
func TestPageBoxes(t *testing.T) {
	const content = "BT /F1 20 Tf 100 200 Td (Turn) Tj ET"
	const wide = 41.12
	tests := map[string]struct {
		entries       string
		width, height float64
		box           document.Box // from baseline to 14 points above it
		turn          int
	}{
		"upright": {"/MediaBox[0 0 300 500]", 300, 500, document.Box{Left: 100, Top: 286, Right: 100 + wide, Bottom: 300}, 0},
		"by 90":   {"/MediaBox[0 0 300 500]/Rotate 90", 500, 300, document.Box{Left: 200, Top: 100, Right: 214, Bottom: 100 + wide}, 1},
		"by 180":  {"/MediaBox[0 0 300 500]/Rotate 180", 300, 500, document.Box{Left: 200 - wide, Top: 200, Right: 200, Bottom: 214}, 2},
		"by 270":  {"/MediaBox[0 0 300 500]/Rotate 270", 500, 300, document.Box{Left: 286, Top: 200 - wide, Right: 300, Bottom: 200}, 3},
		"crop":    {"/MediaBox[0 0 300 500]/CropBox[50 100 250 400]", 200, 300, document.Box{Left: 50, Top: 186, Right: 50 + wide, Bottom: 200}, 0},
		"crop by 90": {"/MediaBox[0 0 300 500]/CropBox[50 100 250 400]/Rotate 90", 300, 200,
			document.Box{Left: 100, Top: 50, Right: 114, Bottom: 50 + wide}, 1},
		"media box off the origin": {"/MediaBox[-100 -100 200 400]", 300, 500, document.Box{Left: 200, Top: 186, Right: 200 + wide, Bottom: 200}, 0},
	}
	e := newEngine(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := read(t, open(t, e, raw(tt.entries, content)), 1)
			if p.Width != tt.width || p.Height != tt.height {
				t.Errorf("page of %g by %g, want %g by %g", p.Width, p.Height, tt.width, tt.height)
			}
			if len(p.Words) != 1 || p.Words[0].Text != "Turn" || p.Words[0].Turn != tt.turn {
				t.Fatalf("words %+v, want one with turn %d", p.Words, tt.turn)
			}
			if got := letterBox(p.Words[0]); !nearBox(got, tt.box) {
				t.Errorf("box %+v, want %+v", got, tt.box)
			}
		})
	}
}

// letterBox is a word's box from its baseline to 0.7 font sizes above.
func letterBox(w document.Word) document.Box {
	b, up := w.Box, 0.7*w.Size
	switch w.Turn {
	case 0:
		b.Top, b.Bottom = w.Baseline-up, w.Baseline
	case 1:
		b.Left, b.Right = w.Baseline, w.Baseline+up
	case 2:
		b.Top, b.Bottom = w.Baseline, w.Baseline+up
	case 3:
		b.Left, b.Right = w.Baseline-up, w.Baseline
	}
	return b
}

func TestTextThatIsTurnedOnThePage(t *testing.T) {
	// A matrix that turns by a quarter against the clock, and a negative size.
	const content = "BT /F1 10 Tf 0 1 -1 0 50 100 Tm (Up) Tj ET BT /F1 -10 Tf 1 0 0 1 200 100 Tm (Over) Tj ET BT 3 Tr /F1 5 Tf 2 0 0 2 20 20 Tm (Hidden) Tj ET"
	p := read(t, open(t, newEngine(t), raw("/MediaBox[0 0 300 300]", content)), 1)
	if got := texts(p); got != "Up Over Hidden" {
		t.Fatalf("words %q", got)
	}
	for i, want := range []document.Word{{Turn: 3, Size: 10}, {Turn: 2, Size: 10}, {Turn: 0, Size: 10, Hidden: true}} {
		if w := p.Words[i]; w.Turn != want.Turn || math.Abs(w.Size-want.Size) > 0.1 || w.Hidden != want.Hidden {
			t.Errorf("%s: turn %d size %g hidden %t, want %d, %g, %t", w.Text, w.Turn, w.Size, w.Hidden, want.Turn, want.Size, want.Hidden)
		}
	}
}

func TestDrawings(t *testing.T) {
	const form = "<</Type/XObject/Subtype/Form/BBox[0 0 100 100]/Matrix[1 0 0 1 10 20]/Length 24>>stream\n0 0 m 40 0 l S          \nendstream"
	tests := map[string]struct {
		content string
		rules   []document.Box
		rects   []document.Rect
	}{
		"line":      {"2 w 10 50 m 90 50 l S", []document.Box{{Left: 10, Top: 149, Right: 90, Bottom: 151}}, nil},
		"thin fill": {"10 50 1 80 re f", []document.Box{{Left: 10, Top: 70, Right: 11, Bottom: 150}}, nil},
		"rectangle": {"10 50 80 40 re f", nil, []document.Rect{{Box: document.Box{Left: 10, Top: 110, Right: 90, Bottom: 150}, Filled: true}}},
		"grid as one path": {"1 w 10 10 m 90 10 l 10 30 m 90 30 l 50 10 m 50 30 l S", []document.Box{
			{Left: 10, Top: 189.5, Right: 90, Bottom: 190.5}, {Left: 10, Top: 169.5, Right: 90, Bottom: 170.5}, {Left: 49.5, Top: 170, Right: 50.5, Bottom: 190},
		}, nil},
		"scaled":              {"q 2 0 0 2 0 0 cm 1 w 10 50 m 40 50 l S Q", []document.Box{{Left: 20, Top: 99, Right: 80, Bottom: 101}}, nil},
		"in a form":           {"q 1 0 0 1 5 5 cm /X1 Do Q", []document.Box{{Left: 15, Top: 174.5, Right: 55, Bottom: 175.5}}, nil},
		"slanted and curved":  {"10 10 m 90 90 l S 10 10 m 20 50 60 50 90 10 c S", nil, nil},
		"not painted":         {"10 50 m 90 50 l n", nil, nil},
		"outside of the page": {"-90 50 m -10 50 l S 300 300 50 50 re f", nil, nil},
	}
	e := newEngine(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := read(t, open(t, e, raw("/MediaBox[0 0 200 200]", tt.content, form)), 1)
			near := cmp.Comparer(nearBox)
			var rules []document.Box
			for _, r := range p.Rules {
				rules = append(rules, r.Box)
			}
			if diff := cmp.Diff(tt.rules, rules, near); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.rects, p.Rects, near); diff != "" {
				t.Errorf("rectangles (-want +got):\n%s", diff)
			}
		})
	}
}

func TestImages(t *testing.T) {
	const image = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\nx\nendstream"
	p := read(t, open(t, newEngine(t), raw("/MediaBox[0 0 200 200]", "q 80 0 0 40 -20 100 cm /X1 Do Q", image)), 1)
	want := document.Box{Left: 0, Top: 60, Right: 60, Bottom: 100}
	if len(p.Images) != 1 || !nearBox(p.Images[0].Box, want) {
		t.Errorf("images %+v, want one at %+v", p.Images, want)
	}
}

// What is filled into a form is text of the page.
func TestFormFields(t *testing.T) {
	const appearance = "<</Type/XObject/Subtype/Form/BBox[0 0 80 20]/Resources<</Font<</F1 5 0 R>>>>/Length 38>>stream\nBT /F1 12 Tf 2 5 Td (Filled in) Tj ET  \nendstream"
	const widget = "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Filled in)/Rect[100 50 180 70]/F 4/AP<</N 6 0 R>>>>"
	const link = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>"
	data := raw("/MediaBox[0 0 200 200]/Annots[8 0 R 7 0 R]", "BT /F1 12 Tf 20 55 Td (Name:) Tj ET", appearance, widget, link)
	p := read(t, open(t, newEngine(t), data), 1)
	if got := texts(p); got != "Name: Filled in" {
		t.Fatalf("words %q", got)
	}
	if w := p.Words[1]; math.Abs(w.Box.Left-102) > 1 || math.Abs(w.Baseline-145) > 1 {
		t.Errorf("the field is at %+v, want 102, 145", w)
	}
}

func TestStructureOfAPage(t *testing.T) {
	column := func(doc *fpdf.Fpdf, x float64, name string) {
		for i := range 6 {
			doc.Text(x, 150+14*float64(i), fmt.Sprintf("This is line %d of the %s column.", i+1, name))
		}
	}
	data := drawn(t, func(doc *fpdf.Fpdf) {
		doc.SetFont("Helvetica", "B", 24)
		doc.Text(60, 100, "A title above both of the columns")
		doc.SetFont("Helvetica", "", 12)
		column(doc, 60, "first")
		column(doc, 320, "second")
		doc.Text(60, 260, "A new paragraph with a hyphen-")
		doc.Text(60, 274, "ated word.")
	})
	got := structure(t, open(t, newEngine(t), data))
	var text []string
	for _, s := range got {
		text = append(text, string(s.SegmentType)+": "+s.Content)
	}
	sentence := func(name string) string {
		var all []string
		for i := range 6 {
			all = append(all, fmt.Sprintf("This is line %d of the %s column.", i+1, name))
		}
		return "Text: " + strings.Join(all, " ")
	}
	want := []string{"Title: A title above both of the columns", sentence("first"), "Text: A new paragraph with a hyphenated word.", sentence("second")}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}

func TestLongDocument(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 30
	}
	d := open(t, newEngine(t), testkit.LongPDF(n))
	if d.Pages() != n {
		t.Fatalf("%d pages, want %d", d.Pages(), n)
	}
	for i := 1; i <= n; i++ {
		if got, want := texts(read(t, d, i)), fmt.Sprintf("Page %d of %d.", i, n); !strings.HasPrefix(got, want) {
			t.Fatalf("page %d begins with %.40q, want %q", i, got, want)
		}
	}
}

// TestPagesInAnyOrder reads pages beside one that is still open from the
// reading before.
func TestPagesInAnyOrder(t *testing.T) {
	e := newEngine(t)
	data := testkit.LongPDF(3)
	first := map[int]*document.Page{}
	for _, order := range [][]int{{1, 2, 3}, {3, 1, 1, 2, 3}} {
		d := open(t, e, data)
		for _, n := range order {
			p := read(t, d, n)
			if first[n] == nil {
				first[n] = p
			}
			if diff := cmp.Diff(first[n], p); diff != "" || len(p.Words) == 0 {
				t.Errorf("page %d in order %v has %d words:\n%s", n, order, len(p.Words), diff)
			}
		}
		d.Close()
		d.Close()
	}
}

func TestLimits(t *testing.T) {
	var manyChars strings.Builder
	for i := range document.DefaultLimits().PageCharacters/1000 + 1 {
		fmt.Fprintf(&manyChars, "BT /F1 1 Tf 10 %d Td (%s) Tj ET\n", i, strings.Repeat("abcdefghi ", 100))
	}
	tests := map[string]struct {
		content string
		warning string
	}{
		"paths":      {strings.Repeat("1 1 m 9 1 l S\n", document.DefaultLimits().PagePaths+1), "paths"},
		"points":     {"0 0 m " + strings.Repeat("9 1 l ", 10*document.DefaultLimits().PagePaths+1) + "S", "paths"},
		"characters": {manyChars.String(), "characters"},
	}
	e := newEngine(t)
	t.Run("set", func(t *testing.T) {
		low := newEngine(t)
		low.Limit(document.Limits{PageCharacters: 5, PagePaths: 1, PagePixels: 10_000})
		d := open(t, low, raw("/MediaBox[0 0 200 200]", "1 1 m 9 1 l S 1 9 m 9 9 l S BT /F1 12 Tf 10 50 Td (abcdefghi) Tj ET"))
		p := read(t, d, 1)
		if len(p.Warnings) != 2 || texts(p) != "abcde" {
			t.Errorf("%q, warnings %q", texts(p), p.Warnings)
		}
		picture, err := d.Render(1, 144)
		if err != nil || picture.Bounds().Dx() > 100 || picture.Bounds().Dx() < 90 {
			t.Errorf("picture %v, %v", picture.Bounds(), err)
		}
	})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := read(t, open(t, e, raw("/MediaBox[0 0 2000 200]", tt.content)), 1)
			if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], tt.warning) {
				t.Errorf("warnings %q, want one about %s", p.Warnings, tt.warning)
			}
		})
	}
}

// Text is valid UTF-8 whatever a font says its letters mean.
func TestCharactersOfAFont(t *testing.T) {
	const meaning = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange " +
		"7 beginbfchar <41> <D83DDE00> <42> <0000> <43> <D83D> <44> <FFFE> <45> <00660066> <46> <0007> <47> <6F22> endbfchar endcmap end"
	const content = "BT /F1 20 Tf 20 100 Td (xAyBzCuDvEwFG) Tj ET"
	data := file([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+Courier/ToUnicode 6 0 R>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(meaning), meaning),
	})
	p := read(t, open(t, newEngine(t), data), 1)
	got := texts(p)
	if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\x07\ufffe\ufffd") {
		t.Errorf("text %q has what is not text", got)
	}
	// What has no meaning leaves a gap.
	if want := "x😀yzuvffw漢"; strings.ReplaceAll(got, " ", "") != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if len(p.Fonts) != 1 || p.Fonts[0].Name != "Courier" {
		t.Errorf("fonts %+v, want Courier without the tag of its subset", p.Fonts)
	}
}
