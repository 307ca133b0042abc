package web

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"docket/internal/document"
)

// declaredWithin is where a page has to say its encoding, in bytes.
const declaredWithin = 1024

// The encodings that a page gets when it says none, and one whose bytes are
// all ASCII.
const (
	fallback = "windows-1252"
	stateful = "iso-2022-jp"
)

// decode finds the encoding of a page: by its mark, else UTF-8 where the bytes
// are that, whatever the page says, else what it says, and where it says
// nothing, from the bytes.
func decode(data []byte) string {
	enc, name, marked := charset.DetermineEncoding(data, "")
	if !marked && name != stateful && utf8.Valid(data) && !bytes.ContainsRune(data, 0) {
		return strings.TrimPrefix(string(data), "\ufeff")
	}
	if marked || name != fallback && name != "utf-8" || name == fallback && declares(data) {
		if out, err := enc.NewDecoder().Bytes(data); err == nil {
			return strings.TrimPrefix(string(out), "\ufeff")
		}
	}
	text, _ := document.DecodeText(data)
	return text
}

// declares says whether a page names an encoding.
func declares(data []byte) bool {
	head := bytes.ToLower(data[:min(len(data), declaredWithin)])
	return bytes.Contains(head, []byte("charset"))
}
