package pdf

import (
	"fmt"
	"math"

	"docket/internal/document"
)

// pointsPerPath bounds the points of all paths of a page together, by how many
// paths it may have.
const pointsPerPath = 10

// holdMemory is how much memory, in bytes, the engine may have taken for a page
// to stay open beyond its reading.
const holdMemory = MemoryLimit / 4

// pageReader is the state of reading one page.
type pageReader struct {
	d    *Document
	e    *Engine
	page *document.Page
	// handle is the FPDF_PAGE.
	handle uint64
	// view maps the page's user space to the page as displayed.
	view  matrix
	fonts map[uint32]int // by FPDF_FONT, valid while the page is open
	marks map[int]int    // the tag of marked content, counted from 1
	form  uint64         // the form's view of the page, as long as it is open
}

// ReadPage reads page n, counted from 1. A page that PDFium cannot load comes
// back with Unreadable set and a warning; the error is for a dead engine (see
// Engine.Dead) and for n outside the document.
func (d *Document) ReadPage(n int) (*document.Page, error) {
	if n < 1 || n > d.info.Pages {
		return nil, fmt.Errorf("read page %d: the document has %d", n, d.info.Pages)
	}
	r := &pageReader{d: d, e: d.e, page: &document.Page{Number: n}, fonts: map[uint32]int{}}
	r.read()
	if d.e.err != nil {
		return nil, fmt.Errorf("read page %d: %w", n, d.e.err)
	}
	return r.page, nil
}

func (r *pageReader) read() {
	r.load()
	placed := r.handle != 0 && r.place()
	if placed {
		r.readAnnots()
		r.warnXFA()
	}
	if !placed || r.handle == 0 {
		r.page.Unreadable = true
		r.warn("page %d could not be read", r.page.Number)
	} else {
		r.readTags()
		r.readText()
		r.readObjects()
		r.tieLinks()
	}
	r.d.hold(r.handle)
}

// hold keeps a page open until the next one is held: PDFium forgets a font
// with the last page that uses it, and most pages use those of the one before.
func (d *Document) hold(page uint64) {
	if d.held != 0 {
		d.e.call("FPDF_ClosePage", d.held)
	}
	d.held = page
	if page != 0 && d.e.mem.Size() > holdMemory {
		d.held = 0
		d.e.call("FPDF_ClosePage", page)
	}
}

func (r *pageReader) load() {
	r.handle = uint64(uint32(r.e.call("FPDF_LoadPage", r.d.handle, uint64(r.page.Number-1))))
}

// place sets the page's size and view. It is false for a page without a
// usable size.
func (r *pageReader) place() bool {
	e := r.e
	var b [4]float64 // left, top, right, bottom in user space
	if !boolean(e.call("FPDF_GetPageBoundingBox", r.handle, uint64(e.scratch))) {
		return false
	}
	e.floats(b[:])
	width, height := b[2]-b[0], b[1]-b[3]
	turns := integer(e.call("FPDFPage_GetRotation", r.handle)) & 3
	if turns%2 == 1 {
		width, height = height, width
	}
	if !sane(width) || !sane(height) {
		return false
	}
	r.page.Width, r.page.Height = width, height
	r.view = display(b[0], b[3], b[2], b[1], turns)
	return true
}

// sane refuses lengths that no reader displays: PDF allows at most 14,400
// units, some writers exceed it.
func sane(length float64) bool {
	return !math.IsNaN(length) && length > 0.1 && length <= 200_000
}

// warnXFA says once of a document that its form is more than what is read.
func (r *pageReader) warnXFA() {
	if d := r.d; d.xfa && !d.xfaTold {
		d.xfaTold = true
		r.page.Warnings = append(r.page.Warnings, XFAForm)
	}
}

func (r *pageReader) warn(format string, args ...any) {
	r.page.Warnings = append(r.page.Warnings, fmt.Sprintf(format, args...))
}

// visible says whether the middle of b lies on the page.
func (r *pageReader) visible(b document.Box) bool {
	if !finite(b) {
		return false
	}
	x, y := (b.Left+b.Right)/2, (b.Top+b.Bottom)/2
	return x >= 0 && x <= r.page.Width && y >= 0 && y <= r.page.Height
}

// clip cuts b at the page's edges; false means that nothing is left.
func (r *pageReader) clip(b document.Box) (document.Box, bool) {
	if !finite(b) {
		return b, false
	}
	b.Left, b.Top = max(b.Left, 0), max(b.Top, 0)
	b.Right, b.Bottom = min(b.Right, r.page.Width), min(b.Bottom, r.page.Height)
	return b, b.Left <= b.Right && b.Top <= b.Bottom
}
