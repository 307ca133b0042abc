package web

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"

	"docket/internal/document"
)

// readable gives a message in bytes that can be read, and how: one that a
// program has saved in UTF-16 becomes UTF-8, and one in UTF-8 whose text parts
// do not say so is not guessed at.
func readable(data []byte) ([]byte, []enmime.Option) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	wide := false
	if len(data) >= 2 && (data[0] == 0 || data[1] == 0 || data[0] >= 0xfe) {
		if text, name := document.DecodeText(data); strings.HasPrefix(name, "utf-16") {
			data, wide = []byte(text), true
		}
	}
	if !utf8.Valid(data) || isASCII(data) {
		return data, nil
	}
	head := data
	if end := bytes.Index(data, []byte("\n\n")); end >= 0 {
		head = data[:end]
	}
	if end := bytes.Index(head, []byte("\r\n\r\n")); end >= 0 {
		head = head[:end]
	}
	if !bytes.Contains(bytes.ToLower(append([]byte("\n"), head...)), []byte("\ncontent-type:")) && !bytes.HasPrefix(data, []byte("From ")) {
		data = append([]byte("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"), data...)
	}
	return data, []enmime.Option{enmime.SetCustomParseMediaType(func(value string) (string, map[string]string, []string, error) {
		kind, parameters, invalid, err := mediatype.Parse(value)
		if err == nil && strings.HasPrefix(kind, "text/") && (wide || parameters["charset"] == "") {
			if parameters == nil {
				parameters = map[string]string{}
			}
			parameters["charset"] = "utf-8"
		}
		return kind, parameters, invalid, err
	})}
}

func isASCII(data []byte) bool {
	for _, b := range data {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
