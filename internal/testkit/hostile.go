package testkit

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
)

// RawPDF makes a document of objects, numbered from 1, of which the first is
// the catalog.
func RawPDF(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}

func stream(dictionary, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dictionary, len(content), content)
}

func onePage(page string, more ...string) []byte {
	return RawPDF(append([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]" + page + ">>"}, more...)...)
}

// DrawnPDF has a page of 200 by 200 points with that content, and Helvetica as
// font F1.
func DrawnPDF(content string) []byte {
	return onePage("/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>", stream("", content))
}

// BroadTagsPDF has a page that says a structure of so many elements, beside each
// other and among so many marks.
func BroadTagsPDF(elements, marks int) []byte {
	var kids, parents strings.Builder
	kids.WriteString(strings.Repeat("0 ", marks))
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/StructParents 0/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		stream("", "/P<</MCID 0>>BDC BT /F1 12 Tf 10 50 Td (Some text) Tj ET EMC"),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		"", "",
	}
	for i := range elements {
		fmt.Fprintf(&kids, "%d 0 R ", 8+i)
		fmt.Fprintf(&parents, "%d 0 R ", 8+i)
		objects = append(objects, "<</S/P/P 7 0 R/Pg 3 0 R/K 0>>")
	}
	objects[5] = "<</Type/StructTreeRoot/K 7 0 R/ParentTree<</Nums[0[" + parents.String() + "]]>>>>"
	objects[6] = "<</S/Sect/P 6 0 R/K[" + kids.String() + "]>>"
	return RawPDF(objects...)
}

// FlateBombPDF has a page of so many mebibytes of drawing, packed twice into a
// few thousand bytes.
func FlateBombPDF(mebibytes int) []byte {
	pack := func(write func(*zlib.Writer) error) string {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		if err := write(w); err != nil {
			panic(fmt.Sprintf("testkit: pack: %v", err))
		}
		if err := w.Close(); err != nil {
			panic(fmt.Sprintf("testkit: pack: %v", err))
		}
		return b.String()
	}
	block := bytes.Repeat([]byte("1 1 m 9 1 l S 0\n"), 1<<16)
	inner := pack(func(w *zlib.Writer) error {
		for range mebibytes {
			if _, err := w.Write(block); err != nil {
				return err
			}
		}
		return nil
	})
	outer := pack(func(w *zlib.Writer) error { _, err := w.Write([]byte(inner)); return err })
	return onePage("/Contents 4 0 R", stream("/Filter[/FlateDecode/FlateDecode]", outer))
}

// NestedFormsPDF has a page of forms in forms, each of which draws the next
// one so many times.
func NestedFormsPDF(depth, times int) []byte {
	const form = "/Type/XObject/Subtype/Form/BBox[0 0 200 200]"
	objects := []string{stream("", "/F Do ")}
	for i := range depth {
		objects = append(objects, stream(fmt.Sprintf("%s/Resources<</XObject<</F %d 0 R>>>>", form, 6+i), strings.Repeat("/F Do ", times)))
	}
	objects = append(objects, stream(form, "0 0 m 9 9 l S "))
	return onePage("/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>", objects...)
}

// HugePNG is the beginning of a picture of that size, 16 bits a colour.
func HugePNG(width, height int) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = append(binary.BigEndian.AppendUint32(head, uint32(height)), 16, 6, 0, 0, 0)
	pngChunk(&b, "IHDR", head)
	pngChunk(&b, "IDAT", []byte{0x78, 0x9c, 0x63, 0, 0})
	return b.Bytes()
}

func pngChunk(b *bytes.Buffer, name string, content []byte) {
	piece := append([]byte(name), content...)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(content))))
	b.Write(piece)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(piece)))
}

// HugeJPEG is the beginning of a picture of that size, at most 65,535 each.
func HugeJPEG(width, height int) []byte {
	b := []byte("\xff\xd8\xff\xc0\x00\x11\x08")
	b = binary.BigEndian.AppendUint16(b, uint16(height))
	b = binary.BigEndian.AppendUint16(b, uint16(width))
	return append(b, "\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00\xff\xda\x00\x0c\x03\x01\x00\x02\x00\x03\x00\x00\x3f\x00"...)
}

// HugeTIFF is a file of one directory, whose picture has that size and no
// content.
func HugeTIFF(width, height int) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00\x04\x00")
	for _, entry := range [][2]int{{256, width}, {257, height}, {258, 8}, {259, 1}} {
		b = binary.LittleEndian.AppendUint16(b, uint16(entry[0]))
		b = append(b, 4, 0, 1, 0, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(entry[1]))
	}
	return append(b, 0, 0, 0, 0)
}

// Overlapping makes an archive list its last entry n more times, under other
// names: each is unpacked from the same bytes. The name must end in four
// digits.
func Overlapping(archive []byte, n int) []byte {
	end := len(archive) - 22
	at := int(binary.LittleEndian.Uint32(archive[end+16:]))
	head := archive[:end:end]
	last := at
	for next := at; next < end; {
		last = next
		next += 46 + int(binary.LittleEndian.Uint16(archive[next+28:])) + int(binary.LittleEndian.Uint16(archive[next+30:])) + int(binary.LittleEndian.Uint16(archive[next+32:]))
	}
	record := archive[last:end]
	digits := 46 + int(binary.LittleEndian.Uint16(record[28:])) - 4
	for i := range n {
		again := bytes.Clone(record)
		copy(again[digits:], fmt.Sprintf("%04d", i+1))
		head = append(head, again...)
	}
	tail := bytes.Clone(archive[end:])
	total := binary.LittleEndian.Uint16(tail[10:]) + uint16(n)
	binary.LittleEndian.PutUint16(tail[8:], total)
	binary.LittleEndian.PutUint16(tail[10:], total)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(head)-at))
	return append(head, tail...)
}
