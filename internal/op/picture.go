package op

import (
	"context"
	"fmt"
	"io"

	"docket/internal/sandbox"
)

// Pictures shows pages of documents.
type Pictures struct{ pool *sandbox.Pool }

// NewPictures makes pictures in the children of a pool.
func NewPictures(pool *sandbox.Pool) *Pictures { return &Pictures{pool: pool} }

// Page writes page n of the document in, counted from 1, as a PNG file. Errors
// are of code NotFound for a page that is not there, and otherwise what is
// wrong with the document.
func (p *Pictures) Page(ctx context.Context, in io.Reader, size int64, password string, n, dpi int, out io.Writer) error {
	err := p.pool.Render(ctx, in, sandbox.RenderRequest{Size: size, Password: password, Page: n, DPI: dpi}, out)
	if err != nil {
		return fmt.Errorf("show page %d: %w", n, err)
	}
	return nil
}
