package office

import (
	"strings"

	"docket/internal/document"
)

// maxPoints bounds the points of a chart that are shown as a table.
const maxPoints = 1000

// chart reads a chart: a picture, its title and kind, and its values as a table. A
// chart that cannot be read is a picture of which nothing is known.
func (a *archive) chart(part string) []document.Block {
	root, err := a.part(part)
	if err != nil {
		return []document.Block{{Type: document.Picture}}
	}
	chart := root.child("chart")
	blocks := []document.Block{{Type: document.Picture}}
	var captions []string
	if title := gather(chart.child("title")); title != "" {
		captions = append(captions, title)
	}
	if kind := chartKind(chart.child("plotArea")); kind != "" {
		captions = append(captions, kind)
	}
	blocks = append(blocks, document.Block{Type: document.Caption, Text: document.TidyRuns(document.PlainRun(strings.Join(captions, "\n")))})
	var rows []document.FlowRow
	chart.child("plotArea").find("ser", func(s *node) { rows = addSeries(rows, s) })
	if len(rows) > 1 {
		blocks = append(blocks, document.Block{Type: document.TableSegment, Rows: rows})
	}
	return blocks
}

// chartKind is what the values are drawn as, e.g. "Line chart".
func chartKind(area *node) string {
	if area == nil {
		return ""
	}
	for _, c := range area.children {
		if name, ok := strings.CutSuffix(c.name, "Chart"); ok && name != "" {
			return strings.ToUpper(name[:1]) + strings.TrimSuffix(name[1:], "3D") + " chart"
		}
	}
	return ""
}

// addSeries adds the values of a series as a column; the first brings its
// categories along.
func addSeries(rows []document.FlowRow, s *node) []document.FlowRow {
	category := s.child("cat")
	if category == nil {
		category = s.child("xVal")
	}
	value := s.child("val")
	if value == nil {
		value = s.child("yVal")
	}
	names, values := cached(category), cached(value)
	if len(rows) == 0 {
		rows = append(rows, document.FlowRow{Header: true, Cells: []document.FlowCell{{}}})
		for i := range max(len(names), len(values)) {
			name := ""
			if i < len(names) {
				name = names[i]
			}
			rows = append(rows, document.FlowRow{Cells: []document.FlowCell{{Text: document.PlainRun(name)}}})
		}
	}
	rows[0].Cells = append(rows[0].Cells, document.FlowCell{Text: document.PlainRun(strings.Join(cached(s.child("tx")), " "))})
	for i := range rows[1:] {
		text := ""
		if i < len(values) {
			text = values[i]
		}
		rows[i+1].Cells = append(rows[i+1].Cells, document.FlowCell{Text: document.PlainRun(text)})
	}
	return rows
}

// cached are the values that the chart was last drawn with.
func cached(n *node) []string {
	var all []string
	n.find("pt", func(p *node) {
		i := number(p.attr("idx"), len(all))
		if i < 0 || i >= maxPoints {
			return
		}
		for len(all) <= i {
			all = append(all, "")
		}
		if v := p.child("v"); v != nil {
			all[i] = v.text
		}
	})
	if len(all) == 0 && n.child("v") != nil {
		all = append(all, n.child("v").text)
	}
	return all
}

// gather is all text of a drawing, paragraphs apart by a line's end.
func gather(n *node) string {
	var lines []string
	n.find("p", func(p *node) {
		var line strings.Builder
		p.find("t", func(t *node) { line.WriteString(t.text) })
		if line.Len() > 0 {
			lines = append(lines, line.String())
		}
	})
	return strings.Join(lines, "\n")
}

// diagram reads the points of a SmartArt drawing as items of a list.
func (a *archive) diagram(part string) []document.Block {
	root, err := a.part(part)
	if err != nil {
		return nil
	}
	var blocks []document.Block
	root.child("ptLst").find("pt", func(p *node) {
		switch p.attr("type") {
		case "", "node", "asst":
			if text := gather(p.child("t")); text != "" {
				blocks = append(blocks, document.Block{Type: document.ListItem, Text: document.TidyRuns(document.PlainRun(text))})
			}
		}
	})
	return blocks
}
