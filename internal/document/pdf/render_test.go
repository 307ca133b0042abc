package pdf_test

import (
	"bytes"
	"testing"

	"github.com/go-pdf/fpdf"

	"docket/internal/document"
	"docket/internal/job"
)

func TestRender(t *testing.T) {
	doc := fpdf.New("P", "pt", "A4", "")
	doc.AddPage()
	doc.SetFillColor(255, 0, 0)
	doc.Rect(100, 200, 50, 50, "F")
	doc.AddPageFormat("P", fpdf.SizeType{Wd: 14000, Ht: 14000})
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	d, err := newEngine(t).Open(b.Bytes(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	picture, err := d.Render(1, 144)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != 1190 || size.Y != 1683 {
		t.Errorf("an A4 page at 144 dpi is %v pixels", size)
	}
	if c := picture.RGBAAt(250, 450); c.R != 255 || c.G != 0 || c.B != 0 || c.A != 255 {
		t.Errorf("the red square is %v", c)
	}
	if c := picture.RGBAAt(10, 10); c.R != 255 || c.G != 255 || c.B != 255 || c.A != 255 {
		t.Errorf("the paper is %v", c)
	}
	part, err := d.RenderPart(1, 72, document.Box{Left: 100, Top: 200, Right: 150, Bottom: 250})
	if err != nil {
		t.Fatal(err)
	}
	if size := part.Bounds().Size(); size.X < 49 || size.X > 51 || size.Y < 49 || size.Y > 51 {
		t.Errorf("the square alone is %v pixels", size)
	}
	if r, g, _, _ := part.At(part.Bounds().Min.X+25, part.Bounds().Min.Y+25).RGBA(); r != 0xffff || g != 0 {
		t.Errorf("the middle of the square is %x %x", r, g)
	}
	if _, err := d.RenderPart(1, 72, document.Box{Left: 1000, Top: 200, Right: 1050, Bottom: 250}); job.CodeOf(err) != job.Unreadable {
		t.Errorf("a box outside the page: %v", err)
	}
	picture, err = d.Render(2, 600)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); int64(size.X*size.Y) > document.DefaultLimits().PagePixels || size.X < 4900 {
		t.Errorf("a very large page is %v pixels", size)
	}
	for _, n := range []int{0, 3} {
		if _, err := d.Render(n, 72); err == nil || job.CodeOf(err) == job.Unreadable {
			t.Errorf("page %d: %v", n, err)
		}
	}
}
