package sandbox

import (
	"fmt"
	"image"

	"docket/internal/document"
	images "docket/internal/document/image"
	"docket/internal/job"
)

// show paints the page; all of it when part is zero.
func (p *pdfPages) show(n, dpi int, part document.Box) (image.Image, error) {
	if part == (document.Box{}) {
		return p.doc.Render(n, dpi)
	}
	return p.doc.RenderPart(n, dpi, part)
}

// pixelDPI is the resolution of pages that are pictures: a pixel is 1/144 inch.
const pixelDPI = 144

// show gives the picture, or a part of it, at half its size or less when a
// lower resolution is enough.
func (p *pictures) show(n, dpi int, part document.Box) (image.Image, error) {
	_, picture, err := p.doc.Page(n)
	if err != nil {
		return nil, fmt.Errorf("show page %d: %w", n, err)
	}
	if part != (document.Box{}) {
		const pixels = pixelDPI / 72
		wanted := image.Rect(int(part.Left*pixels), int(part.Top*pixels), int(part.Right*pixels+0.5), int(part.Bottom*pixels+0.5)).Intersect(picture.Rect)
		if wanted.Empty() {
			return nil, job.Errorf(job.Unreadable, job.Facts{"reason": "nothing of the page is in that box", "page": n}, "part %v of page %d", part, n)
		}
		whole := picture
		picture = image.NewGray(image.Rect(0, 0, wanted.Dx(), wanted.Dy()))
		for y := range wanted.Dy() {
			from := whole.PixOffset(wanted.Min.X, wanted.Min.Y+y)
			copy(picture.Pix[y*picture.Stride:], whole.Pix[from:from+wanted.Dx()])
		}
	}
	for at := pixelDPI; 2*dpi <= at || p.tooLarge(picture); at /= 2 {
		picture = images.Halve(picture)
	}
	return picture, nil
}

// show refuses: what says its own structure has no picture of itself.
func (f *flows) show(n, _ int, _ document.Box) (image.Image, error) {
	return nil, job.Errorf(job.Unreadable, job.Facts{"reason": "a document of this kind has no pages to show", "page": n}, "show page %d of %s", n, f.what.Format)
}

// show paints the page of the part that it belongs to.
func (c *chain) show(n, dpi int, part document.Box) (image.Image, error) {
	for _, p := range c.parts {
		pages := p.info().Pages
		if n <= pages {
			return p.show(n, dpi, part)
		}
		n -= pages
	}
	return nil, fmt.Errorf("show page: %d pages too far", n)
}
