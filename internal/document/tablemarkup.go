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

// lines are the rows of the table that stand on its page, those without text
// left out.
func (t *Table) lines() []paragraphLine {
	var all []paragraphLine
	row, letters := -1, 0
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Text == "" || c.later {
			continue
		}
		if c.Row != row {
			all, row, letters = append(all, paragraphLine{box: c.Box}), c.Row, 0
		}
		l := &all[len(all)-1]
		l.box = l.box.Union(c.Box)
		if l.text != "" {
			l.text += " "
		}
		if c.confidence != nil {
			before, n := l.confidence*float64(letters), len(c.Text)
			letters += n
			l.confidence = round((before + *c.confidence*float64(n)) / float64(letters))
		}
		for _, r := range c.runs {
			if r.Link != "" {
				l.links = append(l.links, lineLink{link: r.Link})
			}
		}
		l.text += c.Text
	}
	return all
}

// html is a table element with spans; the rows at the top are its head. linked
// says whether links are marked up.
func (t *Table) html(linked bool) string {
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
		text := html.EscapeString(c.Text)
		if linked && len(c.runs) > 0 {
			text = htmlRuns(c.runs)
		}
		b.WriteString(">" + text + "</" + tag + ">")
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
func (t *Table) markdown(linked bool) string {
	if t.spans() || t.Header != 1 {
		return t.html(linked)
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
		text := escapeInline(c.Text)
		if linked && len(c.runs) > 0 {
			text = markdownRuns(c.runs, false)
		}
		b.WriteString(" " + text + " |")
	}
	return b.String()
}
