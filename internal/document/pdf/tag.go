package pdf

import (
	"bytes"
	"math"
	"strconv"

	"docket/internal/document"
)

// Bounds of the structure tree of a page. A tree that breaks one is not used.
const (
	MaxTags     = 20_000
	maxTagSteps = 100_000 // entries that are looked at, those of other pages included
	maxTagDepth = 64
	maxSpan     = 1000
)

// tagReader reads the structure that a tagged PDF says a page has.
type tagReader struct {
	*pageReader
	steps int
	full  bool
}

// readTags fills Page.Tags and marks, the number of the tag of each piece of
// marked content.
func (r *pageReader) readTags() {
	e := r.e
	if !r.d.tagged() {
		return
	}
	tree := uint64(uint32(e.call("FPDF_StructTree_GetForPage", r.handle)))
	if tree == 0 {
		return
	}
	t := &tagReader{pageReader: r}
	r.marks = map[int]int{}
	n := integer(e.call("FPDF_StructTree_CountChildren", tree))
	for i := 0; i < n && !t.full && e.err == nil; i++ {
		t.element(uint64(uint32(e.call("FPDF_StructTree_GetChildAtIndex", tree, uint64(i)))), 0, 0)
	}
	e.call("FPDF_StructTree_Close", tree)
	if t.full {
		r.page.Tags, r.marks = nil, nil
	}
}

// Bounds of what PDFium compares to read the structure of a page, and of all
// pages; and of the objects of a file of which not all can be looked at before,
// those of any file and those for each page.
const (
	pageComparisons   = 30_000_000
	comparisons       = 4_000_000_000
	tagObjects        = 20_000
	tagObjectsOfAPage = 200
)

// tagged says whether the file says its structure, in a tree that can be read
// in time.
func (d *Document) tagged() bool {
	if d.tagsAsked {
		return d.hasTags
	}
	d.tagsAsked = true
	if !boolean(d.e.call("FPDFCatalog_IsTagged", d.handle)) {
		return false
	}
	file := d.e.read(d.data, d.size)
	lists := structureOf(file)
	n := lists.comparisons()
	d.hasTags = n <= pageComparisons && n <= comparisons/d.info.Pages &&
		(!lists.unread || objects(file) <= tagObjects+tagObjectsOfAPage*d.info.Pages)
	return d.hasTags
}

// objects is about how many objects the file has: its trailers say so, and
// they are never compressed.
func objects(file []byte) int {
	most := 0
	for rest := file; ; {
		i := bytes.Index(rest, []byte("/Size"))
		if i < 0 {
			return most
		}
		rest = rest[i+len("/Size"):]
		text := bytes.TrimLeft(rest[:min(len(rest), 20)], " \r\n\t")
		end := bytes.IndexFunc(text, func(c rune) bool { return c < '0' || c > '9' })
		if n, err := strconv.Atoi(string(text[:max(end, 0)])); err == nil {
			most = max(most, n)
		}
	}
}

// element reads one element and what is in it.
func (t *tagReader) element(handle uint64, parent, depth int) {
	e := t.e
	if handle == 0 || t.full || e.err != nil {
		return
	}
	if t.steps++; len(t.page.Tags) >= MaxTags || t.steps > maxTagSteps || depth > maxTagDepth {
		t.full = true
		return
	}
	tag := document.Tag{Role: clean(decodeUTF16(e.text("FPDF_StructElement_GetType", handle))), Parent: parent}
	switch tag.Role {
	case "Figure", "Formula":
		tag.Alt = clean(decodeUTF16(e.longText("FPDF_StructElement_GetAltText", handle)))
	case "TD", "TH":
		tag.Rows, tag.Columns = t.spans(handle)
	}
	t.page.Tags = append(t.page.Tags, tag)
	number := len(t.page.Tags)
	n := integer(e.call("FPDF_StructElement_CountChildren", handle))
	for i := 0; i < n && !t.full && e.err == nil; i++ {
		if child := uint64(uint32(e.call("FPDF_StructElement_GetChildAtIndex", handle, uint64(i)))); child != 0 {
			t.element(child, number, depth+1)
			continue
		}
		if t.steps++; t.steps > maxTagSteps {
			t.full = true
		}
		if mark := integer(e.call("FPDF_StructElement_GetChildMarkedContentID", handle, uint64(i))); mark >= 0 {
			t.marks[mark] = number
		}
	}
}

// spans are the rows and columns that a cell spans, or 0 for one.
func (t *tagReader) spans(handle uint64) (rows, columns int) {
	e := t.e
	const fewAttributes = 8
	n := min(integer(e.call("FPDF_StructElement_GetAttributeCount", handle)), fewAttributes)
	for i := 0; i < n && e.err == nil; i++ {
		attribute := uint64(uint32(e.call("FPDF_StructElement_GetAttributeAtIndex", handle, uint64(i))))
		if attribute == 0 {
			continue
		}
		rows = max(rows, t.number(attribute, "RowSpan"))
		columns = max(columns, t.number(attribute, "ColSpan"))
	}
	return rows, columns
}

func (t *tagReader) number(attribute uint64, name string) int {
	e := t.e
	key := e.cString(name)
	value := uint64(uint32(e.call("FPDF_StructElement_Attr_GetValue", attribute, uint64(key))))
	e.free(key)
	if value == 0 || !boolean(e.call("FPDF_StructElement_Attr_GetNumberValue", value, uint64(e.scratch))) {
		return 0
	}
	var v [1]float64
	e.floats(v[:])
	if math.IsNaN(v[0]) || v[0] < 2 {
		return 0
	}
	return int(min(v[0], maxSpan))
}

// tagOf is the number of the tag that a page object belongs to, or 0.
func (r *pageReader) tagOf(object uint64) int {
	if len(r.marks) == 0 || object == 0 {
		return 0
	}
	return r.marks[integer(r.e.call("FPDFPageObj_GetMarkedContentID", object))]
}
