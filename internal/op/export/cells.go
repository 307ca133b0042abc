package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"docket/internal/job"
)

// Bounds of a table.
const (
	maxColumns = 1000
	maxCell    = 32_000 // characters; a cell of a workbook holds 32,767
)

// cell is a value of a result, under the name of its column.
type cell struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"` // a text, a number, true or false
}

// readCells reads a result as the cells of one row: the counters of every
// result, the values of an extraction, the text of a parse.
func (c *collection) readCells(j job.Job, e *entry) error {
	e.Kept = true
	if j.Operation == job.Parse {
		return c.readParse(j, e)
	}
	result, kept, err := c.result(j.ID)
	if err != nil {
		return err
	}
	if !kept {
		e.Cells = []cell{textCell("note", "the result is too long for a table")}
		c.columns(e)
		return nil
	}
	values, err := members(result)
	if err != nil {
		return fmt.Errorf("read the result: %w", err)
	}
	for _, v := range values {
		if v.Name == "data" && j.Operation == job.Extract {
			err = flatten("", v.Value, &e.Cells)
		} else if isScalar(v.Value) {
			e.Cells = append(e.Cells, v)
		}
		if err != nil {
			return err
		}
	}
	c.columns(e)
	return nil
}

func (c *collection) readParse(j job.Job, e *entry) error {
	counters, err := members(j.Result.Summary)
	if err != nil {
		return fmt.Errorf("read the summary: %w", err)
	}
	for _, v := range counters {
		if isScalar(v.Value) {
			e.Cells = append(e.Cells, v)
		}
	}
	b := bounded{most: 4 * maxCell}
	if err := b.excuse(c.task.Result(j.ID, job.FormatText, &b)); err != nil {
		return err
	}
	e.Cells = append(e.Cells, textCell("text", b.buffer.String()))
	c.columns(e)
	return nil
}

// columns notes the columns that the entry uses; what is too many goes into
// one of its own.
func (c *collection) columns(e *entry) {
	var rest []cell
	e.Cells = slices.DeleteFunc(e.Cells, func(v cell) bool {
		if slices.Contains(c.state.Columns, v.Name) {
			return false
		}
		if len(c.state.Columns) < maxColumns {
			c.state.Columns = append(c.state.Columns, v.Name)
			return false
		}
		rest = append(rest, v)
		return true
	})
	if len(rest) == 0 {
		return
	}
	var b strings.Builder
	for _, v := range rest {
		fmt.Fprintf(&b, "%s: %s\n", v.Name, v.Value)
	}
	e.Cells = append(e.Cells, textCell(more, b.String()))
}

// more is the column of what has none.
const more = "more"

// flatten makes a cell of every value of an extraction: of {value, score} the
// value, of lists and what else there is their JSON.
func flatten(prefix string, raw json.RawMessage, to *[]cell) error {
	values, err := members(raw)
	if err != nil {
		return fmt.Errorf("read extracted values: %w", err)
	}
	for _, v := range values {
		name := prefix + v.Name
		var leaf struct {
			Value json.RawMessage `json:"value"`
			Score json.RawMessage `json:"score"`
		}
		switch isLeaf := json.Unmarshal(v.Value, &leaf) == nil && leaf.Score != nil; {
		case isLeaf && (leaf.Value == nil || string(leaf.Value) == "null"):
		case isLeaf && isScalar(leaf.Value):
			*to = append(*to, cell{name, leaf.Value})
		case isLeaf:
			*to = append(*to, textCell(name, string(leaf.Value)))
		case isScalar(v.Value):
			*to = append(*to, cell{name, v.Value})
		case len(v.Value) > 0 && v.Value[0] == '{':
			if err := flatten(name+".", v.Value, to); err != nil {
				return err
			}
		case string(v.Value) != "null":
			*to = append(*to, textCell(name, string(v.Value)))
		}
	}
	return nil
}

// members gives those of a JSON object in their order.
func members(raw json.RawMessage) ([]cell, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%.20q is no object: %w", raw, err)
	}
	var all []cell
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var v cell
		v.Name, _ = name.(string)
		if err := d.Decode(&v.Value); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func isScalar(raw json.RawMessage) bool {
	return len(raw) > 0 && raw[0] != '{' && raw[0] != '[' && string(raw) != "null"
}

// textCell cuts what is longer than a cell may be.
func textCell(name, text string) cell {
	b, err := json.Marshal(cut(strings.ToValidUTF8(text, "")))
	if err != nil {
		return cell{Name: name, Value: json.RawMessage(`""`)}
	}
	return cell{name, b}
}

// cut ends a text at what a cell holds.
func cut(text string) string {
	if utf8.RuneCountInString(text) <= maxCell {
		return text
	}
	return string([]rune(text)[:maxCell]) + "…"
}

// value is that of a cell: a text that no program takes for a formula, a number
// as it is written, or a boolean.
func (c cell) value() any {
	var text string
	if json.Unmarshal(c.Value, &text) == nil {
		return harmless(text)
	}
	if _, err := strconv.ParseFloat(string(c.Value), 64); err == nil {
		return json.Number(c.Value)
	}
	return string(c.Value) == "true"
}

// inSheet is a value as a workbook holds it: a text no longer than its cells
// are, a number as a text when it has more digits than theirs.
func inSheet(v any) any {
	switch v := v.(type) {
	case string:
		return cut(v)
	case json.Number:
		if n, err := v.Float64(); err == nil && len(strings.Trim(strings.ReplaceAll(v.String(), ".", ""), "-0")) <= sheetDigits {
			return n
		}
		return v.String()
	}
	return v
}

// sheetDigits is how many digits of a number a workbook keeps.
const sheetDigits = 15

// harmless is a text with a quotation mark before it, if a spreadsheet would
// take it for a formula.
func harmless(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}
