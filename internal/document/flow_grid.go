package document

import "strings"

// maxColumns bounds the width of a table. Cells further right are one.
const maxColumns = 16384

// flowGrid says in which column each cell of a table begins, once spans from the
// left and from above are reckoned in.
type flowGrid struct {
	rows   []FlowRow
	width  int     // in columns
	starts [][]int // by row and cell
}

func newFlowGrid(rows []FlowRow) *flowGrid {
	g := &flowGrid{rows: rows, starts: make([][]int, len(rows))}
	var taken []int // for each column, the rows yet to be spanned
	for i := range rows {
		at := 0
		g.starts[i] = make([]int, len(rows[i].Cells))
		for n := range rows[i].Cells {
			for at < len(taken) && taken[at] > 0 {
				at++
			}
			at = min(at, maxColumns-1)
			g.starts[i][n] = at
			end := min(at+max(rows[i].Cells[n].Columns, 1), maxColumns)
			for ; at < end; at++ {
				if at >= len(taken) {
					taken = append(taken, 0)
				}
				taken[at] = max(rows[i].Cells[n].Rows, 1)
			}
		}
		g.width = max(g.width, len(taken))
		for c := range taken {
			taken[c] = max(taken[c]-1, 0)
		}
	}
	return g
}

// columns are the left edges and widths of all columns, in points.
func (g *flowGrid) columns() (lefts, widths []float64) {
	lefts, widths = make([]float64, g.width), make([]float64, g.width)
	for i := range g.rows {
		for n := range g.rows[i].Cells {
			c := &g.rows[i].Cells[n]
			if c.Columns > 1 {
				continue
			}
			at := g.starts[i][n]
			for line := range strings.SplitSeq(PlainText(c.Text), "\n") {
				wide := (wordWidth(line) + 0.5) * flowSize
				widths[at] = max(widths[at], min(wide, widest))
			}
		}
	}
	x := float64(flowMargin)
	for i := range widths {
		widths[i] = max(widths[i], 2*flowSize)
		lefts[i] = x
		x += widths[i] + flowGap*flowSize
	}
	return lefts, widths
}

// spans says whether any cell is larger than one column and one row.
func (g *flowGrid) spans() bool {
	for i := range g.rows {
		for n := range g.rows[i].Cells {
			if c := &g.rows[i].Cells[n]; c.Columns > 1 || c.Rows > 1 {
				return true
			}
		}
	}
	return false
}

// texts are the cells' texts as a full grid. The text of a cell that spans
// several stands in each of them, so that every row can be read by itself.
func (g *flowGrid) texts(show func([]Run) string) [][]string {
	all := make([][]string, len(g.rows))
	for i := range all {
		all[i] = make([]string, g.width)
	}
	for i := range g.rows {
		for n := range g.rows[i].Cells {
			c := &g.rows[i].Cells[n]
			text, at := show(c.Text), g.starts[i][n]
			if text == "" {
				continue
			}
			for row := i; row < min(i+max(c.Rows, 1), len(all)); row++ {
				for col := at; col < min(at+max(c.Columns, 1), g.width); col++ {
					all[row][col] = text
				}
			}
		}
	}
	return all
}
