package sandbox

import (
	"image"
	"slices"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// turned is the picture turned clockwise by n quarters.
func turned(picture *image.Gray, n int) *image.Gray {
	for range n {
		w, h := picture.Rect.Dx(), picture.Rect.Dy()
		next := image.NewGray(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				next.SetGray(h-1-y, x, picture.GrayAt(x, y))
			}
		}
		picture = next
	}
	return picture
}

func TestTurnedScans(t *testing.T) {
	p := startReader(t)
	lines := []string{
		"The quick brown fox jumps over the lazy dog.", "Invoices are paid within thirty days of their date.",
		"Goods remain the property of the seller until then.", "Please quote the number of the order in all letters.",
		"Claims are to be made in writing within one week.", "The place of jurisdiction is that of the seller.",
	}
	picture := testkit.TextImage(lines...)
	for told, turns := range map[bool][]int{true: {1, 2}, false: {3}} { // each try takes its time
		p.reader.turned = told
		for _, n := range turns {
			tr, err := readAll(testContext(t), p, testkit.PNG(turned(picture, n)), ReadRequest{})
			if err != nil {
				t.Fatal(err)
			}
			page, err := document.DecodePage([]byte(tr.recs[0]))
			if err != nil {
				t.Fatal(err)
			}
			b := document.NewBuilder(document.Options{})
			if err := b.Add(page); err != nil {
				t.Fatal(err)
			}
			var got []string
			for s := range b.Segments() {
				got = append(got, strings.Fields(s.Content)...)
				if s.Confidence == nil || *s.Confidence < 0.6 {
					t.Errorf("turned by %d: confidence %v of %q", n, s.Confidence, s.Content)
				}
			}
			if diff := cmp.Diff(strings.Fields(strings.Join(lines, " ")), got); diff != "" {
				t.Errorf("turned by %d, told %t (-want +got):\n%s", n, told, diff)
			}
			for _, w := range page.Words {
				if w.Turn != n || w.Box.Left < 0 || w.Box.Top < 0 || w.Box.Right > page.Width || w.Box.Bottom > page.Height {
					t.Errorf("turned by %d: word %+v on a page of %g by %g", n, w, page.Width, page.Height)
				}
			}
		}
	}
}

func TestTurnPGM(t *testing.T) {
	picture := []byte("P5\n3 2\n255\nabcdef")
	for n, want := range []string{"P5\n3 2\n255\nabcdef", "P5\n2 3\n255\ndaebfc", "P5\n3 2\n255\nfedcba", "P5\n2 3\n255\ncfbead"} {
		if got := string(turnPGM(picture, n)); got != want {
			t.Errorf("by %d: %q, want %q", n, got, want)
		}
		// The word that "e" is stands at 1, 1; turning back finds it.
		at := slices.Index(turnPGM(picture, n), 'e') - len("P5\n3 2\n255\n")
		width := []int{3, 2, 3, 2}[n]
		x, y := float64(at%width), float64(at/width)
		r := &recognized{words: []document.Word{{Box: document.Box{Left: x, Top: y, Right: x + 1, Bottom: y + 1}}}}
		r.turnBack(n, 3, 2)
		if want := (document.Box{Left: 1, Top: 1, Right: 2, Bottom: 2}); r.words[0].Box != want {
			t.Errorf("by %d: turned back to %+v", n, r.words[0].Box)
		}
	}
	if got := string(turnPGM([]byte("P5\n9 9\n255\nshort"), 1)); got != "P5\n9 9\n255\nshort" {
		t.Errorf("a picture that is cut off: %q", got)
	}
}

func TestQuarters(t *testing.T) {
	for answer, want := range map[string]int{"Page number: 0\nOrientation in degrees: 270\nRotate: 90\nScript: Latin\n": 1, "Rotate: 180": 2, "Rotate: 0": 0, "Rotate: 360": 0} {
		if got, err := quarters([]byte(answer)); got != want || err != nil {
			t.Errorf("%q: %d, %v", answer, got, err)
		}
	}
	for _, answer := range []string{"", "Too few characters", "Rotate: 99999999999999999999"} {
		if _, err := quarters([]byte(answer)); err == nil {
			t.Errorf("%q is an answer", answer)
		}
	}
}
