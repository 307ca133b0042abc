package pdf

import (
	"fmt"
	"image"
	"math"

	"docket/internal/document"
	"docket/internal/job"
)

// MaxPixels bounds the picture of a page; one that would be larger is made at
// a lower resolution.
const MaxPixels = 25_000_000

// How a page is painted: four bytes a pixel, red first, with annotations, on
// white.
const (
	bitmapRGBx       = 3
	renderAnnots     = 0x01
	renderRedFirst   = 0x10
	white            = 0xffffffff
	bytesPerPixel    = 4
	pointsPerInch    = 72
	leastPageDPI     = 1.0
	opaque           = 0xff
	pageUnrenderable = "a page of it cannot be shown"
)

// RenderPart is the part of page n in a box, given in points; what lies outside
// the page is left out. Errors are those of Render, and Unreadable {reason,
// page} for a box outside the page.
func (d *Document) RenderPart(n, dpi int, box document.Box) (image.Image, error) {
	picture, err := d.Render(n, dpi)
	if err != nil {
		return nil, err
	}
	page, err := d.sizeOf(n)
	if err != nil {
		return nil, err
	}
	across, down := float64(picture.Bounds().Dx())/page.Width(), float64(picture.Bounds().Dy())/page.Height()
	part := image.Rect(
		int(math.Floor(box.Left*across)), int(math.Floor(box.Top*down)),
		int(math.Ceil(box.Right*across)), int(math.Ceil(box.Bottom*down)),
	).Intersect(picture.Bounds())
	if part.Empty() {
		return nil, job.Errorf(job.Unreadable, job.Facts{"reason": "the box lies outside its page", "page": n}, "box %v on page %d", box, n)
	}
	return picture.SubImage(part), nil
}

// sizeOf is the box of page n as displayed, in points.
func (d *Document) sizeOf(n int) (document.Box, error) {
	e := d.e
	page := uint64(uint32(e.call("FPDF_LoadPage", d.handle, uint64(n-1))))
	width := float64(math.Float32frombits(uint32(e.call("FPDF_GetPageWidthF", page))))
	height := float64(math.Float32frombits(uint32(e.call("FPDF_GetPageHeightF", page))))
	if page != 0 {
		e.call("FPDF_ClosePage", page)
	}
	if e.err != nil {
		return document.Box{}, e.err
	}
	if !sane(width) || !sane(height) {
		return document.Box{}, job.Errorf(job.Unreadable, job.Facts{"reason": pageUnrenderable, "page": n}, "page %d of %g by %g points", n, width, height)
	}
	return document.Box{Right: width, Bottom: height}, nil
}

// Render paints page n, counted from 1, at a resolution of dpi. Errors are
// Unreadable {reason, page} for a page that cannot be painted, a dead engine's,
// and for n outside the document.
func (d *Document) Render(n, dpi int) (*image.RGBA, error) {
	e := d.e
	if n < 1 || n > d.info.Pages {
		return nil, fmt.Errorf("render page %d: the document has %d", n, d.info.Pages)
	}
	page := uint64(uint32(e.call("FPDF_LoadPage", d.handle, uint64(n-1))))
	if e.err != nil {
		return nil, e.err
	}
	if page == 0 {
		return nil, job.Errorf(job.Unreadable, job.Facts{"reason": pageUnrenderable, "page": n}, "page %d does not load", n)
	}
	picture, err := d.paint(page, n, float64(dpi))
	e.call("FPDF_ClosePage", page)
	if e.err != nil {
		return nil, e.err
	}
	return picture, err
}

func (d *Document) paint(page uint64, n int, dpi float64) (*image.RGBA, error) {
	e := d.e
	width := float64(math.Float32frombits(uint32(e.call("FPDF_GetPageWidthF", page))))
	height := float64(math.Float32frombits(uint32(e.call("FPDF_GetPageHeightF", page))))
	if !sane(width) || !sane(height) {
		return nil, job.Errorf(job.Unreadable, job.Facts{"reason": pageUnrenderable, "page": n}, "page %d of %g by %g points", n, width, height)
	}
	scale := max(dpi, leastPageDPI) / pointsPerInch
	scale *= min(1, math.Sqrt(MaxPixels/(width*height*scale*scale)))
	w, h := max(int(width*scale), 1), max(int(height*scale), 1)
	if w > MaxPixels/h {
		return nil, job.Errorf(job.Unreadable, job.Facts{"reason": pageUnrenderable, "page": n}, "page %d of %d by %d pixels", n, w, h)
	}
	bitmap := uint64(uint32(e.call("FPDFBitmap_CreateEx", uint64(w), uint64(h), bitmapRGBx, 0, 0)))
	if e.err != nil {
		return nil, e.err
	}
	if bitmap == 0 {
		return nil, outOfMemory(fmt.Errorf("make a bitmap of %d by %d", w, h))
	}
	e.call("FPDFBitmap_FillRect", bitmap, 0, 0, uint64(w), uint64(h), white)
	e.call("FPDF_RenderPageBitmap", bitmap, page, 0, 0, uint64(w), uint64(h), 0, renderAnnots|renderRedFirst)
	picture := e.copyBitmap(bitmap, w, h)
	e.call("FPDFBitmap_Destroy", bitmap)
	return picture, e.err
}

func (e *Engine) copyBitmap(bitmap uint64, w, h int) *image.RGBA {
	stride := integer(e.call("FPDFBitmap_GetStride", bitmap))
	buffer := uint32(e.call("FPDFBitmap_GetBuffer", bitmap))
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	if e.err != nil || stride < w*bytesPerPixel {
		return picture
	}
	pixels := e.read(buffer, stride*h)
	for y := range h {
		row := picture.Pix[y*picture.Stride:][:w*bytesPerPixel]
		copy(row, pixels[y*stride:])
		for x := bytesPerPixel - 1; x < len(row); x += bytesPerPixel {
			row[x] = opaque
		}
	}
	return picture
}
