package document

import (
	"math"
	"testing"
)

func TestOnPage(t *testing.T) {
	b := Box{100, 100, 200, 110}
	straight := &Page{Width: 600, Height: 800}
	if got := straight.OnPage(b); got != b {
		t.Errorf("on a straight page: %+v", got)
	}
	// Turned right by a quarter around 300, 400: what is left of the middle goes
	// above it, and what is above it to its right.
	quarter := (&Page{Width: 600, Height: 800, Tilt: 90}).OnPage(b)
	want := Box{590, 200, 600, 300}
	if math.Abs(quarter.Left-want.Left) > 1e-9 || math.Abs(quarter.Top-want.Top) > 1e-9 || math.Abs(quarter.Right-want.Right) > 1e-9 || math.Abs(quarter.Bottom-want.Bottom) > 1e-9 {
		t.Errorf("turned by a quarter: %+v, want %+v", quarter, want)
	}
	few := (&Page{Width: 600, Height: 800, Tilt: 3}).OnPage(b)
	if few.Width() < b.Width() || few.Height() < b.Height() || few.Left < b.Left || few.Top > b.Top {
		t.Errorf("turned by three degrees: %+v", few)
	}
}

// Hidden words count when they are the text of a picture, and not when they
// repeat what is painted.
func TestPainted(t *testing.T) {
	s := newSheet(1).lines(50, 60, "The text above the picture", "goes on here for a while").image(Box{50, 200, 300, 400})
	s.lines(60, 230, "hidden in picture").lines(60, 260, "painted").lines(60, 700, "hidden elsewhere").lines(60, 260, "painted")
	for i := range s.page.Words {
		w := &s.page.Words[i]
		w.Hidden = w.Text == "hidden" || w.Text == "in" || w.Text == "picture" && w.Baseline > 200 || w.Text == "elsewhere" || i == len(s.page.Words)-1
	}
	var got string
	for _, w := range s.page.Painted() {
		if w.Baseline > 200 {
			got += w.Text + " "
		}
	}
	if want := "hidden in picture painted "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
