package document

import (
	"iter"
	"slices"
)

// maxFlowBytes is how much of a document may stand on one page of a flow;
// what is longer goes on on the next. It keeps every record and segment at a
// size that can be handled as one.
const maxFlowBytes = 256 << 10

// FlowWriter makes the pages of a document out of its blocks as they are read.
// It keeps them as records, which take far less memory than blocks. Blocks
// that show nothing are left out, and a page that is too long goes on on the
// next; a table that is cut repeats its heading.
type FlowWriter struct {
	// Whole keeps everything on one page, for Blocks.
	Whole    bool
	records  [][]byte
	now      []Block
	size     int // of now, in bytes
	table    *Block
	head     []FlowRow // of table
	pending  bool      // a page was begun, perhaps without blocks
	warnings []string
}

// Block adds a block to the page.
func (w *FlowWriter) Block(b Block) {
	w.EndTable()
	if b.Type == TableSegment {
		w.BeginTable()
		for _, r := range b.Rows {
			w.Row(r)
		}
		w.EndTable()
		return
	}
	if b.empty() {
		return
	}
	if w.Whole {
		w.add(b)
		return
	}
	for _, part := range b.cut() {
		w.add(part)
	}
}

func (w *FlowWriter) add(b Block) {
	n := b.size()
	if w.size > 0 && w.size+n > maxFlowBytes && !w.Whole {
		w.flush()
	}
	w.now, w.size, w.pending = append(w.now, b), w.size+n, true
}

// BeginTable begins a table, to which Row adds until EndTable.
func (w *FlowWriter) BeginTable() {
	w.EndTable()
	w.table = &Block{Type: TableSegment}
}

// Row adds a row to the table that was begun.
func (w *FlowWriter) Row(r FlowRow) {
	n := r.size()
	if len(w.table.Rows) > 0 && w.size+n > maxFlowBytes && !w.Whole {
		w.now = append(w.now, *w.table)
		w.flush()
		w.table = &Block{Type: TableSegment, Rows: append([]FlowRow(nil), w.head...)}
	}
	if r.Header && len(w.table.Rows) == 0 && n < maxFlowBytes/16 {
		w.head = []FlowRow{r}
	}
	w.table.Rows, w.size, w.pending = append(w.table.Rows, r), w.size+n, true
}

// EndTable ends the table, if one was begun.
func (w *FlowWriter) EndTable() {
	if w.table != nil && len(w.table.Rows) > 0 {
		w.now = append(w.now, *w.table)
	}
	w.table, w.head = nil, nil
}

// Break ends the page; the next may be empty as well.
func (w *FlowWriter) Break() {
	w.EndTable()
	w.flush()
	w.pending = true
}

// Warn adds a warning about the document, once.
func (w *FlowWriter) Warn(text string) {
	for _, s := range w.warnings {
		if s == text {
			return
		}
	}
	w.warnings = append(w.warnings, text)
}

func (w *FlowWriter) flush() {
	if !w.pending {
		return
	}
	f := Flow{Number: len(w.records) + 1, Blocks: w.now}
	w.records = append(w.records, f.Append(nil))
	w.now, w.size, w.pending = nil, 0, false
}

// Pages ends the document and gives the records of its pages, of which there
// is at least one.
func (w *FlowWriter) Pages() [][]byte {
	w.EndTable()
	if len(w.records) == 0 || len(w.now) > 0 || len(w.warnings) > 0 {
		f := Flow{Number: len(w.records) + 1, Blocks: w.now, Warnings: w.warnings}
		if n := len(w.records); len(w.now) == 0 && n > 0 {
			f = w.reopen(n - 1)
		}
		w.records = append(w.records, f.Append(nil))
	}
	w.now, w.warnings, w.pending = nil, nil, false
	return w.records
}

// Blocks yields the blocks of the page that is not yet ended.
func (w *FlowWriter) Blocks() iter.Seq[Block] {
	w.EndTable()
	return slices.Values(w.now)
}

// reopen takes back the last page, to put the warnings there.
func (w *FlowWriter) reopen(n int) Flow {
	last, err := DecodeFlow(w.records[n])
	w.records = w.records[:n]
	if err != nil { // it was made by Append just now
		last = &Flow{Number: n + 1}
	}
	last.Warnings = w.warnings
	return *last
}

// cut divides text that no page can hold, between lines if it can.
func (b *Block) cut() []Block {
	if b.size() <= maxFlowBytes {
		return []Block{*b}
	}
	var parts []Block
	part := *b
	part.Text = nil
	size := 0
	for _, r := range b.Text {
		for len(r.Text) > 0 {
			piece := r
			piece.Text = firstBytes(r.Text, maxFlowBytes/2-size)
			r.Text = r.Text[len(piece.Text):]
			part.Text, size = AppendRun(part.Text, piece), size+len(piece.Text)
			if size >= maxFlowBytes/4 {
				parts = append(parts, part)
				part.Text, part.Label, size = nil, "", 0
			}
		}
	}
	if len(part.Text) > 0 {
		parts = append(parts, part)
	}
	return parts
}

// firstBytes is the beginning of s, at most n bytes, cut after a line or a
// word where there is one.
func firstBytes(s string, n int) string {
	n = max(n, 64)
	if len(s) <= n {
		return s
	}
	for _, sign := range []byte{'\n', ' '} {
		for i := n - 1; i > n/2; i-- {
			if s[i] == sign {
				return s[:i+1]
			}
		}
	}
	for n > 1 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
