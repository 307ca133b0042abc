package op

import (
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"strings"

	"docket/internal/job"
)

// WriteTable writes rows under a heading in the format of the rendering: as a
// Markdown or HTML table, tab-separated lines of text, CSV or a workbook; all
// rows are as long as the heading. An error is of code InvalidRequest for any
// other format, and names it as not one of the results of that operation.
func WriteTable(w io.Writer, r Rendering, o job.Operation, heading []string, rows [][]string) error {
	var b strings.Builder
	switch r.Format {
	case job.FormatMarkdown:
		markdownRow(&b, heading)
		b.WriteString("|" + strings.Repeat(" --- |", len(heading)) + "\n")
		for _, row := range rows {
			markdownRow(&b, row)
		}
	case job.FormatHTML:
		b.WriteString("<table>\n<thead>\n")
		htmlRow(&b, "th", heading)
		b.WriteString("</thead>\n<tbody>\n")
		for _, row := range rows {
			htmlRow(&b, "td", row)
		}
		b.WriteString("</tbody>\n</table>\n")
	case job.FormatText:
		for _, row := range append([][]string{heading}, rows...) {
			for i, cell := range row {
				if i > 0 {
					b.WriteByte('\t')
				}
				b.WriteString(onOneLine(cell))
			}
			b.WriteByte('\n')
		}
	case job.FormatCSV:
		if err := csvRows(&b, heading, rows); err != nil {
			return err
		}
	case job.FormatXLSX:
		return WriteBook(w, r, func(book *Book) error {
			return book.Add(string(o), append([][]string{heading}, rows...), nil)
		})
	default:
		return NoFormat(r.Format, o)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// NoFormat is the error of a format that results of the operation do not have.
func NoFormat(f job.Format, o job.Operation) error {
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
		"field": "format", "problem": fmt.Sprintf("%q is not a format of %s results", f, o),
		"allowed": []string{"json", "md", "html", "txt", "csv", "xlsx"},
	}}
}

func csvRows(b *strings.Builder, heading []string, rows [][]string) error {
	out := csv.NewWriter(b)
	for _, row := range append([][]string{heading}, rows...) {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Harmless(cell)
		}
		if err := out.Write(safe); err != nil {
			return fmt.Errorf("write csv: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func markdownRow(b *strings.Builder, row []string) {
	b.WriteByte('|')
	for _, cell := range row {
		cell = strings.ReplaceAll(strings.ReplaceAll(onOneLine(cell), `\`, `\\`), "|", `\|`)
		b.WriteString(" " + strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`").Replace(cell) + " |")
	}
	b.WriteByte('\n')
}

func htmlRow(b *strings.Builder, tag string, row []string) {
	b.WriteString("<tr>")
	for _, cell := range row {
		fmt.Fprintf(b, "<%s>%s</%s>", tag, html.EscapeString(cell), tag)
	}
	b.WriteString("</tr>\n")
}

func onOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Seconds is how long the job was worked on, to the millisecond; 0 while it is
// not known.
func Seconds(j job.Job) float64 {
	if j.StartedAt.IsZero() || j.FinishedAt.Before(j.StartedAt) {
		return 0
	}
	return float64(j.FinishedAt.Sub(j.StartedAt).Milliseconds()) / 1000
}
