package pdf

import (
	"fmt"
	"image"
	"math"

	"docket/internal/document"
	"docket/internal/job"
)

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
	return d.render(n, dpi, &box)
}

// Render paints page n, counted from 1, at a resolution of dpi. Errors are
// Unreadable {reason, page} for a page that cannot be painted, a dead engine's,
// and for n outside the document.
func (d *Document) Render(n, dpi int) (*image.RGBA, error) { return d.render(n, dpi, nil) }

func (d *Document) render(n, dpi int, box *document.Box) (*image.RGBA, error) {
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
	picture, err := d.paint(page, n, float64(dpi), box)
	e.call("FPDF_ClosePage", page)
	if e.err != nil {
		return nil, e.err
	}
	return picture, err
}

// paint paints the part of the page in the box, or all of it.
func (d *Document) paint(page uint64, n int, dpi float64, box *document.Box) (*image.RGBA, error) {
	e := d.e
	width := float64(math.Float32frombits(uint32(e.call("FPDF_GetPageWidthF", page))))
	height := float64(math.Float32frombits(uint32(e.call("FPDF_GetPageHeightF", page))))
	if !sane(width) || !sane(height) {
		return nil, job.Errorf(job.Unreadable, job.Facts{"reason": pageUnrenderable, "page": n}, "page %d of %g by %g points", n, width, height)
	}
	part := document.Box{Right: width, Bottom: height}
	if box != nil {
		part = document.Box{Left: max(box.Left, 0), Top: max(box.Top, 0), Right: min(box.Right, width), Bottom: min(box.Bottom, height)}
		if !(part.Width() > 0) || !(part.Height() > 0) {
			return nil, job.Errorf(job.Unreadable, job.Facts{"reason": "the box lies outside its page", "page": n}, "box %v on page %d", *box, n)
		}
	}
	scale := max(dpi, leastPageDPI) / pointsPerInch
	scale *= min(1, math.Sqrt(float64(e.limits.PagePixels)/(part.Width()*part.Height()*scale*scale)))
	across, down := max(int(width*scale), 1), max(int(height*scale), 1)
	place := image.Rect(0, 0, across, down)
	if box != nil {
		place = image.Rect(
			int(math.Floor(part.Left*scale)), int(math.Floor(part.Top*scale)),
			int(math.Ceil(part.Right*scale)), int(math.Ceil(part.Bottom*scale)),
		).Intersect(place)
	}
	return d.paintAt(page, n, place, across, down)
}

// paintAt paints the place of a page that is so many pixels across and down.
func (d *Document) paintAt(page uint64, n int, place image.Rectangle, across, down int) (*image.RGBA, error) {
	e := d.e
	w, h := place.Dx(), place.Dy()
	if w < 1 || h < 1 || int64(w) > (e.limits.PagePixels+e.limits.PagePixels/100)/int64(h) {
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
	left, top := uint64(uint32(int32(-place.Min.X))), uint64(uint32(int32(-place.Min.Y)))
	e.call("FPDF_RenderPageBitmap", bitmap, page, left, top, uint64(across), uint64(down), 0, renderAnnots|renderRedFirst)
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
