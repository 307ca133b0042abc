package document

import (
	"encoding/binary"
	"math"
)

// RecordVersion is the version of the format that Append writes. It is the
// first byte of every record; a reader refuses any other.
const RecordVersion = 4

// unit is the number of steps that a record divides a point into, and reach
// the largest distance, in steps, that it holds.
const (
	unit  = 64
	reach = 1 << 30
)

// Append writes the page's record behind dst and returns the longer slice.
// Distances are rounded to 1/64 point, and the tilt to 1/64 degree; all else is
// kept exactly. Words are written relative to the word before, so that most
// numbers take one or two bytes.
func (p *Page) Append(dst []byte) []byte {
	w := recordWriter{b: append(dst, RecordVersion)}
	w.uint(p.Number)
	w.step(steps(p.Width))
	w.step(steps(p.Height))
	w.flags(p.Unreadable)
	w.uint(len(p.Fonts))
	for _, f := range p.Fonts {
		w.string(f.Name)
		w.flags(f.Bold, f.Italic, f.Mono)
	}
	w.uint(len(p.Words))
	for i := range p.Words {
		w.word(&p.Words[i])
	}
	w.uint(len(p.Rules))
	for _, r := range p.Rules {
		w.box(r.Box)
	}
	w.uint(len(p.Rects))
	for _, r := range p.Rects {
		w.box(r.Box)
		w.flags(r.Filled, r.Stroked)
	}
	w.uint(len(p.Images))
	for _, i := range p.Images {
		w.box(i.Box)
		w.uint(i.Tag)
	}
	w.marks(p)
	w.uint(len(p.Warnings))
	for _, s := range p.Warnings {
		w.string(s)
	}
	w.step(steps(p.Tilt))
	w.uint(len(p.Dots))
	for _, d := range p.Dots {
		w.box(d.Box)
	}
	return w.b
}

// recordWriter appends to b. left and top are those of the last box.
type recordWriter struct {
	b         []byte
	left, top int64
}

func (w *recordWriter) uint(n int) { w.b = binary.AppendUvarint(w.b, uint64(max(n, 0))) }

func (w *recordWriter) step(n int64) { w.b = binary.AppendVarint(w.b, n) }

func (w *recordWriter) string(s string) {
	w.uint(len(s))
	w.b = append(w.b, s...)
}

// flags packs up to eight booleans, the first in the lowest bit.
func (w *recordWriter) flags(set ...bool) {
	var bits byte
	for i, s := range set {
		if s {
			bits |= 1 << i
		}
	}
	w.b = append(w.b, bits)
}

func (w *recordWriter) box(b Box) {
	left, top := steps(b.Left), steps(b.Top)
	w.step(left - w.left)
	w.step(top - w.top)
	w.step(steps(b.Right) - left)
	w.step(steps(b.Bottom) - top)
	w.left, w.top = left, top
}

func (w *recordWriter) word(d *Word) {
	w.string(d.Text)
	w.box(d.Box)
	w.step(steps(d.Baseline) - w.top)
	w.step(steps(d.Size))
	w.uint(d.Font + 1)
	w.flags(d.Turn&1 != 0, d.Turn&2 != 0, d.Hyphen, d.Hidden, d.Tag > 0, d.Confidence > 0, d.Link > 0)
	if d.Tag > 0 {
		w.uint(d.Tag)
	}
	if d.Confidence > 0 {
		w.uint(min(d.Confidence, 100))
	}
	if d.Link > 0 {
		w.uint(d.Link)
	}
}

// steps rounds a distance in points; what is no number becomes 0.
func steps(points float64) int64 {
	if math.IsNaN(points) {
		return 0
	}
	return int64(math.Round(min(max(points*unit, -reach), reach)))
}

func points(steps int64) float64 { return float64(steps) / unit }
