package text

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
)

// maxColumns is the most fields of a record, as in a workbook.
const maxColumns = 16384

// ReadCSV reads one table in plain text, in any encoding and with whichever
// delimiter it has. The first record names the columns. Errors are of code
// ResourceLimit.
func ReadCSV(data []byte, w *document.FlowWriter) (document.Info, error) {
	info := document.Info{Format: document.FormatCSV, MIME: "text/csv"}
	content, _ := document.DecodeText(data)
	content = strings.TrimLeft(content, "\r\n")
	delimiter, _ := document.Delimiter(content[:min(len(content), 64<<10)])
	if rest, named := strings.CutPrefix(content, "sep="); named && len(rest) > 1 && strings.ContainsAny(rest[1:2], "\r\n") {
		delimiter, content = rune(rest[0]), strings.TrimLeft(rest[1:], "\r\n")
	}
	if n := widest(content, delimiter); n > maxColumns {
		return info, job.Errorf(job.ResourceLimit, job.Facts{"limit": "columns", "columns": n, "max": maxColumns}, "record of %d fields", n)
	}
	r := csv.NewReader(strings.NewReader(content))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = delimiter, -1, true, true
	w.BeginTable()
	for n := 0; ; n++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return info, nil
		}
		if err != nil {
			return info, job.Errorf(job.FileCorrupted, job.Facts{"format": "CSV", "reason": "a record cannot be read"}, "read csv: %w", err)
		}
		w.Row(row(record, n == 0))
	}
}

func row(record []string, header bool) document.FlowRow {
	r := document.FlowRow{Header: header, Cells: make([]document.FlowCell, len(record))}
	for i, field := range record {
		r.Cells[i].Text = document.TidyRuns(document.PlainRun(strings.Clone(field)))
	}
	return r
}

// widest is the number of fields of the longest record, found before memory
// is taken for any.
func widest(content string, delimiter rune) int {
	most, now, quoted := 0, 1, false
	for _, c := range content {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == delimiter:
			now++
		case c == '\n':
			most, now = max(most, now), 1
		}
	}
	return max(most, now)
}
