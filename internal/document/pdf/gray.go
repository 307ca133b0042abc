package pdf

import (
	"fmt"
	"image"
	"math"
)

// How FPDF_RenderPageBitmap paints.
const (
	bitmapGray  = 1
	renderAnnot = 0x01
	renderGray  = 0x08
	white       = 0xffffffff
)

// Gray renders page n, counted from 1, in shades of grey at a resolution of
// dpi, or at the highest below it at which the page has at most maxPixels. The
// error is for a dead engine and for a page that cannot be rendered.
func (d *Document) Gray(n, dpi, maxPixels int) (picture *image.Gray, at int, err error) {
	e := d.e
	page := uint64(uint32(e.call("FPDF_LoadPage", d.handle, uint64(n-1))))
	if e.err != nil {
		return nil, 0, e.err
	}
	if page == 0 {
		return nil, 0, fmt.Errorf("page %d does not load", n)
	}
	defer e.call("FPDF_ClosePage", page)
	width := math.Float32frombits(uint32(e.call("FPDF_GetPageWidthF", page)))
	height := math.Float32frombits(uint32(e.call("FPDF_GetPageHeightF", page)))
	if !sane(float64(width)) || !sane(float64(height)) {
		return nil, 0, fmt.Errorf("page %d of %g by %g points", n, width, height)
	}
	scale := float64(dpi) / 72
	if area := float64(width) * float64(height) * scale * scale; area > float64(maxPixels) {
		scale *= math.Sqrt(float64(maxPixels) / area)
	}
	w, h := max(int(float64(width)*scale), 1), max(int(float64(height)*scale), 1)
	picture, err = e.paint(page, w, h)
	return picture, int(math.Round(scale * 72)), err
}

// paint renders an open page into a new bitmap and copies it.
func (e *Engine) paint(page uint64, w, h int) (*image.Gray, error) {
	bitmap := uint64(uint32(e.call("FPDFBitmap_CreateEx", uint64(w), uint64(h), bitmapGray, 0, 0)))
	if e.err != nil {
		return nil, e.err
	}
	if bitmap == 0 {
		return nil, outOfMemory(fmt.Errorf("make a bitmap of %d by %d", w, h))
	}
	defer e.call("FPDFBitmap_Destroy", bitmap)
	e.call("FPDFBitmap_FillRect", bitmap, 0, 0, uint64(w), uint64(h), white)
	e.call("FPDF_RenderPageBitmap", bitmap, page, 0, 0, uint64(w), uint64(h), 0, renderAnnot|renderGray)
	stride := integer(e.call("FPDFBitmap_GetStride", bitmap))
	buffer := uint32(e.call("FPDFBitmap_GetBuffer", bitmap))
	if e.err == nil && stride < w {
		return nil, fmt.Errorf("bitmap of %d by %d has lines of %d bytes", w, h, stride)
	}
	pixels := e.read(buffer, stride*h)
	if e.err != nil {
		return nil, e.err
	}
	picture := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		copy(picture.Pix[y*w:(y+1)*w], pixels[y*stride:])
	}
	return picture, nil
}
