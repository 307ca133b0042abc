package op

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Book is a workbook that results are written to, a sheet for each table.
type Book struct {
	file  *excelize.File
	taken map[string]bool // names of sheets, in lower case
	label string          // of the document whose sheets come next
}

// NewBook begins a workbook; Close frees it.
func NewBook() *Book { return &Book{file: excelize.NewFile(), taken: map[string]bool{}} }

// Close frees the workbook.
func (b *Book) Close() error { return b.file.Close() }

// For names the document, one of several, whose sheets come next: their names
// begin with its name.
func (b *Book) For(document string) *Book {
	b.label = strings.TrimSuffix(path.Base(document), path.Ext(document))
	return b
}

// Span is a cell that covers several places, counted from 0, the last included.
type Span struct{ Row, Column, LastRow, LastColumn int }

// Add writes a sheet of those rows. Texts that can be nothing but numbers
// become numbers.
func (b *Book) Add(name string, rows [][]string, spans []Span) error {
	sheet, err := b.begin(name)
	if err != nil {
		return err
	}
	out, err := b.file.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, row := range rows {
		values := make([]any, len(row))
		for k, text := range row {
			values[k] = cellValue(text)
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := out.SetRow(at, values); err != nil {
			return err
		}
	}
	for _, s := range spans {
		from, err := excelize.CoordinatesToCellName(s.Column+1, s.Row+1)
		if err != nil {
			return err
		}
		to, err := excelize.CoordinatesToCellName(s.LastColumn+1, min(s.LastRow, len(rows)-1)+1)
		if err != nil {
			return err
		}
		if err := out.MergeCell(from, to); err != nil {
			return err
		}
	}
	return out.Flush()
}

// begin makes the sheet; the first is there from the start.
func (b *Book) begin(name string) (string, error) {
	name = b.sheetName(name)
	if len(b.taken) == 1 {
		return name, b.file.SetSheetName("Sheet1", name)
	}
	_, err := b.file.NewSheet(name)
	return name, err
}

// longestSheet is the most characters of a sheet's name.
const longestSheet = 31

// sheetName makes a name that no sheet has yet, in letters that sheets may
// have in their names.
func (b *Book) sheetName(name string) string {
	label := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' || r == utf8.RuneError {
			return '_'
		}
		return r
	}, b.label), "' ")
	for n := 1; ; n++ {
		full := name
		if n > 1 {
			full = fmt.Sprintf("%s (%d)", name, n)
		}
		if room := longestSheet - utf8.RuneCountInString(full) - 1; label != "" && room > 0 {
			runes := []rune(label)
			full = string(runes[:min(len(runes), room)]) + " " + full
		}
		if !b.taken[strings.ToLower(full)] {
			b.taken[strings.ToLower(full)] = true
			return full
		}
	}
}

// Write writes the workbook; one without sheets says so.
func (b *Book) Write(w io.Writer) error {
	if len(b.taken) == 0 {
		if err := b.file.SetSheetName("Sheet1", "No tables"); err != nil {
			return fmt.Errorf("write xlsx: %w", err)
		}
	}
	if err := b.file.Write(w); err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	return nil
}

// WriteBook has add put sheets into the workbook of several documents that the
// rendering belongs to, or writes a workbook of its own.
func WriteBook(w io.Writer, r Rendering, add func(*Book) error) (err error) {
	if r.Book != nil {
		return add(r.Book)
	}
	book := NewBook()
	defer func() { err = errors.Join(err, book.Close()) }()
	if err := add(book); err != nil {
		return err
	}
	return book.Write(w)
}

// cellValue is a number where a text can be nothing else, and the text otherwise:
// "007" is a label, and "1,234" may be a number or a fraction.
func cellValue(text string) any {
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

// Harmless keeps spreadsheets that read CSV from taking a text for a formula.
func Harmless(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if (s[0] == '-' || s[0] == '+') && !strings.ContainsAny(s[1:], "=+-*/@!|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		return s // a number
	}
	return "'" + s
}
