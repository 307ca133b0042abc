package image_test

import (
	stdimage "image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document/image"
)

// Colours become the shades that the standard library makes of them on white
// paper, also where they are see-through and in a part of a picture.
func TestGrey(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := stdimage.NewRGBA(stdimage.Rect(0, 0, 40, 30))
	for i := 0; i < len(all.Pix); i += 4 {
		alpha := []uint32{0, 90, 255, 255}[r.IntN(4)]
		for c := range 3 {
			all.Pix[i+c] = uint8(r.Uint32N(alpha + 1))
		}
		all.Pix[i+3] = uint8(alpha)
	}
	for name, box := range map[string]stdimage.Rectangle{"all": all.Rect, "part": stdimage.Rect(7, 5, 31, 22), "nothing": {}} {
		part := all.SubImage(box)
		want := stdimage.NewGray(stdimage.Rectangle{Max: part.Bounds().Size()})
		draw.Draw(want, want.Rect, stdimage.NewUniform(color.White), stdimage.Point{}, draw.Src)
		draw.Draw(want, want.Rect, part, part.Bounds().Min, draw.Over)
		if diff := cmp.Diff(want, image.Grey(part)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
