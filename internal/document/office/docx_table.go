package office

import (
	"docket/internal/document"
)

// table reads a table. One of a single cell is a frame around its content.
func (d *docx) table(n *node) {
	rows := tableRows(n)
	if len(rows) == 1 {
		if cells := tableCells(rows[0]); len(cells) == 1 {
			d.elements(cells[0])
			return
		}
	}
	t := &merger{open: map[int]place{}}
	firstRow := n.child("tblPr").child("tblLook")
	for i, row := range rows {
		props := row.child("trPr")
		t.begin(props.on("tblHeader") || i == 0 && (firstRow.attr("firstRow") != "0" || firstRow == nil))
		t.skip(number(props.val("gridBefore"), 0))
		for _, cell := range tableCells(row) {
			p := cell.child("tcPr")
			merge := p.child("vMerge")
			wide := max(number(p.val("gridSpan"), 1), 1)
			if merge != nil && merge.attr("val") != "restart" && t.grow(wide) {
				continue
			}
			t.cell(document.FlowCell{Text: d.cell(cell), Columns: wide, Rows: 1}, merge != nil)
		}
		t.skip(number(props.val("gridAfter"), 0))
	}
	d.block(document.Block{Type: document.TableSegment, Rows: t.rows})
	after := d.after
	d.after = nil
	for _, b := range after {
		d.block(b)
	}
}

// cell reads a cell; pictures inside come after the table.
func (d *docx) cell(n *node) []document.Run {
	var text []document.Run
	for _, b := range d.blocksIn(n) {
		if b.Type == document.Picture {
			d.after = append(d.after, b)
			continue
		}
		text = appendBlock(text, b)
	}
	return document.TidyRuns(text)
}

// tableRows are the rows, also those inside content controls.
func tableRows(n *node) []*node {
	var rows []*node
	for _, c := range n.children {
		switch c.name {
		case "tr":
			if c.child("trPr").child("del") == nil { // a row whose deletion is tracked
				rows = append(rows, c)
			}
		case "sdt":
			if content := c.child("sdtContent"); content != nil {
				rows = append(rows, tableRows(content)...)
			}
		case "customXml", "ins":
			rows = append(rows, tableRows(c)...)
		}
	}
	return rows
}

func tableCells(row *node) []*node {
	var cells []*node
	for _, c := range row.children {
		switch c.name {
		case "tc":
			cells = append(cells, c)
		case "sdt":
			if content := c.child("sdtContent"); content != nil {
				cells = append(cells, tableCells(content)...)
			}
		case "customXml":
			cells = append(cells, tableCells(c)...)
		}
	}
	return cells
}

// merger builds rows whose cells may be merged downwards.
type merger struct {
	rows []document.FlowRow
	at   int // the column of the next cell
	open map[int]place
}

// place is where a cell that may grow downwards stands.
type place struct{ row, cell, wide int }

// maxTableColumns bounds what a row may say it leaves free.
const maxTableColumns = 1000

func (m *merger) begin(header bool) {
	m.rows = append(m.rows, document.FlowRow{Header: header})
	m.at = 0
}

// skip leaves columns free.
func (m *merger) skip(n int) {
	for range min(n, maxTableColumns) {
		m.cell(document.FlowCell{Columns: 1, Rows: 1}, false)
	}
}

func (m *merger) cell(c document.FlowCell, grows bool) {
	row := len(m.rows) - 1
	delete(m.open, m.at)
	if grows {
		m.open[m.at] = place{row, len(m.rows[row].Cells), c.Columns}
	}
	m.rows[row].Cells = append(m.rows[row].Cells, c)
	m.at += c.Columns
}

// grow makes the cell above one row taller, and says whether there is one.
func (m *merger) grow(wide int) bool {
	p, ok := m.open[m.at]
	if !ok || p.wide != wide {
		return false
	}
	c := &m.rows[p.row].Cells[p.cell]
	if p.row+c.Rows != len(m.rows)-1 {
		return false
	}
	c.Rows++
	m.at += wide
	return true
}
