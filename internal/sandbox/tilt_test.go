package sandbox

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
	"docket/internal/testkit"
)

func askewLines() []string {
	return []string{
		"The quick brown fox jumps over the lazy dog.", "Invoices are paid within thirty days of their date.",
		"Goods remain the property of the seller until then.", "Please quote the number of the order in all letters.",
		"Claims are to be made in writing within one week.", "The place of jurisdiction is that of the seller.",
	}
}

// A scan that lies askew is read as if it were straight, and its boxes are where
// the words are on the page.
func TestAskewScans(t *testing.T) {
	p := startReader(t)
	lines := askewLines()
	for _, degrees := range []float64{-20, -5, 20} {
		picture := testkit.Askew(testkit.TextImage(lines...), degrees, 1300, 900)
		tr, err := readAll(testContext(t), p, testkit.PNG(picture), ReadRequest{})
		if err != nil {
			t.Fatal(err)
		}
		page, err := document.DecodePage([]byte(tr.recs[0]))
		if err != nil || math.Abs(page.Tilt-degrees) > 0.3 {
			t.Fatalf("%g degrees: tilt %g, %v", degrees, page.Tilt, err)
		}
		b := document.NewBuilder(document.Options{})
		if err := b.Add(page); err != nil {
			t.Fatal(err)
		}
		var got []string
		for s := range b.Segments() {
			got = append(got, strings.Fields(s.Content)...)
		}
		if diff := cmp.Diff(strings.Fields(strings.Join(lines, " ")), got); diff != "" {
			t.Errorf("%g degrees (-want +got):\n%s", degrees, diff)
		}
		// Words are black where their boxes say that they are.
		scale := float64(picture.Rect.Dx()) / page.Width
		for i := range page.Words {
			box := page.OnPage(page.Words[i].Box)
			dark := 0
			for y := int(box.Top * scale); y < int(box.Bottom*scale); y++ {
				for x := int(box.Left * scale); x < int(box.Right*scale); x++ {
					if picture.GrayAt(x, y).Y < 128 {
						dark++
					}
				}
			}
			if share := float64(dark) / (box.Width() * box.Height() * scale * scale); share < 0.05 {
				t.Errorf("%g degrees: %q is not at %+v: %g of it is black", degrees, page.Words[i].Text, box, share)
			}
		}
	}
}

func TestTiltOf(t *testing.T) {
	text := testkit.TextImage(askewLines()...)
	for _, degrees := range []float64{-29, -20, -11, -6, -1.2, 0, 0.8, 4, 15, 20, 26.5} {
		s := &scan{picture: testkit.Askew(text, degrees, 1300, 900)}
		if got := tiltOf(s.pgm()); math.Abs(got-degrees) > 0.25 {
			t.Errorf("%g degrees are found as %g", degrees, got)
		}
	}
	block := image.NewGray(image.Rect(0, 0, 1300, 900))
	draw.Draw(block, block.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(block, image.Rect(200, 150, 900, 500), image.NewUniform(color.Black), image.Point{}, draw.Src)
	beside := testkit.Askew(text, 20, 1300, 900)
	for i, x := 0, 0; i < len(beside.Pix); i, x = i+1, (i+1)%1300 {
		if y := i / 1300; y > 700+x*2/5 || y < 100-x*2/5 { // what lies beside the paper
			beside.Pix[i] = 0
		}
	}
	if got := tiltOf((&scan{picture: beside}).pgm()); math.Abs(got-20) > 0.25 {
		t.Errorf("paper on black is found to lie askew by %g", got)
	}
	blank := &scan{picture: testkit.TextImage()}
	on := &scan{picture: turned(text, 1)}
	for name, picture := range map[string][]byte{"blank": blank.pgm(), "a block": (&scan{picture: block}).pgm(), "on its side": on.pgm(), "cut off": []byte("P5\n900 900\n255\nshort"), "none": []byte("P6")} {
		if got := tiltOf(picture); got != 0 {
			t.Errorf("%s: %g degrees", name, got)
		}
	}
}

// What the recognizer is surer of counts, straightened or not; a few doubtful
// words do not turn a page far.
func TestStraightenOnlyWhenItHelps(t *testing.T) {
	found := func(confidence int) *recognized {
		r := &recognized{seen: 1, letters: 4, certainty: float64(4 * confidence)}
		r.words = []document.Word{{Text: "word", Confidence: confidence}}
		return r
	}
	for name, test := range map[string]struct {
		degrees               float64
		straight, askew, want int
	}{
		"helps": {3, 70, 40, 70}, "harms": {3, 40, 70, 70}, "far, for a doubtful word": {20, 70, 40, 40}, "far, for a certain word": {20, 90, 40, 90},
	} {
		picture := (&scan{picture: testkit.Askew(testkit.TextImage(askewLines()...), test.degrees, 1300, 900)}).pgm()
		got, err := straight(picture, func(p []byte) (*recognized, error) {
			if bytes.Equal(p, picture) {
				return found(test.askew), nil
			}
			return found(test.straight), nil
		})
		if err != nil || got.words[0].Confidence != test.want || (got.tilt != 0) != (test.want == test.straight) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// hatched is a drawing whose lines run askew by 20 degrees, with labels that do
// not.
func hatched(labels ...string) *image.Gray {
	page := image.NewGray(image.Rect(0, 0, 1300, 900))
	for y := range 900 {
		for x := range 1300 {
			shade := byte(255)
			if y > 450 && int(float64(y)-0.364*float64(x)+2000)%60 < 3 {
				shade = 0
			}
			page.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	text := testkit.TextImage(labels...)
	draw.Draw(page, text.Rect.Intersect(image.Rect(0, 0, 1200, 200)), text, image.Point{}, draw.Src)
	return page
}

// The lines of a drawing are not those of a text that lies askew.
func TestDrawingsAreNotStraightened(t *testing.T) {
	p := startReader(t)
	for _, labels := range [][]string{nil, {"Section of the northern wall"}} {
		picture := hatched(labels...)
		if tilt := tiltOf((&scan{picture: picture}).pgm()); math.Abs(tilt-20) > 0.5 {
			t.Fatalf("the lines of the drawing run askew by %g degrees", tilt)
		}
		tr, err := readAll(testContext(t), p, testkit.PNG(picture), ReadRequest{})
		if err != nil {
			t.Fatal(err)
		}
		page, err := document.DecodePage([]byte(tr.recs[0]))
		if err != nil || page.Tilt != 0 {
			t.Errorf("%q: turned by %g degrees, %v", labels, page.Tilt, err)
		}
		var text []string
		for _, w := range page.Words {
			text = append(text, w.Text)
		}
		if got := strings.Join(text, " "); len(labels) > 0 && !strings.Contains(got, labels[0]) {
			t.Errorf("%q is not in %q", labels, got)
		}
	}
}
