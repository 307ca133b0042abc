package pdf

import "docket/internal/document"

// Kinds of annotations that matter: links, notes typed onto the page, and the
// fields of a form.
const (
	annotLink     = 2
	annotFreeText = 3
	annotWidget   = 20
)

// Flags of an annotation that is not shown.
const (
	annotHidden = 1 << 1
	annotNoView = 1 << 5
)

// maxAnnots bounds how many annotations of a page are looked at.
const maxAnnots = 5000

// readAnnots reads the links and fields of the page, and makes annotations
// that show text part of the page's content, where the text is read. The file
// itself is not changed.
func (r *pageReader) readAnnots() {
	e := r.e
	n := integer(e.call("FPDFPage_GetAnnotCount", r.handle))
	if n > maxAnnots {
		r.warn("page %d has %d annotations; only %d were read", r.page.Number, n, maxAnnots)
	}
	shown := false
	for i := 0; i < min(n, maxAnnots) && e.err == nil; i++ {
		annot := uint64(uint32(e.call("FPDFPage_GetAnnot", r.handle, uint64(i))))
		if annot == 0 {
			continue
		}
		switch integer(e.call("FPDFAnnot_GetSubtype", annot)) {
		case annotLink:
			r.link(annot)
		case annotWidget:
			shown = true
			r.field(annot)
		case annotFreeText:
			shown = true
		}
		e.call("FPDFPage_CloseAnnot", annot)
	}
	r.closeView()
	if shown {
		r.flatten()
	}
}

// flatten paints all annotations onto the page and loads it again.
func (r *pageReader) flatten() {
	e := r.e
	const normalDisplay, done = 0, 1
	if integer(e.call("FPDFPage_Flatten", r.handle, normalDisplay)) != done {
		return // nothing to flatten, or PDFium cannot: the page stays as it is
	}
	e.call("FPDF_ClosePage", r.handle)
	r.load()
}

// annotBox is the visible part of an annotation.
func (r *pageReader) annotBox(annot uint64) (document.Box, bool) {
	if integer(r.e.call("FPDFAnnot_GetFlags", annot))&(annotHidden|annotNoView) != 0 {
		return document.Box{}, false
	}
	if !boolean(r.e.call("FPDFAnnot_GetRect", annot, uint64(r.e.scratch))) {
		return document.Box{}, false
	}
	var b [4]float64 // left, top, right, bottom
	r.e.floats(b[:])
	return r.clip(r.view.box(b[0], b[3], b[2], b[1]))
}
