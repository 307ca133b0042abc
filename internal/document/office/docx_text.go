package office

import (
	"fmt"
	"strings"

	"docket/internal/document"
)

// inline reads the runs of one paragraph.
type inline struct {
	d      *docx
	text   []document.Run
	link   string
	fields []field
	math   bool // it has formulas
	words  bool // and other text
}

// field is a computed text, such as a link or a page number. Between its
// begin and its separator stands how it is computed, then what came out.
type field struct {
	code   strings.Builder
	result bool
	link   string // of the text around the field
}

func (d *docx) paragraph(p *node) {
	props := p.child("pPr")
	if props.on("pageBreakBefore") {
		d.breaks = true
	}
	in := &inline{d: d}
	in.children(p)
	after := d.after
	d.after = nil
	d.write(props, in)
	for _, b := range after {
		d.block(b)
	}
	if s := props.child("sectPr"); s != nil && s.val("type") != "continuous" {
		d.breaks = true
	}
}

// write writes the paragraph as what its style and numbering make it.
func (d *docx) write(props *node, in *inline) {
	r := d.role(props)
	if r.code {
		d.code = append(d.code, strings.TrimRight(document.PlainText(in.text), " "))
		return
	}
	d.endCode()
	b := document.Block{Type: document.Text, Text: document.TidyRuns(in.text)}
	if len(b.Text) == 0 {
		return
	}
	label, level, listed := d.item(props)
	switch {
	case r.title && !d.titled:
		b.Type, d.titled = document.Title, true
	case r.heading > 0:
		b.Type, b.Level, b.Label = document.SectionHeader, min(r.heading+1, 6), label
	case listed:
		b.Type, b.Level, b.Label = document.ListItem, level, label
	case r.caption:
		b.Type = document.Caption
	case r.note:
		b.Type = document.Footnote
	case in.math && !in.words:
		b.Type = document.Formula
	}
	d.block(b)
}

// item counts the paragraph if it is one of a list.
func (d *docx) item(props *node) (label string, level int, listed bool) {
	id, depth := props.child("numPr").val("numId"), props.child("numPr").val("ilvl")
	lookup(d.styles, props.val("pStyle"), func(s *style) bool {
		if id == "" {
			id = s.numID
		}
		if depth == "" && s.numID != "" {
			depth = s.level
		}
		return id != ""
	})
	level = number(depth, 0)
	label, listed = d.numbering.item(id, level)
	return label, level, listed
}

func (in *inline) children(n *node) {
	if n == nil {
		return
	}
	for _, c := range n.children {
		in.element(c)
	}
}

func (in *inline) element(n *node) {
	switch n.name {
	case "r":
		in.run(n)
	case "hyperlink":
		before := in.link
		if r, ok := in.d.relations[n.relation("id")]; ok && r.external {
			in.link = r.target
		}
		in.children(n)
		in.link = before
	case "ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo":
		in.children(n)
	case "sdt":
		in.children(n.child("sdtContent"))
	case "AlternateContent":
		in.children(alternative(n))
	case "oMath":
		in.math = true
		in.add(document.Run{Text: formula(n), Math: true})
	case "oMathPara":
		in.math = true
		n.find("oMath", func(m *node) { in.add(document.Run{Text: formula(m), Math: true}) })
	}
}

// run reads text of one look.
func (in *inline) run(n *node) {
	props := n.child("rPr")
	if props.on("vanish") || props.on("webHidden") {
		return
	}
	look := document.Run{
		Bold: props.on("b"), Italic: props.on("i"), Strike: props.on("strike") || props.on("dstrike"), Link: in.link,
	}
	for _, c := range n.children {
		in.piece(c, look)
	}
}

func (in *inline) piece(c *node, look document.Run) {
	switch c.name {
	case "t":
		look.Text = strings.ReplaceAll(c.text, "\n", " ")
	case "tab", "ptab":
		look.Text = "\t"
	case "noBreakHyphen":
		look.Text = "-"
	case "cr":
		look.Text = "\n"
	case "br":
		if c.attr("type") == "page" {
			in.pageBreak()
			return
		}
		look.Text = "\n"
	case "lastRenderedPageBreak":
		in.pageBreak()
		return
	case "sym":
		look.Text = symbol(c)
	case "fldChar":
		in.fieldMark(c.attr("fldCharType"))
		return
	case "instrText":
		if n := len(in.fields); n > 0 {
			in.fields[n-1].code.WriteString(c.text)
		}
		return
	case "footnoteReference", "endnoteReference":
		look.Text = in.d.note(strings.TrimSuffix(c.name, "Reference") + c.attr("id"))
	case "drawing", "pict", "object":
		in.d.drawing(c)
		return
	case "AlternateContent":
		if form := alternative(c); form != nil {
			for _, inner := range form.children {
				in.piece(inner, look)
			}
		}
		return
	case "ruby":
		in.children(c.child("rubyBase"))
		return
	}
	in.add(look)
}

func (in *inline) add(r document.Run) {
	if n := len(in.fields); n > 0 && !in.fields[n-1].result {
		return // how a field is computed is not shown
	}
	if r.Text != "" {
		in.words = in.words || !r.Math && strings.TrimSpace(r.Text) != ""
		in.text = document.AppendRun(in.text, r)
	}
}

// pageBreak ends the page before the paragraph when nothing of it was read
// yet, and after it otherwise: paragraphs are not torn.
func (in *inline) pageBreak() { in.d.breaks = true }

// fieldMark begins, parts or ends a field.
func (in *inline) fieldMark(kind string) {
	n := len(in.fields)
	switch {
	case kind == "begin":
		in.fields = append(in.fields, field{link: in.link})
	case n == 0:
	case kind == "separate":
		f := &in.fields[n-1]
		f.result = true
		if words := strings.Fields(f.code.String()); len(words) >= 2 && words[0] == "HYPERLINK" && strings.HasPrefix(words[1], `"`) {
			in.link = strings.Trim(words[1], `"`)
		}
	case kind == "end":
		in.link = in.fields[n-1].link
		in.fields = in.fields[:n-1]
	}
}

// symbol is a sign out of a font of symbols, whose letters are not what they
// are elsewhere; only those that fonts agree on are told.
func symbol(c *node) string {
	var code rune
	if _, err := fmt.Sscanf(c.attr("char"), "%x", &code); err != nil {
		return ""
	}
	switch code & 0xff {
	case 0xfe, 0x52:
		return "☑"
	case 0xa8, 0x6f, 0x71:
		return "☐"
	case 0xfc:
		return "✓"
	case 0xfb:
		return "✗"
	case 0xb7, 0x6c, 0xa7, 0x6e:
		return "•"
	case 0xe0:
		return "→"
	}
	if code < 0xf000 {
		return string(code)
	}
	return ""
}

// note keeps the text of a note for the end of the page and gives its mark.
func (d *docx) note(key string) string {
	n := d.notes[key]
	if n == nil {
		return ""
	}
	delete(d.notes, key)
	d.count++
	mark := fmt.Sprintf("[%d]", d.count)
	text := d.textIn(n)
	d.noted = append(d.noted, document.Block{Type: document.Footnote, Label: mark, Text: text})
	return mark
}
