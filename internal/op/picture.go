package op

import (
	"context"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/sandbox"
)

// Pictures shows pages of documents.
type Pictures struct{ pool *sandbox.Pool }

// NewPictures makes pictures in the children of a pool.
func NewPictures(pool *sandbox.Pool) *Pictures { return &Pictures{pool: pool} }

// View says which page of a document is shown, and how.
type View struct {
	Page int // from 1
	DPI  int // the resolution
	// Part is left, top, width and height of the part that is wanted, in pixels
	// at 144 dpi as in the boxes of segments; all of the page when it is zero.
	Part [4]float64
}

// box is the wanted part in points.
func (v *View) box() document.Box {
	const pixels = 2 // a point
	left, top := v.Part[0]/pixels, v.Part[1]/pixels
	return document.Box{Left: left, Top: top, Right: left + v.Part[2]/pixels, Bottom: top + v.Part[3]/pixels}
}

// Page writes a page of the document in as a PNG file. Errors
// are of code NotFound for a page that is not there, and otherwise what is
// wrong with the document.
func (p *Pictures) Page(ctx context.Context, in io.Reader, size int64, password string, v View, out io.Writer) error {
	err := p.pool.Render(ctx, in, sandbox.RenderRequest{Size: size, Password: password, Page: v.Page, DPI: v.DPI, Part: v.box()}, out)
	if err != nil {
		return fmt.Errorf("show page %d: %w", v.Page, err)
	}
	return nil
}
