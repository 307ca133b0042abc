package document

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
)

// The media types of Office files.
const (
	mimeDOCX   = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mimeXLSX   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mimePPTX   = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	mimeXLSB   = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
	mimeLocked = "application/encrypted-office" // no registered name exists
)

// officeReach is how far the beginning of a damaged archive is searched for
// the names of entries.
const officeReach = 64 << 10

// maxContentTypes bounds the list of parts of an Office file, in bytes.
const maxContentTypes = 4 << 20

// office finds the kind of an Office archive, or "": from its list of parts,
// or from the names of its entries when the archive is damaged.
func office(data []byte) string {
	if list := contentTypes(data); list != "" {
		switch {
		case strings.Contains(list, "ms-excel.sheet.binary"):
			return mimeXLSB
		case hasMain(list, "wordprocessingml.", "ms-word."):
			return mimeDOCX
		case hasMain(list, "presentationml.", "ms-powerpoint."):
			return mimePPTX
		case hasMain(list, "spreadsheetml.", "ms-excel."):
			return mimeXLSX
		}
	}
	head := data[:min(len(data), officeReach)]
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

// hasMain looks for the main part of a family, which a document, a template
// and one with macros name differently, and always end in the same way.
func hasMain(list string, families ...string) bool {
	for _, family := range families {
		for rest := list; ; {
			at := strings.Index(rest, family)
			if at < 0 {
				break
			}
			rest = rest[at+len(family):]
			kind, _, _ := strings.Cut(rest, `"`)
			if strings.HasSuffix(kind, "main+xml") {
				return true
			}
		}
	}
	return false
}

// contentTypes is the list of parts of an Office file, in which every one has
// its type.
func contentTypes(data []byte) string {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return ""
	}
	for _, f := range r.File {
		if !strings.EqualFold(f.Name, "[Content_Types].xml") {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return ""
		}
		b, err := io.ReadAll(io.LimitReader(in, maxContentTypes))
		if cerr := in.Close(); err != nil || cerr != nil {
			return ""
		}
		return string(b)
	}
	return ""
}

// oleMark begins every file of the older Office, and newer ones that are
// encrypted.
const oleMark = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// oleType tells those apart by the names in their directories.
func oleType(data []byte, mime string) string {
	has := func(name string) bool {
		wide := make([]byte, 0, 2*len(name))
		for i := range len(name) {
			wide = append(wide, name[i], 0)
		}
		return bytes.Contains(data, wide)
	}
	switch {
	case has("EncryptedPackage"):
		return mimeLocked
	case has("WordDocument"):
		return "application/msword"
	case has("PowerPoint Document"):
		return "application/vnd.ms-powerpoint"
	case has("__properties_version1"):
		return "application/vnd.ms-outlook"
	case has("Workbook"), has("Book"):
		return "application/vnd.ms-excel"
	case typeName(mime) != "":
		return mime
	}
	return "application/x-ole-storage"
}
