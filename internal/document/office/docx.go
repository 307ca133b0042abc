package office

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"docket/internal/document"
)

// docx reads one Word document.
type docx struct {
	*archive
	w         *document.FlowWriter
	dir       string // of the main part
	relations map[string]relation
	styles    map[string]*style
	numbering *numbering
	notes     map[string]*node // footnotes and endnotes by kind and id
	noted     []document.Block // those of this page
	count     int              // of notes so far

	breaks bool             // a page ends before the next block
	wrote  bool             // a block, since the last break
	code   []string         // lines of a block of code
	after  []document.Block // what hangs on the paragraph: pictures, boxes
	titled bool
}

// ReadDOCX reads a Word document. Tracked deletions, hidden text and comments
// are left out, insertions are in. Errors are of code FileCorrupted or
// ResourceLimit.
func ReadDOCX(data []byte, limits document.Limits, w *document.FlowWriter) (document.Info, error) {
	info := document.Info{Format: document.FormatDOCX, MIME: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
	a, err := openArchive(data, "DOCX", limits)
	if err != nil {
		return info, err
	}
	a.properties(&info)
	d := &docx{archive: a, w: w}
	if err := d.read(); err != nil {
		return info, asCorrupted("DOCX", err)
	}
	return info, nil
}

func (d *docx) read() error {
	main, err := d.mainPart("word/document.xml")
	if err != nil {
		return err
	}
	d.dir = main[:strings.LastIndexByte(main, '/')+1]
	if d.relations, err = d.archive.relations(main); err != nil {
		return err
	}
	if err := d.readStyles(); err != nil {
		return err
	}
	if d.notes, err = d.readNotes(); err != nil {
		return err
	}
	if err := d.margins("header", document.PageHeader); err != nil {
		return err
	}
	if err := d.body(main); err != nil {
		return err
	}
	d.endPage()
	return d.margins("footer", document.PageFooter)
}

// optional reads the part of that kind, or gives nil when there is none.
func (d *docx) optional(kind string) (*node, error) {
	for _, r := range d.relations {
		if r.kind == kind && !r.external && d.has(r.target) {
			return d.part(r.target)
		}
	}
	return nil, nil
}

func (d *docx) readStyles() error {
	styles, err := d.optional("styles")
	if err != nil {
		return err
	}
	d.styles = newStyles(styles)
	numbers, err := d.optional("numbering")
	if err != nil {
		return err
	}
	d.numbering = newNumbering(numbers, d.styles)
	return nil
}

// readNotes reads the notes; a note's separators have ids below 1.
func (d *docx) readNotes() (map[string]*node, error) {
	all := map[string]*node{}
	for _, kind := range []string{"footnote", "endnote"} {
		root, err := d.optional(kind + "s")
		if err != nil {
			return nil, err
		}
		root.find(kind, func(n *node) {
			if n.attr("type") == "" || n.attr("type") == "normal" {
				all[kind+n.attr("id")] = n
			}
		})
	}
	return all, nil
}

// margins writes the headers or the footers, each once however many pages
// have it.
func (d *docx) margins(kind string, as document.SegmentType) error {
	var parts []string
	for _, r := range d.relations {
		if r.kind == kind && !r.external && d.has(r.target) {
			parts = append(parts, r.target)
		}
	}
	slices.Sort(parts)
	seen := map[string]bool{}
	for _, part := range slices.Compact(parts) {
		root, err := d.part(part)
		if err != nil {
			return err
		}
		text := d.textIn(root)
		if plain := document.PlainText(text); plain != "" && !seen[plain] {
			seen[plain] = true
			d.w.Block(document.Block{Type: as, Text: text})
		}
	}
	return nil
}

// textIn is all text of the paragraphs inside, a line each.
func (d *docx) textIn(root *node) []document.Run {
	var text []document.Run
	for _, b := range d.blocksIn(root) {
		text = appendBlock(text, b)
	}
	return document.TidyRuns(text)
}

// appendBlock adds a block's text as a line of its own.
func appendBlock(text []document.Run, b document.Block) []document.Run {
	if b.Type == document.Picture {
		return text
	}
	if len(text) > 0 {
		text = document.AppendRun(text, document.Run{Text: "\n"})
	}
	if b.Label != "" {
		text = document.AppendRun(text, document.Run{Text: b.Label + " "})
	}
	for _, r := range b.Text {
		text = document.AppendRun(text, r)
	}
	for i, row := range b.Rows {
		if i > 0 {
			text = document.AppendRun(text, document.Run{Text: "\n"})
		}
		for n, c := range row.Cells {
			if n > 0 {
				text = document.AppendRun(text, document.Run{Text: " "})
			}
			for _, r := range c.Text {
				text = document.AppendRun(text, r)
			}
		}
	}
	return text
}

// blocksIn reads what is inside an element apart from the document: a box, a
// cell, a header.
func (d *docx) blocksIn(root *node) []document.Block {
	inner := &document.FlowWriter{Whole: true}
	sub := *d
	sub.w, sub.breaks, sub.wrote, sub.code, sub.after, sub.noted = inner, false, false, nil, nil, nil
	if root != nil {
		for _, c := range root.children {
			sub.element(c)
		}
	}
	sub.endCode()
	d.noted, d.count, d.titled = append(d.noted, sub.noted...), sub.count, sub.titled
	return slices.Collect(inner.Blocks())
}

// body reads the main part one element at a time.
func (d *docx) body(main string) (err error) {
	in, err := d.open(main)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	dec := decoder(in)
	inside := false
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) && inside {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", main, unexpectedEnd(err))
		}
		start, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case !inside:
			inside = start.Name.Local == "body"
		default:
			n, err := tree(dec, start, d.limits.XMLDepth)
			if err != nil {
				return fmt.Errorf("read %s: %w", main, err)
			}
			d.element(n)
		}
	}
}

// element reads an element among paragraphs.
func (d *docx) element(n *node) {
	switch n.name {
	case "p":
		d.paragraph(n)
	case "tbl":
		d.endCode()
		d.table(n)
	case "sdt":
		d.elements(n.child("sdtContent"))
	case "customXml", "ins", "moveTo", "smartTag":
		d.elements(n)
	case "AlternateContent":
		d.elements(alternative(n))
	case "oMathPara", "oMath":
		d.block(document.Block{Type: document.Formula, Text: []document.Run{{Text: formula(n), Math: true}}})
	}
}

func (d *docx) elements(n *node) {
	if n == nil {
		return
	}
	for _, c := range n.children {
		d.element(c)
	}
}

// alternative is the first of several forms of the same, which is the newest.
func alternative(n *node) *node {
	if c := n.child("Choice"); c != nil {
		return c
	}
	return n.child("Fallback")
}

// block writes a block, on a new page if one is due.
func (d *docx) block(b document.Block) {
	if d.breaks && d.wrote {
		d.endPage()
		d.w.Break()
		d.wrote = false
	}
	d.breaks = false
	d.w.Block(b)
	d.wrote = true
}

// endPage writes the notes that the page has.
func (d *docx) endPage() {
	d.endCode()
	for _, b := range d.noted {
		d.w.Block(b)
	}
	d.noted = nil
}

// endCode writes the lines of code that were gathered.
func (d *docx) endCode() {
	if len(d.code) == 0 {
		return
	}
	text := strings.Join(d.code, "\n")
	d.code = nil
	d.block(document.Block{Type: document.Text, Code: true, Text: document.PlainRun(text)})
}
