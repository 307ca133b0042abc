package pdf

import (
	"encoding/binary"
	"iter"
	"math"
)

// segment is one segment of a path, in the path's own space.
type segment struct {
	x, y   float64 // its end
	kind   byte    // one of the values of FPDFPathSegment_GetType
	closes bool    // it ends a closed figure
}

// A path's segments lie in the engine's memory one after the other, and what
// PDFium hands out for a segment is its address. Asking PDFium takes four
// calls for each, so they are read from there. This is how one lies: x and y
// as float32, the kind, and whether it closes the figure.
const (
	segmentBytes  = 12
	segmentKind   = 8
	segmentCloses = 9
)

// segments yields the first n segments of a path, and none when they do not
// lie one after the other. The engine must not be called in between.
func (o *objectReader) segments(path uint64, n int) iter.Seq[segment] {
	return func(yield func(segment) bool) {
		if n <= 0 {
			return
		}
		e := o.e
		first := uint32(e.call("FPDFPath_GetPathSegment", path, 0))
		last := uint32(e.call("FPDFPath_GetPathSegment", path, uint64(n-1)))
		if first == 0 || uint64(last) != uint64(first)+segmentBytes*uint64(n-1) {
			return
		}
		b := e.read(first, n*segmentBytes)
		for ; len(b) > 0; b = b[segmentBytes:] {
			s := segment{
				x:    float64(math.Float32frombits(binary.LittleEndian.Uint32(b))),
				y:    float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4:]))),
				kind: b[segmentKind], closes: b[segmentCloses] != 0,
			}
			if !yield(s) {
				return
			}
		}
	}
}
