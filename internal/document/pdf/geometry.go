package pdf

import (
	"math"

	"docket/internal/document"
)

// matrix maps (x, y) to (a·x + c·y + e, b·x + d·y + f).
type matrix struct{ a, b, c, d, e, f float64 }

// then is the matrix that applies m first and n to its result.
func (m matrix) then(n matrix) matrix {
	return matrix{
		a: m.a*n.a + m.b*n.c, b: m.a*n.b + m.b*n.d,
		c: m.c*n.a + m.d*n.c, d: m.c*n.b + m.d*n.d,
		e: m.e*n.a + m.f*n.c + n.e, f: m.e*n.b + m.f*n.d + n.f,
	}
}

func (m matrix) point(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

// vector maps a direction.
func (m matrix) vector(x, y float64) (float64, float64) { return m.a*x + m.c*y, m.b*x + m.d*y }

// scale is the factor by which lengths grow, on average over directions.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// box is the box around the mapped rectangle.
func (m matrix) box(x0, y0, x1, y1 float64) document.Box {
	ax, ay := m.point(x0, y0)
	bx, by := m.point(x1, y1)
	cx, cy := m.point(x0, y1)
	dx, dy := m.point(x1, y0)
	return document.Box{
		Left: min(ax, bx, cx, dx), Top: min(ay, by, cy, dy),
		Right: max(ax, bx, cx, dx), Bottom: max(ay, by, cy, dy),
	}
}

// display is the matrix from a page's user space (origin bottom left) to the
// page as displayed (origin top left), for a visible box given by its corners
// and a rotation by clockwise quarter turns.
func display(left, bottom, right, top float64, turns int) matrix {
	switch turns {
	case 1:
		return matrix{a: 0, b: 1, c: 1, d: 0, e: -bottom, f: -left}
	case 2:
		return matrix{a: -1, b: 0, c: 0, d: 1, e: right, f: -bottom}
	case 3:
		return matrix{a: 0, b: -1, c: -1, d: 0, e: top, f: right}
	default:
		return matrix{a: 1, b: 0, c: 0, d: -1, e: -left, f: top}
	}
}

// quarterTurns is the clockwise rotation of text that advances along (dx, dy)
// on the page as displayed, rounded to quarter turns.
func quarterTurns(dx, dy float64) int {
	switch {
	case math.Abs(dx) >= math.Abs(dy) && dx >= 0:
		return 0
	case math.Abs(dx) >= math.Abs(dy):
		return 2
	case dy > 0:
		return 1
	default:
		return 3
	}
}

// span is a box seen along the direction of reading: from start to end along
// it, from lo to hi across it.
type span struct{ start, end, lo, hi float64 }

func along(b document.Box, turn int) span {
	switch turn {
	case 1:
		return span{b.Top, b.Bottom, b.Left, b.Right}
	case 2:
		return span{-b.Right, -b.Left, b.Top, b.Bottom}
	case 3:
		return span{-b.Bottom, -b.Top, b.Left, b.Right}
	default:
		return span{b.Left, b.Right, b.Top, b.Bottom}
	}
}

// follows says whether a character at c continues the word at w: near its end
// (or its start, as in text set from right to left) and on the same line.
func (c span) follows(w span) bool {
	height := min(w.hi-w.lo, c.hi-c.lo)
	gap := max(c.start-w.end, w.start-c.end)
	overlap := min(w.hi, c.hi) - max(w.lo, c.lo)
	return gap <= wordGap*max(w.hi-w.lo, c.hi-c.lo) && overlap >= height/2
}

// wordGap is the distance between letters, in font sizes, from which they
// belong to different words.
const wordGap = 0.28

func finite(b document.Box) bool {
	const far = 1e6 // points; no page is larger
	return b.Left > -far && b.Top > -far && b.Right < far && b.Bottom < far &&
		b.Left <= b.Right && b.Top <= b.Bottom
}
