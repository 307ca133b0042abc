package testkit

import (
	"archive/zip"
	"bytes"
	"fmt"
)

// Entry is a file in an archive.
type Entry struct{ Name, Content string }

// Zip makes an archive of the entries in their order.
func Zip(entries ...Entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.Name)
		if err == nil {
			_, err = w.Write([]byte(e.Content))
		}
		if err != nil {
			panic(fmt.Sprintf("testkit: write zip: %v", err))
		}
	}
	if err := z.Close(); err != nil {
		panic(fmt.Sprintf("testkit: close zip: %v", err))
	}
	return b.Bytes()
}

const (
	officeSpaces = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"` +
		` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"` +
		` xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"` +
		` xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"` +
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relationType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// Relations makes the part that says what a part points to; each is
// {id, kind, target}.
func Relations(part string, all ...[3]string) Entry {
	var b bytes.Buffer
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range all {
		mode := ""
		if r[1] == "hyperlink" {
			mode = ` TargetMode="External"`
		}
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s%s" Target="%s"%s/>`, r[0], relationType, r[1], r[2], mode)
	}
	b.WriteString(`</Relationships>`)
	return Entry{part, b.String()}
}

// DOCX makes a Word document with that content of its body, and more parts.
func DOCX(body string, more ...Entry) []byte {
	return Zip(append([]Entry{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		Relations("_rels/.rels", [3]string{"rId1", "officeDocument", "word/document.xml"}),
		{"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document` + officeSpaces + `><w:body>` + body + `</w:body></w:document>`},
	}, more...)...)
}

// WordPart makes a part of a Word document from its root's name and content.
func WordPart(name, root, content string) Entry {
	return Entry{name, "<w:" + root + officeSpaces + ">" + content + "</w:" + root + ">"}
}

// PPTX makes a presentation; each slide is the content of its tree of shapes.
// The slides are stored in the opposite of the order in which they are shown.
func PPTX(slides []string, more ...Entry) []byte {
	entries := []Entry{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>`},
		Relations("_rels/.rels", [3]string{"rId1", "officeDocument", "ppt/presentation.xml"}),
	}
	list := ""
	var relations [][3]string
	for i, slide := range slides {
		id, name := fmt.Sprintf("rId%d", i+1), fmt.Sprintf("slide%d.xml", len(slides)-i)
		list += fmt.Sprintf(`<p:sldId id="%d" r:id=%q/>`, 256+i, id)
		relations = append(relations, [3]string{id, "slide", "slides/" + name})
		entries = append(entries, Entry{"ppt/slides/" + name, slide})
	}
	entries = append(entries,
		Entry{"ppt/presentation.xml", "<p:presentation" + officeSpaces + "><p:sldIdLst>" + list + "</p:sldIdLst></p:presentation>"},
		Relations("ppt/_rels/presentation.xml.rels", relations...))
	return Zip(append(entries, more...)...)
}

// Slide makes a part with a tree of shapes; attributes may be empty.
func Slide(attributes, shapes string) string {
	return "<p:sld" + officeSpaces + attributes + "><p:cSld><p:spTree>" + shapes + "</p:spTree></p:cSld></p:sld>"
}

// XLSX makes a workbook of one sheet with those rows.
func XLSX(rows string, more ...Entry) []byte {
	return Workbook("<sheetData>"+rows+"</sheetData>", more...)
}

// Workbook makes a workbook of one sheet from the content of its part.
func Workbook(sheet string, more ...Entry) []byte {
	const space = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	return Zip(append([]Entry{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		Relations("_rels/.rels", [3]string{"rId1", "officeDocument", "xl/workbook.xml"}),
		{"xl/workbook.xml", "<workbook" + space + `><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		Relations("xl/_rels/workbook.xml.rels", [3]string{"rId1", "worksheet", "worksheets/sheet1.xml"}),
		{"xl/worksheets/sheet1.xml", "<worksheet" + space + ">" + sheet + "</worksheet>"},
	}, more...)...)
}
