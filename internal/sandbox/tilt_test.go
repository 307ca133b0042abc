package sandbox

import (
	"bytes"
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
	for _, degrees := range []float64{-5, 3} {
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
	for _, degrees := range []float64{-6, -1.2, 0, 0.8, 4} {
		s := &scan{picture: testkit.Askew(text, degrees, 1300, 900)}
		if got := tiltOf(s.pgm()); math.Abs(got-degrees) > 0.25 {
			t.Errorf("%g degrees are found as %g", degrees, got)
		}
	}
	blank := &scan{picture: testkit.TextImage()}
	on := &scan{picture: turned(text, 1)}
	for name, picture := range map[string][]byte{"blank": blank.pgm(), "on its side": on.pgm(), "cut off": []byte("P5\n900 900\n255\nshort"), "none": []byte("P6")} {
		if got := tiltOf(picture); got != 0 {
			t.Errorf("%s: %g degrees", name, got)
		}
	}
}

// What the recognizer is surer of counts, straightened or not.
func TestStraightenOnlyWhenItHelps(t *testing.T) {
	picture := (&scan{picture: testkit.Askew(testkit.TextImage(askewLines()...), 3, 1300, 900)}).pgm()
	found := func(confidence int) *recognized {
		r := &recognized{seen: 1, letters: 4, certainty: float64(4 * confidence)}
		r.words = []document.Word{{Text: "word", Confidence: confidence}}
		return r
	}
	for name, test := range map[string]struct{ straight, askew, want int }{"helps": {70, 40, 70}, "harms": {40, 70, 70}} {
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
