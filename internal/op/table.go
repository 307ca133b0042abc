package op

import (
	"fmt"
	"html"
	"io"
	"strings"

	"docket/internal/job"
)

// WriteTable writes rows under a heading as a Markdown table, an HTML table,
// or tab-separated lines of text; all rows are as long as the heading. An
// error is of code InvalidRequest for any other format, and names it as not
// one of the results of that operation.
func WriteTable(w io.Writer, f job.Format, o job.Operation, heading []string, rows [][]string) error {
	var b strings.Builder
	switch f {
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
	default:
		return NoFormat(f, o)
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
		"allowed": []string{"json", "md", "html", "txt"},
	}}
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
