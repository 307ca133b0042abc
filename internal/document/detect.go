package document

import (
	"bytes"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Type is the kind of a file, found from its content.
type Type struct {
	// Format is the short name of a format that can be read (FormatPDF), or
	// empty.
	Format string
	// MIME is the media type without parameters; empty for an empty file.
	MIME string
	// Name is for people and takes an article, e.g. "PNG image".
	Name string
}

// pdfReach is how far into a file readers look for the mark of a PDF.
const pdfReach = 1024

// Detect finds the type of the file that begins with head, by content alone.
// A few kilobytes suffice, but some Office files need 64 KiB to be told from
// other archives.
func Detect(head []byte) Type {
	if len(head) == 0 {
		return Type{Name: "empty file"}
	}
	if bytes.Contains(head[:min(len(head), pdfReach)], []byte("%PDF-")) {
		return Type{Format: FormatPDF, MIME: "application/pdf", Name: "PDF document"}
	}
	found := mimetype.Detect(head)
	if mime := office(head); mime != "" && found.Is("application/zip") {
		return Type{MIME: mime, Name: typeName(mime)}
	}
	for m := found; m != nil; m = m.Parent() {
		if name := typeName(bare(m)); name != "" {
			return Type{MIME: bare(found), Name: name}
		}
	}
	return Type{MIME: bare(found), Name: "file of an unknown kind"}
}

// The media types of Office Open XML.
const (
	mimeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mimeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mimePPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
)

// officeReach is how far office looks for the names of an archive's entries.
const officeReach = 64 << 10

// office finds the kind of an Office archive by the names in it, which lie
// further inside than the general search looks.
func office(head []byte) string {
	head = head[:min(len(head), officeReach)]
	has := func(name string) bool { return bytes.Contains(head, []byte(name)) }
	switch {
	case !has("[Content_Types].xml"):
		return ""
	case has("word/document.xml"):
		return mimeDOCX
	case has("xl/workbook.xml"):
		return mimeXLSX
	case has("ppt/presentation.xml"):
		return mimePPTX
	}
	return ""
}

// bare is the media type without parameters such as the charset.
func bare(m *mimetype.MIME) string {
	name, _, _ := strings.Cut(m.String(), ";")
	return name
}

// typeName is the name of a media type for people, or "". A type without a
// name goes by that of its parent: every archive format ends as "ZIP archive",
// every text format as "plain text file".
func typeName(mime string) string {
	switch mime {
	case "image/png":
		return "PNG image"
	case "image/jpeg":
		return "JPEG image"
	case "image/gif":
		return "GIF image"
	case "image/tiff":
		return "TIFF image"
	case "image/webp":
		return "WebP image"
	case "image/bmp":
		return "BMP image"
	case "image/svg+xml":
		return "SVG image"
	case "application/zip":
		return "ZIP archive"
	case mimeDOCX:
		return "Word document (DOCX)"
	case mimeXLSX:
		return "Excel workbook (XLSX)"
	case mimePPTX:
		return "PowerPoint presentation (PPTX)"
	case "application/msword":
		return "legacy Word document (DOC)"
	case "application/vnd.ms-excel":
		return "legacy Excel workbook (XLS)"
	case "application/vnd.ms-powerpoint":
		return "legacy PowerPoint presentation (PPT)"
	case "application/x-ole-storage":
		return "legacy Office document"
	case "text/html":
		return "HTML page"
	case "text/rtf":
		return "RTF document"
	case "application/postscript":
		return "PostScript document"
	case "text/plain":
		return "plain text file"
	}
	return ""
}
