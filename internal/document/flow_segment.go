package document

import (
	"html"
	"strconv"
	"strings"
)

// segments yields the segments of a flow; linked says whether lines have the
// link that they lead to.
func (f *Flow) segments(linked bool, yield func(Segment) bool) bool {
	l := f.lay()
	for i := range f.Blocks {
		b, at := &f.Blocks[i], &l.places[i]
		s := Segment{
			SegmentType: b.Type,
			Content:     b.content(),
			HTML:        b.html(),
			Markdown:    b.markdown(),
			PageNumber:  f.Number,
			PageWidth:   pixels(l.page.Width),
			PageHeight:  pixels(l.page.Height),
			BBox:        rectangle(at.box, Box{}),
			OCR:         make([]OCRResult, len(at.lines)),
		}
		for n, line := range at.lines {
			s.OCR[n] = OCRResult{Text: line.text, BBox: rectangle(line.box, at.box)}
			if linked && len(line.links) > 0 {
				s.OCR[n].Link = line.links[0].link
			}
		}
		s.SegmentID = positionID("segment", f.Number, i, s.Content)
		if !yield(s) {
			return false
		}
	}
	return true
}

// content is the block's plain text: a list item's number but not its bullet,
// the rows of a table as lines with tabs between the cells.
func (b *Block) content() string {
	if b.Type == TableSegment {
		var rows []string
		for _, row := range newFlowGrid(b.Rows).texts(PlainText) {
			for i := range row {
				row[i] = onOneLine(row[i])
			}
			rows = append(rows, strings.TrimRight(strings.Join(row, "\t"), "\t"))
		}
		return strings.Join(rows, "\n")
	}
	text := PlainText(b.Text)
	if b.Label != "" {
		return strings.TrimRight(b.Label+" "+text, " ")
	}
	return text
}

func onOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// number is n for a list item labelled "n." or "n)".
func (b *Block) number() (string, bool) {
	digits := strings.TrimRight(b.Label, ".)")
	n, err := strconv.Atoi(digits)
	return digits, err == nil && n >= 0 && len(digits) <= 9 && len(b.Label) == len(digits)+1
}

func (b *Block) html() string {
	text := htmlRuns(b.Text)
	if _, plain := b.number(); b.Label != "" && (b.Type != ListItem || !plain) {
		text = strings.TrimRight(html.EscapeString(b.Label)+" "+text, " ")
	}
	switch {
	case b.Type == Title:
		return "<h1>" + text + "</h1>"
	case b.Type == SectionHeader:
		h := "h" + strconv.Itoa(min(max(b.Level, 1), 6))
		return "<" + h + ">" + text + "</" + h + ">"
	case b.Type == ListItem:
		return b.htmlItem(text)
	case b.Type == TableSegment:
		return b.htmlTable()
	case b.Type == Picture:
		return "<figure>" + text + "</figure>"
	case b.Code:
		return "<pre><code>" + html.EscapeString(PlainText(b.Text)) + "</code></pre>"
	}
	return "<p>" + text + "</p>"
}

// htmlItem is a list of the one item, inside as many others as it lies deep;
// WriteHTML joins it with the next.
func (b *Block) htmlItem(text string) string {
	open, end := "<ul>", "</ul>"
	if n, ok := b.number(); ok {
		open, end = `<ol start="`+n+`">`, "</ol>"
	}
	s := open + "<li>" + text + "</li>" + end
	for range min(b.Level, 8) {
		s = "<ul><li>" + s + "</li></ul>"
	}
	return s
}

func (b *Block) htmlTable() string {
	var s strings.Builder
	s.WriteString("<table>")
	part := ""
	for i := range b.Rows {
		next, tag := "tbody", "td"
		if b.Rows[i].Header {
			next, tag = "thead", "th"
		}
		if next != part {
			if part != "" {
				s.WriteString("</" + part + ">")
			}
			s.WriteString("<" + next + ">")
			part = next
		}
		s.WriteString("<tr>")
		for n := range b.Rows[i].Cells {
			b.Rows[i].Cells[n].html(&s, tag)
		}
		s.WriteString("</tr>")
	}
	if part != "" {
		s.WriteString("</" + part + ">")
	}
	s.WriteString("</table>")
	return s.String()
}

func (c *FlowCell) html(s *strings.Builder, tag string) {
	s.WriteString("<" + tag)
	if c.Columns > 1 {
		s.WriteString(` colspan="` + strconv.Itoa(c.Columns) + `"`)
	}
	if c.Rows > 1 {
		s.WriteString(` rowspan="` + strconv.Itoa(c.Rows) + `"`)
	}
	s.WriteString(">" + htmlRuns(c.Text) + "</" + tag + ">")
}

func htmlRuns(text []Run) string {
	var s strings.Builder
	for _, r := range text {
		t := strings.ReplaceAll(html.EscapeString(r.Text), "\n", "<br>")
		if r.Math {
			t = `\(` + t + `\)`
		}
		for _, look := range []struct {
			on  bool
			tag string
		}{{r.Code, "code"}, {r.Strike, "s"}, {r.Italic, "em"}, {r.Bold, "strong"}} {
			if look.on {
				t = "<" + look.tag + ">" + t + "</" + look.tag + ">"
			}
		}
		if r.Link != "" && harmless(r.Link) {
			t = `<a href="` + html.EscapeString(r.Link) + `">` + t + "</a>"
		}
		s.WriteString(t)
	}
	return s.String()
}

// harmless refuses addresses that run as programs where they are shown.
func harmless(link string) bool {
	scheme, _, ok := strings.Cut(link, ":")
	if !ok || strings.ContainsAny(scheme, "/?#") {
		return true // relative
	}
	switch strings.ToLower(strings.TrimSpace(scheme)) {
	case "http", "https", "mailto", "tel", "ftp":
		return true
	}
	return false
}
