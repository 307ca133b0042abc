package main

import (
	"strings"
	"unicode"

	"docket/internal/document"
)

// relation says that one cell stands right after another, beside or below it.
type relation struct {
	from, to string
	down     bool
}

// gridCell is a cell with the rows and columns it covers, the last included.
type gridCell struct {
	row, column, lastRow, lastColumn int
	text                             string
}

// relations are those of all neighbours; empty cells are passed over.
func relations(cells []gridCell) map[relation]int {
	all := map[relation]int{}
	type pair struct{ a, b int }
	seen := map[pair]bool{}
	at, rows, columns := grid(cells)
	look := func(last *int, r, c int, down bool) {
		i, ok := at[[2]int{r, c}]
		if !ok || i == *last {
			return
		}
		if *last >= 0 && !seen[pair{*last, i}] {
			seen[pair{*last, i}] = true
			all[relation{cells[*last].text, cells[i].text, down}]++
		}
		*last = i
	}
	for r := range rows {
		last := -1
		for c := range columns {
			look(&last, r, c, false)
		}
	}
	for c := range columns {
		last := -1
		for r := range rows {
			look(&last, r, c, true)
		}
	}
	return all
}

// grid gives the cell at each place.
func grid(cells []gridCell) (at map[[2]int]int, rows, columns int) {
	at = map[[2]int]int{}
	for i, c := range cells {
		if c.text == "" {
			continue
		}
		for r := c.row; r <= c.lastRow; r++ {
			for k := c.column; k <= c.lastColumn; k++ {
				at[[2]int{r, k}] = i
			}
		}
		rows, columns = max(rows, c.lastRow+1), max(columns, c.lastColumn+1)
	}
	return at, rows, columns
}

func wanted(cells []cell) []gridCell {
	all := make([]gridCell, len(cells))
	for i, c := range cells {
		g := gridCell{c.StartRow, c.StartCol, c.StartRow, c.StartCol, squeeze(c.Content)}
		if c.EndRow != nil {
			g.lastRow = *c.EndRow
		}
		if c.EndCol != nil {
			g.lastColumn = *c.EndCol
		}
		all[i] = g
	}
	return all
}

func found(t *document.Table) []gridCell {
	if t == nil {
		return nil
	}
	all := make([]gridCell, len(t.Cells))
	for i, c := range t.Cells {
		all[i] = gridCell{c.Row, c.Column, c.Row + c.RowSpan - 1, c.Column + c.ColumnSpan - 1, squeeze(c.Text)}
	}
	return all
}

// squeeze keeps letters and digits, in lower case: spaces and signs are
// written in many ways.
func squeeze(s string) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
	if kept == "" {
		return strings.Join(strings.Fields(s), "")
	}
	return kept
}
