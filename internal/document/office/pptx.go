package office

import (
	"errors"
	"fmt"
	"strings"

	"docket/internal/document"
)

// pptx reads one presentation.
type pptx struct {
	*archive
	w       *document.FlowWriter
	layouts map[string]*sheetStyle // by part
	titled  bool
}

// ReadPPTX reads a presentation, a page for each slide in the order in which
// they are shown, with its notes at the end. Hidden slides are left out with a
// warning. Errors are of code FileCorrupted or ResourceLimit.
func ReadPPTX(data []byte, limits document.Limits, w *document.FlowWriter) (document.Info, error) {
	info := document.Info{Format: document.FormatPPTX, MIME: "application/vnd.openxmlformats-officedocument.presentationml.presentation"}
	a, err := openArchive(data, "PPTX", limits)
	if err != nil {
		return info, err
	}
	a.properties(&info)
	p := &pptx{archive: a, w: w, layouts: map[string]*sheetStyle{}}
	if err := p.read(); err != nil {
		return info, asCorrupted("PPTX", err)
	}
	return info, nil
}

func (p *pptx) read() error {
	main, err := p.mainPart("ppt/presentation.xml")
	if err != nil {
		return err
	}
	root, err := p.part(main)
	if err != nil {
		return err
	}
	relations, err := p.relations(main)
	if err != nil {
		return err
	}
	var list []*node
	root.child("sldIdLst").find("sldId", func(n *node) { list = append(list, n) })
	shown, hidden := 0, 0
	for _, n := range list {
		r, ok := relations[n.relation("id")]
		if !ok || r.external {
			continue
		}
		slide, err := p.part(r.target)
		if errors.Is(err, errMissing) {
			p.w.Warn("a slide is missing from the file")
			continue
		}
		if err != nil {
			return err
		}
		if show := slide.attr("show"); show == "0" || show == "false" {
			hidden++
			continue
		}
		if shown > 0 {
			p.w.Break()
		}
		shown++
		if err := p.slide(r.target, slide); err != nil {
			return err
		}
	}
	if hidden > 0 {
		p.w.Warn(fmt.Sprintf("hidden slides were left out: %d", hidden))
	}
	return nil
}

// slide reads one slide: its title, its shapes, its notes.
func (p *pptx) slide(part string, root *node) error {
	relations, err := p.relations(part)
	if err != nil {
		return err
	}
	s := &slide{p: p, relations: relations, titled: &p.titled}
	if s.style, err = p.styleOf(relations, "slideLayout", 0); err != nil {
		return err
	}
	shapes := flatten(root.path("cSld", "spTree"))
	for _, shape := range shapes {
		if isTitle(shape) {
			s.shape(shape)
		}
	}
	for _, shape := range shapes {
		if !isTitle(shape) {
			s.shape(shape)
		}
	}
	return p.notes(relations)
}

// notes reads what the speaker has written to a slide.
func (p *pptx) notes(relations map[string]relation) error {
	for _, r := range relations {
		if r.kind != "notesSlide" || !p.has(r.target) {
			continue
		}
		root, err := p.part(r.target)
		if err != nil {
			return err
		}
		for _, shape := range flatten(root.path("cSld", "spTree")) {
			if placeholder(shape).attr("type") != "body" {
				continue
			}
			s := &slide{p: p, titled: new(bool)}
			for _, b := range s.paragraphs(shape.child("txBody"), nil) {
				b.Type, b.Label = document.Footnote, ""
				p.w.Block(b)
			}
		}
	}
	return nil
}

// flatten gives the shapes of a tree in order, those of groups in their place.
func flatten(tree *node) []*node {
	var all []*node
	if tree == nil {
		return nil
	}
	for _, c := range tree.children {
		switch c.name {
		case "sp", "graphicFrame", "pic", "cxnSp":
			if !hiddenShape(c) {
				all = append(all, c)
			}
		case "grpSp":
			if !hiddenShape(c) {
				all = append(all, flatten(c)...)
			}
		case "AlternateContent":
			if form := alternative(c); form != nil {
				all = append(all, flatten(form)...)
			}
		}
	}
	return all
}

// properties are the names and kind of a shape.
func properties(shape *node) *node {
	if shape == nil {
		return nil
	}
	for _, c := range shape.children {
		if strings.HasPrefix(c.name, "nv") {
			return c
		}
	}
	return nil
}

func hiddenShape(shape *node) bool {
	v := properties(shape).child("cNvPr").attr("hidden")
	return v == "1" || v == "true"
}

// placeholder is the mark of a shape that the layout has a place for, or nil.
func placeholder(shape *node) *node { return properties(shape).path("nvPr", "ph") }

func isTitle(shape *node) bool {
	kind := placeholder(shape).attr("type")
	return kind == "title" || kind == "ctrTitle"
}

// sheetStyle is what a layout or master says of the lists in its places.
type sheetStyle struct {
	places []*node // the shapes that are placeholders
	text   *node   // txStyles of a master
	base   *sheetStyle
}

// maxLayouts is how many layouts may build on each other.
const maxLayouts = 4

func (p *pptx) styleOf(relations map[string]relation, kind string, depth int) (*sheetStyle, error) {
	for _, r := range relations {
		if r.kind != kind || !p.has(r.target) || depth > maxLayouts {
			continue
		}
		if s, ok := p.layouts[r.target]; ok {
			return s, nil
		}
		root, err := p.part(r.target)
		if err != nil {
			return nil, err
		}
		s := &sheetStyle{text: root.child("txStyles")}
		for _, shape := range flatten(root.path("cSld", "spTree")) {
			if placeholder(shape) != nil {
				s.places = append(s.places, shape)
			}
		}
		below, err := p.relations(r.target)
		if err != nil {
			return nil, err
		}
		if s.base, err = p.styleOf(below, "slideMaster", depth+1); err != nil {
			return nil, err
		}
		p.layouts[r.target] = s
		return s, nil
	}
	return nil, nil
}
