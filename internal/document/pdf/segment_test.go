package pdf

import (
	"bytes"
	"slices"
	"testing"

	"github.com/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
)

// What lies in the engine's memory is what PDFium says of each segment when it
// is asked. This fails when a version of the library lays its paths out
// otherwise.
func TestSegmentsInMemory(t *testing.T) {
	e := startEngine(t)
	d, err := e.Open(paths(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r := &pageReader{d: d, e: e, page: &document.Page{Number: 1}}
	r.load()
	defer d.hold(r.handle)
	o := &objectReader{pageReader: r}
	seen := map[segment]bool{}
	for i := range integer(e.call("FPDFPage_CountObjects", r.handle)) {
		object := uint64(uint32(e.call("FPDFPage_GetObject", r.handle, uint64(i))))
		n := max(integer(e.call("FPDFPath_CountSegments", object)), 0)
		asked := o.asked(object, n)
		if diff := cmp.Diff(asked, slices.Collect(o.segments(object, n)), cmp.AllowUnexported(segment{})); diff != "" {
			t.Errorf("path %d (-asked +read):\n%s", i, diff)
		}
		if got := len(slices.Collect(o.segments(object, n/2))); got != n/2 {
			t.Errorf("%d of the first %d segments", got, n/2)
		}
		for _, s := range asked {
			seen[segment{kind: s.kind, closes: s.closes}] = true
		}
	}
	for _, s := range []segment{{kind: segmentMove}, {kind: segmentLine}, {kind: segmentBezier}, {kind: segmentLine, closes: true}, {kind: segmentBezier, closes: true}} {
		if !seen[s] {
			t.Errorf("no segment of kind %d, closing: %v", s.kind, s.closes)
		}
	}
	if e.err != nil {
		t.Error(e.err)
	}
}

// asked are the segments of a path as PDFium's own functions give them.
func (o *objectReader) asked(path uint64, n int) []segment {
	e := o.e
	var all []segment
	for i := range n {
		handle := uint64(uint32(e.call("FPDFPath_GetPathSegment", path, uint64(i))))
		s := segment{kind: byte(e.call("FPDFPathSegment_GetType", handle)), closes: boolean(e.call("FPDFPathSegment_GetClose", handle))}
		e.call("FPDFPathSegment_GetPoint", handle, uint64(e.scratch), uint64(e.scratch+4))
		var at [2]float64
		e.floats(at[:])
		s.x, s.y = at[0], at[1]
		all = append(all, s)
	}
	return all
}

// paths is a page of lines, curves, a rectangle and closed figures.
func paths(t *testing.T) []byte {
	f := fpdf.New("P", "pt", "A4", "")
	f.AddPage()
	f.Line(10, 10, 20.5, 300)
	f.Rect(30.25, 40, 50, 60, "DF")
	f.Circle(100, 100, 40, "D")
	f.MoveTo(10, 200)
	f.LineTo(60, 220.125)
	f.CurveBezierCubicTo(70, 230, 80, 240, 10, 200)
	f.ClosePath()
	f.MoveTo(200, 200)
	f.LineTo(260, 220)
	f.LineTo(210, 290)
	f.ClosePath()
	f.DrawPath("D")
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
