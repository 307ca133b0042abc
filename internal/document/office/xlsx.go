package office

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"docket/internal/document"
)

// xlsx reads one workbook. Its cells come through a library, one row at a
// time; what the library would hold a whole sheet in memory for is read here.
type xlsx struct {
	*archive
	w    *document.FlowWriter
	book *excelize.File
}

// ReadXLSX reads a workbook, a page for each sheet: its name, the tables on it
// with values as they are shown, then its charts and pictures. Hidden sheets
// are left out with a warning. Errors are of code FileCorrupted or
// ResourceLimit.
func ReadXLSX(data []byte, limits document.Limits, w *document.FlowWriter) (document.Info, error) {
	info := document.Info{Format: document.FormatXLSX, MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	a, err := openArchive(data, "XLSX", limits)
	if err != nil {
		return info, err
	}
	a.properties(&info)
	if err := a.checkAll(); err != nil {
		return info, asCorrupted("XLSX", err)
	}
	// Nothing may go to files, so both limits are the same.
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: limits.Unpacked, UnzipXMLSizeLimit: limits.Unpacked})
	if err != nil {
		return info, corrupted("XLSX", "it is not a complete workbook", err)
	}
	x := &xlsx{archive: a, w: w, book: book}
	err = x.read()
	if cerr := book.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close the workbook: %w", cerr)
	}
	return info, asCorrupted("XLSX", err)
}

func (x *xlsx) read() error {
	parts, err := x.sheetParts()
	if err != nil {
		return err
	}
	var hidden []string
	shown := 0
	for _, name := range x.book.GetSheetList() {
		visible, err := x.book.GetSheetVisible(name)
		if err != nil {
			return fmt.Errorf("look at sheet %q: %w", name, err)
		}
		if !visible {
			hidden = append(hidden, name)
			continue
		}
		if shown > 0 {
			x.w.Break()
		}
		shown++
		x.w.Block(document.Block{Type: document.SectionHeader, Level: 2, Text: document.TidyRuns(document.PlainRun(name))})
		if err := x.sheet(name, parts[name]); err != nil {
			return err
		}
	}
	if len(hidden) > 0 {
		x.w.Warn("hidden sheets were left out: " + strings.Join(hidden, ", "))
	}
	return nil
}

// sheetParts are the parts of the sheets by their names.
func (x *xlsx) sheetParts() (map[string]string, error) {
	main, err := x.mainPart("xl/workbook.xml")
	if err != nil {
		return nil, err
	}
	root, err := x.part(main)
	if err != nil {
		return nil, err
	}
	relations, err := x.relations(main)
	if err != nil {
		return nil, err
	}
	parts := map[string]string{}
	root.child("sheets").find("sheet", func(n *node) {
		if r, ok := relations[n.relation("id")]; ok && !r.external {
			parts[n.attr("name")] = r.target
		}
	})
	return parts, nil
}

func (x *xlsx) sheet(name, part string) (err error) {
	merged, err := x.mergedCells(part)
	if err != nil {
		return err
	}
	rows, err := x.book.Rows(name)
	if err != nil {
		if strings.Contains(part, "chartsheets/") {
			return x.drawings(part) // it has no cells
		}
		return fmt.Errorf("read sheet %q: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	s := &sheetReader{w: x.w, merged: merged}
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("read sheet %q: %w", name, err)
		}
		s.row(cells)
	}
	if err := rows.Error(); err != nil {
		return fmt.Errorf("read sheet %q: %w", name, err)
	}
	s.end()
	return x.drawings(part)
}

// drawings reads the charts and pictures that lie on a sheet.
func (x *xlsx) drawings(part string) error {
	relations, err := x.relations(part)
	if err != nil {
		return err
	}
	var parts []string
	for _, r := range relations {
		if r.kind == "drawing" && x.has(r.target) {
			parts = append(parts, r.target)
		}
	}
	slices.Sort(parts)
	for _, p := range parts {
		root, err := x.part(p)
		if err != nil {
			return err
		}
		inner, err := x.relations(p)
		if err != nil {
			return err
		}
		x.anchored(root, inner)
	}
	return nil
}

// anchored writes what is anchored in a drawing.
func (x *xlsx) anchored(n *node, relations map[string]relation) {
	for _, c := range n.children {
		switch c.name {
		case "pic":
			props := c.path("nvPicPr", "cNvPr")
			x.w.Block(document.Block{Type: document.Picture, Text: description(props.attr("descr"), props.attr("title"))})
		case "chart":
			if r, ok := relations[c.relation("id")]; ok {
				for _, b := range x.chart(r.target) {
					x.w.Block(b)
				}
			}
		case "txBody":
			x.w.Block(document.Block{Type: document.Text, Text: document.TidyRuns(document.PlainRun(gather(c)))})
		case "AlternateContent":
			if form := alternative(c); form != nil {
				x.anchored(form, relations)
			}
		default:
			x.anchored(c, relations)
		}
	}
}

// checkAll unpacks every entry once, counted, and looks at the depth of those
// in XML, since the library trusts the archive.
func (a *archive) checkAll() error {
	names := make([]string, 0, len(a.entries))
	for name := range a.entries {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.HasSuffix(name, "/") || a.entries[name].FileInfo().IsDir() {
			continue
		}
		if err := a.checkEntry(name); err != nil {
			return err
		}
	}
	a.read = 0 // it is all going to be read again, and is as long as it was
	return nil
}

func (a *archive) checkEntry(name string) (err error) {
	in, err := a.open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") && !strings.HasSuffix(name, ".vml") {
		if _, err := io.Copy(io.Discard, in); err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
		return nil
	}
	if err := checkDepth(in, a.limits.XMLDepth); err != nil {
		return fmt.Errorf("check %s: %w", name, err)
	}
	return nil
}
