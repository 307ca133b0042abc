package document

// marks writes what a page says beside its text: drawings, links, fields of a
// form, and its structure.
func (w *recordWriter) marks(p *Page) {
	w.uint(len(p.Drawings))
	for _, d := range p.Drawings {
		w.box(d.Box)
		w.uint(d.Paths)
	}
	w.uint(len(p.Links))
	for i := range p.Links {
		l := &p.Links[i]
		w.box(l.Box)
		w.string(l.URI)
		w.uint(l.Page)
	}
	w.uint(len(p.Fields))
	for i := range p.Fields {
		f := &p.Fields[i]
		w.box(f.Box)
		w.string(string(f.Kind))
		w.string(f.Name)
		w.string(f.Label)
		w.string(f.Value)
		w.flags(f.Checked)
	}
	w.uint(len(p.Tags))
	for i := range p.Tags {
		t := &p.Tags[i]
		w.string(t.Role)
		w.uint(t.Parent)
		w.uint(t.Rows)
		w.uint(t.Columns)
		w.string(t.Alt)
	}
}

// The fewest bytes of an entry of each list.
const (
	minDrawing = minBox + 1
	minLink    = minBox + 2
	minField   = minBox + 5
	minTag     = 5
)

// marks reads what recordWriter.marks wrote, and refuses references to what is
// not there.
func (r *recordReader) marks(p *Page) {
	p.Drawings = list(r, minDrawing, func() Drawing { return Drawing{Box: r.box(), Paths: r.uint(reach)} })
	p.Links = list(r, minLink, func() Link { return Link{Box: r.box(), URI: r.string(), Page: r.uint(reach)} })
	p.Fields = list(r, minField, func() Field {
		f := Field{Box: r.box(), Kind: FieldKind(r.string()), Name: r.string(), Label: r.string(), Value: r.string()}
		f.Checked = r.flags(1)&1 != 0
		return f
	})
	number := 0
	p.Tags = list(r, minTag, func() Tag {
		number++
		return Tag{Role: r.string(), Parent: r.uint(number - 1), Rows: r.uint(maxSpan), Columns: r.uint(maxSpan), Alt: r.string()}
	})
	for i := range p.Words {
		if w := &p.Words[i]; w.Tag > len(p.Tags) || w.Link > len(p.Links) {
			r.fail("a word of element %d of %d and link %d of %d", w.Tag, len(p.Tags), w.Link, len(p.Links))
		}
	}
	for i := range p.Images {
		if p.Images[i].Tag > len(p.Tags) {
			r.fail("an image of element %d of %d", p.Images[i].Tag, len(p.Tags))
		}
	}
}
