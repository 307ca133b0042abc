package document

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// flowMark is the first byte of a flow's record, where that of a page has
// RecordVersion. A change of either format raises both.
const flowMark = 0x80 | RecordVersion

// IsFlow tells the record of a flow from that of a page.
func IsFlow(record []byte) bool { return len(record) > 0 && record[0] == flowMark }

// Append writes the flow's record behind dst and returns the longer slice.
func (f *Flow) Append(dst []byte) []byte {
	w := recordWriter{b: append(dst, flowMark)}
	w.uint(f.Number)
	w.uint(len(f.Blocks))
	for i := range f.Blocks {
		w.block(&f.Blocks[i])
	}
	w.uint(len(f.Warnings))
	for _, s := range f.Warnings {
		w.string(s)
	}
	return w.b
}

func (w *recordWriter) block(b *Block) {
	w.string(string(b.Type))
	w.uint(b.Level)
	w.string(b.Label)
	w.flags(b.Code)
	w.runs(b.Text)
	w.uint(len(b.Rows))
	for i := range b.Rows {
		r := &b.Rows[i]
		w.flags(r.Header)
		w.uint(len(r.Cells))
		for n := range r.Cells {
			c := &r.Cells[n]
			w.uint(c.Columns)
			w.uint(c.Rows)
			w.runs(c.Text)
		}
	}
}

func (w *recordWriter) runs(text []Run) {
	w.uint(len(text))
	for i := range text {
		r := &text[i]
		w.string(r.Text)
		w.flags(r.Bold, r.Italic, r.Strike, r.Code, r.Math)
		w.string(r.Link)
	}
}

// DecodeFlow reads one record made by Flow.Append, and refuses anything else.
func DecodeFlow(b []byte) (*Flow, error) {
	if !IsFlow(b) {
		return nil, errors.New("decode flow record: it is none")
	}
	r := newRecordReader(b[1:])
	f := r.flow()
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		return nil, fmt.Errorf("decode flow record: %w", r.err)
	}
	return f, nil
}

// The fewest bytes of an entry of each list, and the most columns, rows or
// levels that a record can say.
const (
	minBlock = 6
	minRow   = 2
	minCell  = 3
	minRun   = 3
	maxSpan  = 1 << 20
)

func (r *recordReader) flow() *Flow {
	f := &Flow{Number: r.uint(reach)}
	f.Blocks = list(r, minBlock, r.block)
	f.Warnings = list(r, minString, r.string)
	return f
}

func (r *recordReader) block() Block {
	b := Block{Type: SegmentType(r.string()), Level: r.uint(maxSpan), Label: r.string()}
	b.Code = r.flags(1)&1 != 0
	b.Text = r.runs()
	b.Rows = list(r, minRow, func() FlowRow {
		row := FlowRow{Header: r.flags(1)&1 != 0}
		row.Cells = list(r, minCell, func() FlowCell {
			return FlowCell{Columns: r.uint(maxSpan), Rows: r.uint(maxSpan), Text: r.runs()}
		})
		return row
	})
	return b
}

func (r *recordReader) runs() []Run {
	return list(r, minRun, func() Run {
		text, bits := r.string(), r.flags(5)
		return Run{
			Text: text, Bold: bits&1 != 0, Italic: bits&2 != 0, Strike: bits&4 != 0, Code: bits&8 != 0, Math: bits&16 != 0,
			Link: r.string(),
		}
	})
}

// Renumber gives a flow's record another page number.
func Renumber(record []byte, number int) []byte {
	_, size := binary.Uvarint(record[1:])
	out := make([]byte, 0, len(record)+4)
	out = binary.AppendUvarint(append(out, record[0]), uint64(number))
	return append(out, record[1+max(size, 0):]...)
}
