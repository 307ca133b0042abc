package export

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// fixed are the columns of every table; those of results come after them.
func fixed() []string {
	return []string{"job_id", "operation", "status", "file_name", "created_at", "completed_at", "batch_id", "tags", "metadata", "error_type", "error_message"}
}

// resultColumn begins the name of a column of results, so that none is taken
// for one of the fixed.
const resultColumn = "result."

func (w *writing) heading() []any {
	var names []any
	for _, name := range fixed() {
		names = append(names, name)
	}
	for _, name := range append(w.state.Columns, more) {
		names = append(names, resultColumn+name)
	}
	return names
}

// row gives the cells of a job, in the order of the heading; what it has not is
// nil.
func (w *writing) row(e entry, places map[string]int) []any {
	i := e.Item
	row := make([]any, len(fixed())+len(places))
	for n, text := range []string{i.JobID, string(i.Operation), string(i.Status), i.FileName, i.CreatedAt, i.CompletedAt, i.BatchID, strings.Join(i.Tags, ", "), string(i.Metadata)} {
		if text != "" {
			row[n] = harmless(text)
		}
	}
	if i.Details != nil {
		row[9], row[10] = string(i.Details.ErrorType), harmless(i.Details.Message)
	}
	for _, c := range e.Cells {
		row[len(fixed())+places[c.Name]] = c.value()
	}
	return row
}

func (w *writing) places() map[string]int {
	places := map[string]int{}
	for n, name := range append(w.state.Columns, more) {
		places[name] = n
	}
	return places
}

// csv writes a table with a heading.
func (w *writing) csv(ctx context.Context) error {
	out, places := csv.NewWriter(w.out), w.places()
	if err := out.Write(texts(w.heading())); err != nil {
		return fmt.Errorf("write the heading: %w", err)
	}
	for e, err := range w.entries(ctx) {
		if err == nil {
			err = out.Write(texts(w.row(e, places)))
		}
		if err != nil {
			return fmt.Errorf("write a row: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func texts(row []any) []string {
	all := make([]string, len(row))
	for n, v := range row {
		if v != nil {
			all[n] = fmt.Sprint(v)
		}
	}
	return all
}

// workbook writes one sheet, a row at a time.
func (w *writing) workbook(ctx context.Context) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	const sheet = "Results"
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return fmt.Errorf("name the sheet: %w", err)
	}
	stream, err := book.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("begin the sheet: %w", err)
	}
	if err := stream.SetRow("A1", w.heading()); err != nil {
		return fmt.Errorf("write the heading: %w", err)
	}
	places, n := w.places(), 1
	for e, err := range w.entries(ctx) {
		if err != nil {
			return err
		}
		n++
		row := w.row(e, places)
		for i := range row {
			row[i] = inSheet(row[i])
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", n), row); err != nil {
			return fmt.Errorf("write row %d: %w", n, err)
		}
	}
	if err := stream.Flush(); err != nil {
		return fmt.Errorf("end the sheet: %w", err)
	}
	if _, err := book.WriteTo(w.out); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}
