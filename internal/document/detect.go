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

// Locked says that the file is an Office document behind a password; which
// kind shows only when it is opened.
func (t Type) Locked() bool { return t.MIME == mimeLocked }

func newType(mime string) Type {
	return Type{Format: formatOf(mime), MIME: mime, Name: typeName(mime)}
}

// pdfReach is how far into a file readers look for the mark of a PDF.
const pdfReach = 1024

// Detect finds the type of a file from its content. The name, which may be
// empty, only decides between kinds of plain text that share every sign.
func Detect(data []byte, name string) Type {
	if len(data) == 0 {
		return Type{Name: "empty file"}
	}
	found := mimetype.Detect(data)
	mime := bare(found)
	switch {
	case found.Is("application/zip"), hasParent(found, "application/zip"):
		if office := office(data); office != "" {
			return newType(office)
		}
	case bytes.HasPrefix(data, []byte(oleMark)):
		return newType(oleType(data, mime))
	case isPDF(data):
		return newType("application/pdf")
	case hasParent(found, "text/plain"), isUTF16(data), mime == "application/pdf":
		return detectText(data, found, name)
	case mime == "application/octet-stream" && isMail(string(data[:min(len(data), textReach)])):
		return newType("message/rfc822") // with parts that are not encoded
	}
	for m := found; m != nil; m = m.Parent() {
		if name := typeName(bare(m)); name != "" {
			return Type{Format: formatOf(mime), MIME: mime, Name: name}
		}
	}
	return Type{MIME: mime, Name: "file of an unknown kind"}
}

// isPDF looks for the mark of a PDF, which may stand behind other bytes.
func isPDF(data []byte) bool {
	head := data[:min(len(data), pdfReach+8)]
	at := bytes.Index(head, []byte("%PDF-"))
	if at < 0 || at > pdfReach-5 {
		return false
	}
	// A text may speak of the mark; the file itself has a version behind it
	// and objects.
	return at == 0 || at+5 < len(head) && head[at+5] >= '0' && head[at+5] <= '9' && !isImage(head)
}

func isImage(head []byte) bool {
	for _, mark := range []string{"\x89PNG", "\xff\xd8\xff", "GIF8", "II*\x00", "MM\x00*", "RIFF"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

func hasParent(m *mimetype.MIME, name string) bool {
	for ; m != nil; m = m.Parent() {
		if bare(m) == name {
			return true
		}
	}
	return false
}

// bare is the media type without parameters such as the charset.
func bare(m *mimetype.MIME) string {
	name, _, _ := strings.Cut(m.String(), ";")
	return name
}
