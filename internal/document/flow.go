package document

import "strings"

// Flow is the record of one page of a document that says its own structure,
// such as an Office file or a web page: blocks in reading order, without
// places. It is to the build stage what a Page is for documents that only say
// where their words stand.
type Flow struct {
	// Number is 1-based.
	Number int
	Blocks []Block
	// Warnings are sentences or short words for the user.
	Warnings []string

	// picture is the place of the only block, on a page of that size, when the
	// flow stands for a page that is a picture. It is not part of the record.
	picture       Box
	width, height float64
}

// Block is one piece of a flow: later one segment.
type Block struct {
	Type SegmentType
	// Level is that of a heading, 1 to 6, or how deep a list item lies, from 0.
	Level int
	// Label is what a list item or heading is numbered with, e.g. "3." or
	// "(a)"; empty for a bullet.
	Label string
	// Code says that the text is preformatted: spaces and lines count.
	Code bool
	// Text is the block's text; that of a picture says what it shows.
	Text []Run
	// Rows are those of a table.
	Rows []FlowRow
}

// FlowRow is one row of a table.
type FlowRow struct {
	// Header says that the row has the names of the columns.
	Header bool
	Cells  []FlowCell
}

// FlowCell is one cell of a table. Cells that lie under the span of another are
// not there.
type FlowCell struct {
	Text []Run
	// Columns and Rows are what the cell spans; 0 is 1.
	Columns, Rows int
}

// Run is text of one look. A "\n" is the break of a line.
type Run struct {
	Text                       string
	Bold, Italic, Strike, Code bool
	// Math says that the text is a formula in LaTeX.
	Math bool
	// Link is where the text leads, or empty.
	Link string
}

// same says whether two runs look the same.
func (r Run) same(o Run) bool {
	r.Text, o.Text = "", ""
	return r == o
}

// PlainRun is text without any look, or nothing for no text.
func PlainRun(text string) []Run {
	if text == "" {
		return nil
	}
	return []Run{{Text: text}}
}

// AppendRun adds a run to text; one that looks like the last joins it.
func AppendRun(text []Run, r Run) []Run {
	if r.Text == "" {
		return text
	}
	if n := len(text); n > 0 && text[n-1].same(r) {
		text[n-1].Text += r.Text
		return text
	}
	return append(text, r)
}

// PlainText is the text of the runs alone.
func PlainText(text []Run) string {
	if len(text) == 1 {
		return text[0].Text
	}
	var b strings.Builder
	for i := range text {
		b.WriteString(text[i].Text)
	}
	return b.String()
}

// TidyRuns makes one space of every run of blanks and drops those at the ends
// of lines, as text is shown that is not preformatted. Runs left empty go.
func TidyRuns(text []Run) []Run {
	out := text[:0]
	blank := true // at the beginning of a line
	for _, r := range text {
		r.Text, blank = tidy(r.Text, blank)
		out = AppendRun(out, r)
	}
	for len(out) > 0 {
		last := &out[len(out)-1]
		if last.Text = strings.TrimRight(last.Text, " \n"); last.Text != "" {
			break
		}
		out = out[:len(out)-1]
	}
	return out
}

// tidy tells whether the text ends in a blank; lead says that one stands
// before it.
func tidy(s string, lead bool) (string, bool) {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n':
			text := strings.TrimSuffix(b.String(), " ")
			if len(text) < b.Len() {
				b.Reset()
				b.WriteString(text)
			}
			b.WriteByte('\n')
			lead = true
		case isBlank(r):
			if !lead {
				b.WriteByte(' ')
			}
			lead = true
		case r < ' ' || r == 0x7f || r == '\u00ad' || r == '\u200b' || r == '\ufeff':
			// Control signs and those that are never seen.
		default:
			b.WriteRune(r)
			lead = false
		}
	}
	return b.String(), lead
}

func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\r' || r == '\f' || r == '\v' || r == '\u00a0' || r >= '\u2000' && r <= '\u200a' || r == '\u202f' || r == '\u3000'
}

// empty says that the block shows nothing. A picture shows itself.
func (b *Block) empty() bool {
	if b.Type == Picture {
		return false
	}
	if len(b.Rows) > 0 {
		return false
	}
	return b.Label == "" && strings.TrimSpace(PlainText(b.Text)) == ""
}

// size is about how many bytes the block takes as a record.
func (b *Block) size() int {
	n := 8 + len(b.Label) + runsSize(b.Text)
	for i := range b.Rows {
		n += b.Rows[i].size()
	}
	return n
}

func (r *FlowRow) size() int {
	n := 2
	for i := range r.Cells {
		n += 3 + runsSize(r.Cells[i].Text)
	}
	return n
}

func runsSize(text []Run) int {
	n := 0
	for i := range text {
		n += 4 + len(text[i].Text) + len(text[i].Link)
	}
	return n
}
