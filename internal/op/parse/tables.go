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

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"docket/internal/document"
)

// grid is a table's texts, row by row; what a cell spans beyond its first
// place is empty, and listed in spans.
type grid struct {
	page  int
	rows  [][]string
	spans []span
}

// span is a cell that covers several places, counted from 0, the last included.
type span struct{ row, column, lastRow, lastColumn int }

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
		s := span{r, column, r + spanOf(cell, "rowspan") - 1, column + spanOf(cell, "colspan") - 1}
		if s.lastColumn >= maxColumns {
			break
		}
		if s.lastRow > s.row || s.lastColumn > s.column {
			g.spans = append(g.spans, s)
		}
		for k := s.row + 1; k <= s.lastRow; k++ {
			for c := s.column; c <= s.lastColumn; c++ {
				under[[2]int{k, c}] = true
			}
		}
		put(textOf(cell))
		for column <= s.lastColumn {
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
				row[i] = harmless(row[i])
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

// harmless keeps spreadsheets from taking a text for a formula.
func harmless(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if (s[0] == '-' || s[0] == '+') && !strings.ContainsAny(s[1:], "=+-*/@!|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		return s // a number
	}
	return "'" + s
}

// writeXLSX writes a workbook with a sheet for each table.
func writeXLSX(w io.Writer, chunks iter.Seq[document.Chunk]) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	n := 0
	for g, err := range tables(chunks) {
		if err != nil {
			return err
		}
		n++
		if err := addSheet(book, g, n); err != nil {
			return fmt.Errorf("write table %d as xlsx: %w", n, err)
		}
	}
	if n == 0 {
		if err := book.SetSheetName("Sheet1", "No tables"); err != nil {
			return fmt.Errorf("write xlsx: %w", err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	return nil
}

func addSheet(book *excelize.File, g *grid, n int) error {
	name := fmt.Sprintf("Table %d (page %d)", n, g.page)
	if n == 1 {
		if err := book.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := book.NewSheet(name); err != nil {
		return err
	}
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, row := range g.rows {
		values := make([]any, len(row))
		for k, text := range row {
			values[k] = value(text)
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := out.SetRow(at, values); err != nil {
			return err
		}
	}
	for _, s := range g.spans {
		from, err := excelize.CoordinatesToCellName(s.column+1, s.row+1)
		if err != nil {
			return err
		}
		to, err := excelize.CoordinatesToCellName(s.lastColumn+1, min(s.lastRow, len(g.rows)-1)+1)
		if err != nil {
			return err
		}
		if err := out.MergeCell(from, to); err != nil {
			return err
		}
	}
	return out.Flush()
}

// value is a number where a text can be nothing else, and the text otherwise:
// "007" is a label, and "1,234" may be a number or a fraction.
func value(text string) any {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > 15 || digits[0] == '0' && len(digits) > 1 && digits[1] != '.' {
		return text
	}
	if strings.Trim(digits, "0123456789.") != "" || strings.HasPrefix(digits, ".") || strings.HasSuffix(digits, ".") {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return n
}
