package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
)

func TestDrawnPaths(t *testing.T) {
	zigzag := func(x, y int) string {
		return fmt.Sprintf("%d %d m %d %d l %d %d l S\n", x, y, x+20, y+20, x+40, y)
	}
	tests := map[string]struct {
		content string
		want    []document.Drawing
	}{
		"one":  {zigzag(10, 10), []document.Drawing{{Box: document.Box{Left: 10, Top: 170, Right: 50, Bottom: 190}, Paths: 1}}},
		"near": {zigzag(10, 10) + zigzag(54, 10), []document.Drawing{{Box: document.Box{Left: 10, Top: 170, Right: 94, Bottom: 190}, Paths: 2}}},
		"apart": {zigzag(10, 10) + zigzag(110, 10) + zigzag(110, 30), []document.Drawing{
			{Box: document.Box{Left: 110, Top: 150, Right: 150, Bottom: 190}, Paths: 2}, {Box: document.Box{Left: 10, Top: 170, Right: 50, Bottom: 190}, Paths: 1},
		}},
		"curve":       {"10 10 m 20 50 60 50 90 10 c S", []document.Drawing{{Box: document.Box{Left: 10, Top: 150, Right: 90, Bottom: 190}, Paths: 1}}},
		"straight":    {"10 10 m 90 10 l S 10 10 50 50 re f", nil},
		"not painted": {"10 10 m 90 90 l n", nil},
	}
	e := newEngine(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := read(t, open(t, e, raw("/MediaBox[0 0 200 200]", tt.content)), 1)
			wide := cmp.Comparer(func(a, b document.Box) bool { // a line has a width
				return nearBox(a, b) || nearBox(document.Box{Left: a.Left / 3, Top: a.Top / 3, Right: a.Right / 3, Bottom: a.Bottom / 3}, document.Box{Left: b.Left / 3, Top: b.Top / 3, Right: b.Right / 3, Bottom: b.Bottom / 3})
			})
			if diff := cmp.Diff(tt.want, p.Drawings, wide); diff != "" {
				t.Errorf("drawings (-want +got):\n%s", diff)
			}
		})
	}
}

// The bullets of a list are often drawn.
func TestDots(t *testing.T) {
	const disc = "10 12 m 10 13.1 9.1 14 8 14 c 6.9 14 6 13.1 6 12 c 6 10.9 6.9 10 8 10 c 9.1 10 10 10.9 10 12 c "
	tests := map[string]struct {
		content string
		want    []document.Dot
	}{
		"disc":           {disc + "f", []document.Dot{{Box: document.Box{Left: 6, Top: 186, Right: 10, Bottom: 190}}}},
		"ring":           {disc + "s", []document.Dot{{Box: document.Box{Left: 5.5, Top: 185.5, Right: 10.5, Bottom: 190.5}}}},
		"square":         {"6 10 4 4 re f", []document.Dot{{Box: document.Box{Left: 6, Top: 186, Right: 10, Bottom: 190}}}},
		"small square":   {"6 10 2 2 re f", []document.Dot{{Box: document.Box{Left: 6, Top: 188, Right: 8, Bottom: 190}}}},
		"a dash":         {"6 10 6 2 re f", nil},
		"a frame":        {"6 10 20 20 re S", nil},
		"a speck":        {"6 10 .4 .4 re f", nil},
		"not painted":    {disc + "n", nil},
		"a whole screen": {strings.Repeat("6 10 4 4 re f\n", 1001), nil},
	}
	e := newEngine(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := read(t, open(t, e, raw("/MediaBox[0 0 200 200]", tt.content)), 1)
			if diff := cmp.Diff(tt.want, p.Dots, cmp.Comparer(nearBox)); diff != "" {
				t.Errorf("dots (-want +got):\n%s", diff)
			}
		})
	}
}

// Paths that all lie over each other, on a page of the largest size.
func TestManyDrawnPaths(t *testing.T) {
	p := read(t, open(t, newEngine(t), raw("/MediaBox[0 0 14400 14400]", strings.Repeat("0 0 m 14000 14000 l S\n", 30_000))), 1)
	if len(p.Drawings) != 1 || p.Drawings[0].Paths != 20_000 || len(p.Warnings) != 1 {
		t.Errorf("%+v, %q", p.Drawings, p.Warnings)
	}
}
