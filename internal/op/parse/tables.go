package parse

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"docket/internal/document"
	"docket/internal/op"
)

// grid is a table's texts, row by row; what a cell spans beyond its first
// place is empty, and listed in spans.
type grid struct {
	page  int
	rows  [][]string
	spans []op.Span
}

// Bounds of what one table may hold; those of a spreadsheet.
const (
	maxSpan    = 1000
	maxColumns = 16_384
)

// tables yields the tables of a document in their order.
func tables(chunks iter.Seq[document.Chunk]) iter.Seq2[*grid, error] {
	return func(yield func(*grid, error) bool) {
		for c := range chunks {
			for i := range c.Segments {
				s := &c.Segments[i]
				if s.SegmentType != document.TableSegment {
					continue
				}
				g, err := readTable(s.HTML)
				if err != nil {
					yield(nil, fmt.Errorf("read the table %s: %w", s.SegmentID, err))
					return
				}
				g.page = s.PageNumber
				if !yield(g, nil) {
					return
				}
			}
		}
	}
}

// readTable reads the rows of a table element.
func readTable(markup string) (*grid, error) {
	nodes, err := html.ParseFragment(strings.NewReader(markup), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return nil, err
	}
	g := &grid{}
	under := map[[2]int]bool{} // places that a span from above covers
	for _, n := range nodes {
		for row := range n.Descendants() {
			if row.DataAtom == atom.Tr {
				g.addRow(row, under)
			}
		}
	}
	return g, nil
}

func (g *grid) addRow(row *html.Node, under map[[2]int]bool) {
	r, column := len(g.rows), 0
	var texts []string
	put := func(text string) {
		texts = append(texts, text)
		column++
	}
	for cell := range row.ChildNodes() {
		if cell.DataAtom != atom.Td && cell.DataAtom != atom.Th {
			continue
		}
		for under[[2]int{r, column}] {
			put("")
		}
		s := op.Span{Row: r, Column: column, LastRow: r + spanOf(cell, "rowspan") - 1, LastColumn: column + spanOf(cell, "colspan") - 1}
		if s.LastColumn >= maxColumns {
			break
		}
		if s.LastRow > s.Row || s.LastColumn > s.Column {
			g.spans = append(g.spans, s)
		}
		for k := s.Row + 1; k <= s.LastRow; k++ {
			for c := s.Column; c <= s.LastColumn; c++ {
				under[[2]int{k, c}] = true
			}
		}
		put(textOf(cell))
		for column <= s.LastColumn {
			put("")
		}
	}
	g.rows = append(g.rows, texts)
}

func spanOf(cell *html.Node, name string) int {
	for _, a := range cell.Attr {
		if n, err := strconv.Atoi(a.Val); a.Key == name && err == nil {
			return min(max(n, 1), maxSpan)
		}
	}
	return 1
}

// textOf is the text of a cell; line breaks in it stay.
func textOf(cell *html.Node) string {
	var b strings.Builder
	for n := range cell.Descendants() {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Br:
			b.WriteByte('\n')
		}
	}
	return strings.TrimSpace(b.String())
}

// writeCSV writes the tables below each other, an empty line between two.
func writeCSV(w io.Writer, chunks iter.Seq[document.Chunk]) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	first := true
	for g, err := range tables(chunks) {
		if err != nil {
			return err
		}
		if !first {
			out.Flush()
			if err := buffered.WriteByte('\n'); err != nil {
				return fmt.Errorf("write csv: %w", err)
			}
		}
		first = false
		for _, row := range g.rows {
			for i := range row {
				row[i] = op.Harmless(row[i])
			}
			if err := out.Write(row); err != nil {
				return fmt.Errorf("write csv: %w", err)
			}
		}
	}
	out.Flush()
	if err := errors.Join(out.Error(), buffered.Flush()); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// writeXLSX writes a workbook with a sheet for each table.
func writeXLSX(w io.Writer, r op.Rendering, chunks iter.Seq[document.Chunk]) error {
	return op.WriteBook(w, r, func(book *op.Book) error {
		n := 0
		for g, err := range tables(chunks) {
			if err != nil {
				return err
			}
			n++
			if err := book.Add(fmt.Sprintf("Table %d (page %d)", n, g.page), g.rows, g.spans); err != nil {
				return fmt.Errorf("write table %d as xlsx: %w", n, err)
			}
		}
		return nil
	})
}
