package pdf

import (
	"math"

	"docket/internal/document"
)

// The values of FPDFPathSegment_GetType.
const (
	segmentLine   = 0
	segmentBezier = 1
	segmentMove   = 2
)

// maxFigure is the most points a figure may have to be read as a rectangle or
// as rules; longer ones are drawings.
const maxFigure = 64

// figure is one unbroken run of straight segments of a path, in coordinates of
// the displayed page.
type figure struct {
	x, y   []float64
	curved bool
	closed bool
	drawn  bool // it is neither rules nor a rectangle
}

// paint is how a path is painted.
type paint struct {
	filled, stroked bool
	thick           float64 // of the stroke, in points
}

// path reads a path object, which may hold many figures: some writers draw the
// whole grid of a table as one.
func (o *objectReader) path(handle uint64, view matrix) {
	e := o.e
	own, ok := o.matrix(handle)
	if !ok {
		return
	}
	outer := view
	view = own.then(view)
	p, ok := o.paintOf(handle, view)
	if !ok {
		return
	}
	n := integer(e.call("FPDFPath_CountSegments", handle))
	if left := pointsPerPath*e.limits.PagePaths - o.points; n > left {
		n, o.full = left, true
	}
	o.points += max(n, 0)
	var f figure
	drawn := false
	for segment := range o.segments(handle, n) {
		if segment.kind == segmentMove {
			o.figure(&f, p)
			drawn = drawn || f.drawn
			f = figure{x: f.x[:0], y: f.y[:0]}
		}
		if segment.kind == segmentBezier {
			f.curved = true
		}
		f.add(segment, view)
	}
	o.figure(&f, p)
	if drawn || f.drawn {
		if box, ok := o.bounds(handle, outer); ok {
			o.drawn = append(o.drawn, box)
			o.dot(box)
		}
	}
}

// add takes the end of a segment, as long as the figure may still be something
// other than a drawing.
func (f *figure) add(s segment, view matrix) {
	if f.curved || len(f.x) > maxFigure {
		return
	}
	x, y := view.point(s.x, s.y)
	f.x, f.y = append(f.x, x), append(f.y, y)
	if s.closes {
		f.closed = true
	}
}

// paintOf is false for paths that are not painted, such as clipping paths.
func (o *objectReader) paintOf(handle uint64, view matrix) (paint, bool) {
	e := o.e
	s := e.scratch
	if !boolean(e.call("FPDFPath_GetDrawMode", handle, uint64(s), uint64(s+4))) {
		return paint{}, false
	}
	fill, _ := e.mem.ReadUint32Le(s)
	stroke, _ := e.mem.ReadUint32Le(s + 4)
	p := paint{filled: fill != 0, stroked: stroke != 0}
	if p.stroked && boolean(e.call("FPDFPageObj_GetStrokeWidth", handle, uint64(s))) {
		var width [1]float64
		e.floats(width[:])
		p.thick = width[0] * view.scale()
	}
	return p, p.filled || p.stroked
}

// figure turns a finished figure into a rectangle or rules.
func (o *objectReader) figure(f *figure, p paint) {
	n := len(f.x)
	if f.curved || n < 2 || n > maxFigure {
		f.drawn = f.curved || n > maxFigure
		return
	}
	if box, ok := f.rect(); ok && (p.filled || n > 2) {
		o.rect(box, p.filled, p.stroked)
		return
	}
	f.drawn = f.slants()
	if !p.stroked {
		return
	}
	for i := 1; i < n; i++ {
		o.line(f.x[i-1], f.y[i-1], f.x[i], f.y[i], p.thick)
	}
	if f.closed {
		o.line(f.x[n-1], f.y[n-1], f.x[0], f.y[0], p.thick)
	}
}

// slants says whether a side of the figure does not run along an axis.
func (f *figure) slants() bool {
	for i := 1; i < len(f.x); i++ {
		if math.Abs(f.x[i]-f.x[i-1]) > 1 && math.Abs(f.y[i]-f.y[i-1]) > 1 {
			return true
		}
	}
	return false
}

// rect is the figure's box if it is a rectangle along the axes: four corners,
// the first perhaps given again at the end.
func (f *figure) rect() (document.Box, bool) {
	n := len(f.x)
	if n == 5 && near(f.x[0], f.x[4]) && near(f.y[0], f.y[4]) {
		n = 4
	}
	if n != 4 {
		return document.Box{}, false
	}
	for i := range n {
		j := (i + 1) % n
		if !near(f.x[i], f.x[j]) && !near(f.y[i], f.y[j]) {
			return document.Box{}, false
		}
	}
	return document.Box{
		Left: min(f.x[0], f.x[1], f.x[2]), Top: min(f.y[0], f.y[1], f.y[2]),
		Right: max(f.x[0], f.x[1], f.x[2]), Bottom: max(f.y[0], f.y[1], f.y[2]),
	}, true
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.1 }
