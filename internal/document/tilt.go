package document

import "math"

// OnPage is where a box of the page's words stands on the page as displayed:
// the box around it on a page that lies askew, and the same on all others.
func (p *Page) OnPage(b Box) Box {
	if p.Tilt == 0 {
		return b
	}
	sin, cos := math.Sincos(p.Tilt * math.Pi / 180)
	x, y := p.Width/2, p.Height/2
	out := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, corner := range [4][2]float64{{b.Left, b.Top}, {b.Right, b.Top}, {b.Left, b.Bottom}, {b.Right, b.Bottom}} {
		dx, dy := corner[0]-x, corner[1]-y
		at := Box{x + dx*cos - dy*sin, y + dx*sin + dy*cos, x + dx*cos - dy*sin, y + dx*sin + dy*cos}
		out = out.Union(at)
	}
	return Box{max(out.Left, 0), max(out.Top, 0), min(out.Right, p.Width), min(out.Bottom, p.Height)}
}
