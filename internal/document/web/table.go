package web

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"docket/internal/document"
)

// maxSpan is the most columns or rows that a cell may say it spans, as in
// browsers.
const maxSpan = 1000

// table reads a table, or what is inside one that only arranges a page.
func (r *reader) table(n *html.Node, depth int) error {
	rows := tableRows(n)
	if arranges(n, rows) {
		return r.block(n, document.Text, 0, depth)
	}
	r.flush()
	item := r.item
	r.item = nil
	if caption := find(n, atom.Caption); caption != nil {
		if err := r.block(caption, document.Caption, 0, depth+1); err != nil {
			return err
		}
	}
	r.w.BeginTable()
	for i, row := range rows {
		cells, err := r.cells(row, depth+3)
		if err != nil {
			return err
		}
		r.w.Row(document.FlowRow{Header: isHeader(row, i), Cells: cells})
	}
	r.w.EndTable()
	for _, p := range r.pictures {
		r.w.Block(p)
	}
	r.pictures, r.item = nil, item
	return nil
}

// arranges tells tables that lay out a page, as those of mails do: they say
// so, have other tables inside, or only one cell.
func arranges(n *html.Node, rows []*html.Node) bool {
	if role, _ := attribute(n, "role"); role == "presentation" || role == "none" {
		return true
	}
	cells := 0
	for _, row := range rows {
		for c := row.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && (c.DataAtom == atom.Td || c.DataAtom == atom.Th) {
				cells++
			}
		}
	}
	if cells <= 1 {
		return true
	}
	// A table of data may have one inside a cell; a layout is nothing else.
	inside := 0
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == atom.Table {
			inside++
		}
	}
	return inside > 0 && inside*4 >= cells
}

// tableRows are the rows of the table itself.
func tableRows(n *html.Node) []*html.Node {
	var rows []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type != html.ElementNode || hidden(c):
		case c.DataAtom == atom.Tr:
			rows = append(rows, c)
		case c.DataAtom == atom.Thead || c.DataAtom == atom.Tbody || c.DataAtom == atom.Tfoot:
			rows = append(rows, tableRows(c)...)
		}
	}
	return rows
}

// isHeader is true for a row of the head, and for a first row of nothing but
// heading cells.
func isHeader(row *html.Node, index int) bool {
	if row.Parent != nil && row.Parent.DataAtom == atom.Thead {
		return true
	}
	heads := 0
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.DataAtom == atom.Td {
			return false
		}
		if c.Type == html.ElementNode && c.DataAtom == atom.Th {
			heads++
		}
	}
	return index == 0 && heads > 0
}

func (r *reader) cells(row *html.Node, depth int) ([]document.FlowCell, error) {
	var cells []document.FlowCell
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || c.DataAtom != atom.Td && c.DataAtom != atom.Th || hidden(c) {
			continue
		}
		text, err := r.cell(c, depth)
		if err != nil {
			return nil, err
		}
		cells = append(cells, document.FlowCell{Text: text, Columns: span(c, "colspan"), Rows: span(c, "rowspan")})
	}
	return cells, nil
}

// cell reads a cell; the blocks inside become lines.
func (r *reader) cell(n *html.Node, depth int) ([]document.Run, error) {
	inner := &document.FlowWriter{Whole: true}
	sub := &reader{w: inner, titled: true}
	if err := sub.children(n, depth); err != nil {
		return nil, err
	}
	sub.flush()
	var text []document.Run
	for b := range inner.Blocks() {
		if len(text) > 0 {
			text = document.AppendRun(text, document.Run{Text: "\n"})
		}
		if b.Label != "" {
			text = document.AppendRun(text, document.Run{Text: b.Label + " "})
		}
		for _, run := range b.Text {
			text = document.AppendRun(text, run)
		}
		for _, row := range b.Rows {
			for i, c := range row.Cells {
				if i > 0 {
					text = document.AppendRun(text, document.Run{Text: " "})
				}
				for _, run := range c.Text {
					text = document.AppendRun(text, run)
				}
			}
			text = document.AppendRun(text, document.Run{Text: "\n"})
		}
	}
	return document.TidyRuns(text), nil
}

func span(n *html.Node, name string) int {
	value, _ := attribute(n, name)
	v, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil {
		return 1
	}
	return min(max(v, 1), maxSpan)
}
