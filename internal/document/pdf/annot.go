package pdf

// Kinds of annotations that show text: what was filled into a form, and notes
// typed onto the page.
const (
	annotFreeText = 3
	annotWidget   = 20
)

// maxAnnots bounds how many annotations of a page are looked at.
const maxAnnots = 2000

// flatten makes annotations that show text part of the page's content, where
// the text is read, and loads the page again. The file itself is not changed.
func (r *pageReader) flatten() {
	e := r.e
	if !r.showsAnnotText() {
		return
	}
	const normalDisplay, done = 0, 1
	if integer(e.call("FPDFPage_Flatten", r.handle, normalDisplay)) != done {
		return // nothing to flatten, or PDFium cannot: the page stays as it is
	}
	e.call("FPDF_ClosePage", r.handle)
	r.load()
}

func (r *pageReader) showsAnnotText() bool {
	e := r.e
	n := min(integer(e.call("FPDFPage_GetAnnotCount", r.handle)), maxAnnots)
	for i := 0; i < n && e.err == nil; i++ {
		annot := uint64(uint32(e.call("FPDFPage_GetAnnot", r.handle, uint64(i))))
		if annot == 0 {
			continue
		}
		kind := integer(e.call("FPDFAnnot_GetSubtype", annot))
		e.call("FPDFPage_CloseAnnot", annot)
		if kind == annotWidget || kind == annotFreeText {
			return true
		}
	}
	return false
}
