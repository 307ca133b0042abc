package pdf

import "docket/internal/document"

// The values of FPDFPageObj_GetType that matter here.
const (
	objectPath  = 2
	objectImage = 3
	objectForm  = 5
)

// maxFormDepth bounds how deep forms may lie in forms.
const maxFormDepth = 8

// objectReader collects rules, rectangles and images of a page.
type objectReader struct {
	*pageReader
	paths  int
	points int
	full   bool           // a limit was reached
	drawn  []document.Box // paths that are neither rules nor rectangles

	figures map[int]document.Box // the places of paths, by the figure of the structure that they are in
}

func (r *pageReader) readObjects() {
	o := &objectReader{pageReader: r}
	n := integer(r.e.call("FPDFPage_CountObjects", r.handle))
	for i := 0; i < n && !o.full && r.e.err == nil; i++ {
		o.object(uint64(uint32(r.e.call("FPDFPage_GetObject", r.handle, uint64(i)))), r.view, 0)
	}
	o.gatherDrawings()
	o.gatherFigures()
	if len(o.page.Dots) > maxDots {
		o.page.Dots = nil
	}
	if o.full {
		r.warn("page %d has more than %d drawn paths; the rest was not read", r.page.Number, r.e.limits.PagePaths)
	}
}

// object reads one page object; view maps its space to the displayed page.
func (o *objectReader) object(handle uint64, view matrix, depth int) {
	if handle == 0 {
		return
	}
	switch integer(o.e.call("FPDFPageObj_GetType", handle)) {
	case objectPath:
		if o.paths++; o.paths > o.e.limits.PagePaths {
			o.full = true
			return
		}
		o.path(handle, view)
		o.inFigure(handle, view)
	case objectImage:
		if box, ok := o.bounds(handle, view); ok {
			o.page.Images = append(o.page.Images, document.Image{Box: box, Tag: o.tagOf(handle)})
		}
	case objectForm:
		o.form(handle, view, depth)
	}
}

// inFigure notes the place of a path that belongs to a figure of the page's
// structure.
func (o *objectReader) inFigure(handle uint64, view matrix) {
	tag := o.tagOf(handle)
	if tag == 0 || o.page.Tags[tag-1].Role != "Figure" {
		return
	}
	box, ok := o.bounds(handle, view)
	if !ok {
		return
	}
	if before, ok := o.figures[tag]; ok {
		box = box.Union(before)
	}
	if o.figures == nil {
		o.figures = map[int]document.Box{}
	}
	o.figures[tag] = box
}

// gatherFigures makes an image of each figure that paths were drawn for.
func (o *objectReader) gatherFigures() {
	for tag := range o.page.Tags {
		if box, ok := o.figures[tag+1]; ok {
			o.page.Images = append(o.page.Images, document.Image{Box: box, Tag: tag + 1})
		}
	}
}

func (o *objectReader) form(handle uint64, view matrix, depth int) {
	if depth >= maxFormDepth {
		return
	}
	m, ok := o.matrix(handle)
	if !ok {
		return
	}
	view = m.then(view)
	n := integer(o.e.call("FPDFFormObj_CountObjects", handle))
	for i := 0; i < n && !o.full && o.e.err == nil; i++ {
		o.object(uint64(uint32(o.e.call("FPDFFormObj_GetObject", handle, uint64(i)))), view, depth+1)
	}
}

func (o *objectReader) matrix(handle uint64) (matrix, bool) {
	if !boolean(o.e.call("FPDFPageObj_GetMatrix", handle, uint64(o.e.scratch))) {
		return matrix{}, false
	}
	var m [6]float64
	o.e.floats(m[:])
	return matrix{m[0], m[1], m[2], m[3], m[4], m[5]}, true
}

// bounds is the visible part of an object's box.
func (o *objectReader) bounds(handle uint64, view matrix) (document.Box, bool) {
	s := uint64(o.e.scratch)
	if !boolean(o.e.call("FPDFPageObj_GetBounds", handle, s, s+4, s+8, s+12)) {
		return document.Box{}, false
	}
	var b [4]float64 // left, bottom, right, top
	o.e.floats(b[:])
	return o.clip(view.box(b[0], b[1], b[2], b[3]))
}

// maxRule is the thickness, in points, up to which a rectangle is a rule, and
// minRule the length from which a thin one is.
const (
	maxRule = 3.0
	minRule = 4.0
)

// line adds the rule from (x0, y0) to (x1, y1) on the displayed page, thick
// points wide, when it runs along an axis.
func (o *objectReader) line(x0, y0, x1, y1, thick float64) {
	box := document.Box{Left: min(x0, x1), Top: min(y0, y1), Right: max(x0, x1), Bottom: max(y0, y1)}
	if min(box.Width(), box.Height()) > 0.5 {
		return // it slants
	}
	half := min(thick, maxRule) / 2
	if box.Width() >= box.Height() {
		box.Top, box.Bottom = box.Top-half, box.Bottom+half
	} else {
		box.Left, box.Right = box.Left-half, box.Right+half
	}
	o.rule(box)
}

func (o *objectReader) rule(box document.Box) {
	if box, ok := o.clip(box); ok && max(box.Width(), box.Height()) >= minRule {
		o.page.Rules = append(o.page.Rules, document.Rule{Box: box})
	}
}

// rect adds a painted rectangle: a thin one is a rule.
func (o *objectReader) rect(box document.Box, filled, stroked bool) {
	o.dot(box)
	if min(box.Width(), box.Height()) <= maxRule {
		o.rule(box)
		return
	}
	rect := document.Rect{Filled: filled, Stroked: stroked}
	var ok bool
	if rect.Box, ok = o.clip(box); ok {
		o.page.Rects = append(o.page.Rects, rect)
	}
}
