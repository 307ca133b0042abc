package office

import (
	"strings"

	"docket/internal/document"
)

// drawing reads what is anchored in a run: pictures, boxes of text, charts.
// They come after the paragraph.
func (d *docx) drawing(n *node) {
	alt := n.path("inline", "docPr")
	if alt == nil {
		alt = n.path("anchor", "docPr")
	}
	text := firstOf(alt.attr("descr"), alt.attr("title"))
	pictures, boxes := 0, 0
	var look func(*node)
	look = func(n *node) {
		for _, c := range n.children {
			switch c.name {
			case "blip", "imagedata":
				pictures++
			case "txbxContent":
				boxes++
				d.after = append(d.after, d.blocksIn(c)...)
			case "AlternateContent":
				if form := alternative(c); form != nil {
					look(form)
				}
			case "shape", "rect":
				text = firstOf(text, c.attr("alt"))
				look(c)
			case "chart":
				if r, ok := d.relations[c.relation("id")]; ok {
					d.after = append(d.after, d.chart(r.target)...)
				}
			case "relIds":
				if r, ok := d.relations[c.relation("dm")]; ok {
					d.after = append(d.after, d.diagram(r.target)...)
				}
			default:
				look(c)
			}
		}
	}
	look(n)
	if pictures > 0 {
		d.after = append(d.after, document.Block{Type: document.Picture, Text: description(text)})
	}
}

// description is the first text that says what a picture shows, without what
// programs that guessed it add about themselves.
func description(texts ...string) []document.Run {
	text := firstOf(texts...)
	for _, added := range []string{"AI-generated content may be incorrect.", "Description automatically generated"} {
		text = strings.ReplaceAll(text, added, "")
	}
	return document.TidyRuns(document.PlainRun(text))
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
