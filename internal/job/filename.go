package job

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

const maxNameBytes = 255

// Unnamed is the name of a document of which nothing is known yet.
const Unnamed = "unknown"

// FileName makes a plain file name of what a stranger sent: no folders, no
// control or direction characters, no dots at its ends, at most 255 bytes. It
// may end up empty.
func FileName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	name = name[strings.LastIndex(name, "/")+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	return shorten(strings.Trim(name, ". \t"))
}

// shorten cuts a long name in front of its extension.
func shorten(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 16 {
		ext = ""
	}
	return strings.ToValidUTF8(name[:maxNameBytes-len(ext)], "") + ext
}

// AddressName is what the document at an address is called until its server
// says otherwise: the last part of the path, or the host where there is none.
func AddressName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return Unnamed
	}
	if name := FileName(strings.TrimRight(u.Path, "/")); name != "" {
		return name
	}
	if host := FileName(u.Hostname()); host != "" {
		return host
	}
	return Unnamed
}
