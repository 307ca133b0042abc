package document

import (
	"fmt"
	"html"
	"strings"
)

// text is a line for each row, its cells apart by tabs; a cell that spans
// stands where it begins.
func (t *Table) text() string {
	var b strings.Builder
	row := -1
	for i := range t.Cells {
		c := &t.Cells[i]
		for ; row < c.Row; row++ {
			if row >= 0 {
				b.WriteByte('\n')
			}
		}
		if c.Column > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(c.Text)
	}
	return b.String()
}

// html is a table element with spans; the rows at the top are its head.
func (t *Table) html() string {
	var b strings.Builder
	b.WriteString("<table>")
	row, part := -1, ""
	for i := range t.Cells {
		c := &t.Cells[i]
		for ; row < c.Row; row++ {
			if row >= 0 {
				b.WriteString("</tr>")
			}
			part = t.begin(&b, row+1, part)
			b.WriteString("<tr>")
		}
		tag := "td"
		if c.Row < t.Header {
			tag = "th"
		}
		b.WriteString("<" + tag)
		if c.RowSpan > 1 {
			fmt.Fprintf(&b, ` rowspan="%d"`, c.RowSpan)
		}
		if c.ColumnSpan > 1 {
			fmt.Fprintf(&b, ` colspan="%d"`, c.ColumnSpan)
		}
		b.WriteString(">" + html.EscapeString(c.Text) + "</" + tag + ">")
	}
	for ; row < t.Rows-1; row++ {
		b.WriteString("</tr><tr>")
	}
	b.WriteString("</tr></" + part + "></table>")
	return b.String()
}

// begin opens head or body before a row.
func (t *Table) begin(b *strings.Builder, row int, part string) string {
	next := "tbody"
	if row < t.Header {
		next = "thead"
	}
	if part == next {
		return part
	}
	if part != "" {
		b.WriteString("</" + part + ">")
	}
	b.WriteString("<" + next + ">")
	return next
}

// markdown is a table of pipes, or HTML when cells span or the head has not
// exactly one row.
func (t *Table) markdown() string {
	if t.spans() || t.Header != 1 {
		return t.html()
	}
	var b strings.Builder
	row := -1
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Row != row {
			if row >= 0 {
				b.WriteString("\n")
			}
			if row == 0 {
				b.WriteString("|" + strings.Repeat(" --- |", t.Columns) + "\n")
			}
			b.WriteByte('|')
			row = c.Row
		}
		b.WriteString(" " + escapeInline(c.Text) + " |")
	}
	return b.String()
}
