package office

import (
	"strconv"
	"strings"

	"docket/internal/document"
)

// slide is the state of reading one slide.
type slide struct {
	p         *pptx
	relations map[string]relation
	style     *sheetStyle
	titled    *bool // the presentation has its title
}

func (s *slide) shape(n *node) {
	switch n.name {
	case "pic":
		props := properties(n).child("cNvPr")
		s.p.w.Block(document.Block{Type: document.Picture, Text: description(props.attr("descr"), props.attr("title"))})
	case "graphicFrame":
		s.graphic(n)
	default:
		s.text(n)
	}
}

// text reads a shape with text by the place that it fills.
func (s *slide) text(n *node) {
	blocks := s.paragraphs(n.child("txBody"), n)
	kind := placeholder(n).attr("type")
	switch kind {
	case "title", "ctrTitle":
		var text []document.Run
		for _, b := range blocks {
			text = appendBlock(text, b)
		}
		title := document.Block{Type: document.SectionHeader, Level: 1, Text: document.TidyRuns(text)}
		if len(title.Text) > 0 && !*s.titled {
			title.Type, *s.titled = document.Title, true
		}
		s.p.w.Block(title)
		return
	case "ftr", "sldNum", "dt", "hdr":
		for i := range blocks {
			blocks[i].Type = document.PageFooter
			if kind == "hdr" {
				blocks[i].Type = document.PageHeader
			}
		}
	}
	for _, b := range blocks {
		s.p.w.Block(b)
	}
}

// graphic reads a table, a chart or a diagram.
func (s *slide) graphic(n *node) {
	data := n.path("graphic", "graphicData")
	switch {
	case data.child("tbl") != nil:
		s.table(data.child("tbl"))
	case data.child("chart") != nil:
		if r, ok := s.relations[data.child("chart").relation("id")]; ok {
			s.blocks(s.p.chart(r.target))
		}
	case data.child("relIds") != nil:
		if r, ok := s.relations[data.child("relIds").relation("dm")]; ok {
			s.blocks(s.p.diagram(r.target))
		}
	default:
		data.find("pic", func(pic *node) { s.shape(pic) })
	}
}

func (s *slide) blocks(all []document.Block) {
	for _, b := range all {
		s.p.w.Block(b)
	}
}

func (s *slide) table(n *node) {
	firstRow := n.child("tblPr").attr("firstRow")
	var rows []document.FlowRow
	n.find("tr", func(tr *node) {
		row := document.FlowRow{Header: len(rows) == 0 && (firstRow == "1" || firstRow == "true" || firstRow == "")}
		tr.find("tc", func(tc *node) {
			if tc.attr("hMerge") != "" && tc.attr("hMerge") != "0" || tc.attr("vMerge") != "" && tc.attr("vMerge") != "0" {
				return
			}
			var text []document.Run
			for _, b := range s.paragraphs(tc.child("txBody"), nil) {
				text = appendBlock(text, b)
			}
			row.Cells = append(row.Cells, document.FlowCell{
				Text: document.TidyRuns(text), Columns: number(tc.attr("gridSpan"), 1), Rows: number(tc.attr("rowSpan"), 1),
			})
		})
		rows = append(rows, row)
	})
	s.p.w.Block(document.Block{Type: document.TableSegment, Rows: rows})
}

// paragraphs reads a body of text; shape is where it stands, or nil.
func (s *slide) paragraphs(body, shape *node) []document.Block {
	if body == nil {
		return nil
	}
	var blocks []document.Block
	counts := map[int]int{}
	for _, p := range body.children {
		if p.name != "p" {
			continue
		}
		text := document.TidyRuns(s.runs(p))
		if len(text) == 0 {
			continue
		}
		level := min(max(number(p.child("pPr").attr("lvl"), 0), 0), 8)
		b := document.Block{Type: document.Text, Text: text}
		mark := s.mark(p.child("pPr"), body, shape, level)
		for deeper := range counts {
			if deeper > level || deeper == level && mark.name != "buAutoNum" {
				delete(counts, deeper)
			}
		}
		switch mark.name {
		case "buChar", "buBlip":
			b.Type, b.Level = document.ListItem, level
		case "buAutoNum":
			if counts[level] == 0 {
				counts[level] = number(mark.attr("startAt"), 1) - 1
			}
			counts[level]++
			b.Type, b.Level, b.Label = document.ListItem, level, autoNumber(mark.attr("type"), counts[level])
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// mark is the element that says how a paragraph is marked as an item: its own,
// its shape's, or that of the place that the shape fills.
func (s *slide) mark(props, body, shape *node, level int) *node {
	name := "lvl" + strconv.Itoa(level+1) + "pPr"
	for _, from := range append([]*node{props, body.child("lstStyle").child(name)}, s.inherited(shape, name)...) {
		for _, kind := range []string{"buNone", "buChar", "buAutoNum", "buBlip"} {
			if m := from.child(kind); m != nil {
				return m
			}
		}
	}
	return &node{}
}

// inherited are the properties of the level in the layout and its master.
func (s *slide) inherited(shape *node, name string) []*node {
	ph := placeholder(shape)
	if ph == nil {
		return nil
	}
	kind, index := ph.attr("type"), ph.attr("idx")
	var all []*node
	for style := s.style; style != nil; style = style.base {
		for _, place := range style.places {
			other := placeholder(place)
			if index != "" && other.attr("idx") == index || other.attr("type") == kind && (kind != "" || index == "") {
				all = append(all, place.path("txBody", "lstStyle", name))
				break
			}
		}
		switch kind {
		case "", "body", "obj", "subTitle":
			all = append(all, style.text.path("bodyStyle", name))
		}
	}
	return all
}

func (s *slide) runs(p *node) []document.Run {
	var text []document.Run
	for _, c := range p.children {
		switch c.name {
		case "r", "fld":
			props := c.child("rPr")
			r := document.Run{
				Bold: isOn(props.attr("b")), Italic: isOn(props.attr("i")),
				Strike: strings.HasSuffix(props.attr("strike"), "Strike") && props.attr("strike") != "noStrike",
			}
			if t := c.child("t"); t != nil {
				r.Text = strings.ReplaceAll(t.text, "\v", "\n")
			}
			if target, ok := s.relations[props.child("hlinkClick").relation("id")]; ok && target.external {
				r.Link = target.target
			}
			text = document.AppendRun(text, r)
		case "br":
			text = document.AppendRun(text, document.Run{Text: "\n"})
		case "m", "AlternateContent":
			c.find("oMath", func(m *node) { text = document.AppendRun(text, document.Run{Text: formula(m), Math: true}) })
		}
	}
	return text
}

func isOn(v string) bool { return v == "1" || v == "true" }

// autoNumber spells a number as its type says, e.g. "alphaLcParenR".
func autoNumber(kind string, n int) string {
	text := strconv.Itoa(n)
	switch {
	case strings.HasPrefix(kind, "alphaLc"):
		text = letter(n)
	case strings.HasPrefix(kind, "alphaUc"):
		text = strings.ToUpper(letter(n))
	case strings.HasPrefix(kind, "romanLc"):
		text = roman(n)
	case strings.HasPrefix(kind, "romanUc"):
		text = strings.ToUpper(roman(n))
	}
	switch {
	case strings.HasSuffix(kind, "ParenBoth"):
		return "(" + text + ")"
	case strings.HasSuffix(kind, "ParenR"):
		return text + ")"
	case strings.HasSuffix(kind, "Plain"):
		return text
	}
	return text + "."
}
