package pdf

import (
	"cmp"
	"slices"

	"docket/internal/document"
)

// Drawn paths belong together when they are at most about two cells apart.
const (
	drawingCell  = 4.0 // points
	drawingCells = 400 // most, each way
	maxDrawings  = 200 // of a page; the largest are kept
)

// gatherDrawings makes one drawing of paths near each other. The page is
// divided into cells; cells with paths that touch are one drawing, so the work
// grows with the number of paths and the size of the page and not with their
// product.
func (o *objectReader) gatherDrawings() {
	if len(o.drawn) == 0 {
		return
	}
	g := newCells(o.page.Width, o.page.Height)
	for _, b := range o.drawn {
		g.cover(b)
	}
	g.connect()
	found := map[int32]*document.Drawing{}
	for _, b := range o.drawn {
		n := g.drawing[g.at(b.Left, b.Top)]
		if d := found[n]; d != nil {
			d.Box, d.Paths = d.Box.Union(b), d.Paths+1
			continue
		}
		found[n] = &document.Drawing{Box: b, Paths: 1}
	}
	all := make([]document.Drawing, 0, len(found))
	for _, d := range found {
		all = append(all, *d)
	}
	area := func(d document.Drawing) float64 { return d.Box.Width() * d.Box.Height() }
	slices.SortFunc(all, func(a, b document.Drawing) int {
		return cmp.Or(cmp.Compare(area(b), area(a)), cmp.Compare(a.Box.Top, b.Box.Top), cmp.Compare(a.Box.Left, b.Box.Left), cmp.Compare(a.Paths, b.Paths))
	})
	o.page.Drawings = all[:min(len(all), maxDrawings)]
}

// cells are the places of a page.
type cells struct {
	side          float64
	across, down  int
	edges         []int32 // how the number of paths changes, one more each way
	drawing       []int32 // of each cell, from 1
	width, height float64
}

func newCells(width, height float64) *cells {
	side := max(drawingCell, max(width, height)/drawingCells)
	g := &cells{side: side, across: int(width/side) + 1, down: int(height/side) + 1, width: width, height: height}
	g.edges = make([]int32, (g.across+1)*(g.down+1))
	g.drawing = make([]int32, g.across*g.down)
	return g
}

func (g *cells) column(x float64) int { return min(max(int(x/g.side), 0), g.across-1) }
func (g *cells) row(y float64) int    { return min(max(int(y/g.side), 0), g.down-1) }

func (g *cells) at(x, y float64) int { return g.row(y)*g.across + g.column(x) }

// cover counts a path in the cells that its box touches.
func (g *cells) cover(b document.Box) {
	left, right := g.column(b.Left), g.column(b.Right)+1
	top, bottom := g.row(b.Top)*(g.across+1), (g.row(b.Bottom)+1)*(g.across+1)
	g.edges[top+left]++
	g.edges[top+right]--
	g.edges[bottom+left]--
	g.edges[bottom+right]++
}

// connect numbers the cells of each drawing.
func (g *cells) connect() {
	wide := g.across + 1
	for y := range g.down + 1 {
		for x := range wide {
			i := y*wide + x
			if x > 0 {
				g.edges[i] += g.edges[i-1]
			}
		}
	}
	for i := wide; i < len(g.edges); i++ {
		g.edges[i] += g.edges[i-wide]
	}
	var number int32
	for y := range g.down {
		for x := range g.across {
			if g.taken(x, y) && g.drawing[y*g.across+x] == 0 {
				number++
				g.flood(x, y, number)
			}
		}
	}
}

func (g *cells) taken(x, y int) bool { return g.edges[y*(g.across+1)+x] > 0 }

// flood numbers all cells that are connected with one; a free cell between
// them does not part them.
func (g *cells) flood(x, y int, number int32) {
	const reach = 2
	waiting := [][2]int{{x, y}}
	g.drawing[y*g.across+x] = number
	for len(waiting) > 0 {
		at := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for ny := max(at[1]-reach, 0); ny <= min(at[1]+reach, g.down-1); ny++ {
			for nx := max(at[0]-reach, 0); nx <= min(at[0]+reach, g.across-1); nx++ {
				if i := ny*g.across + nx; g.drawing[i] == 0 && g.taken(nx, ny) {
					g.drawing[i] = number
					waiting = append(waiting, [2]int{nx, ny})
				}
			}
		}
	}
}

// The size of dots, in points, and how many a page has at most; with more of
// them they are a pattern.
const (
	minDot  = 1.0
	maxDot  = 9.0
	maxDots = 1000
)

// dot adds a painted shape if it is small, and about as wide as high.
func (o *objectReader) dot(b document.Box) {
	small, large := min(b.Width(), b.Height()), max(b.Width(), b.Height())
	if b, ok := o.clip(b); ok && small >= minDot && large <= maxDot && 4*small >= 3*large && len(o.page.Dots) <= maxDots {
		o.page.Dots = append(o.page.Dots, document.Dot{Box: b})
	}
}
