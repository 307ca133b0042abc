package safehttp

import (
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode"
)

const (
	maxNameBytes = 255
	noName       = "download"
)

// nameOf finds a name for the document: what the server calls it, else the
// last part of the path, preferably one with an extension. The original path
// is looked at too, as redirects often lead to the bare name of a blob.
func nameOf(disposition string, final, original *url.URL) string {
	if _, params, err := mime.ParseMediaType(disposition); err == nil {
		if name := cleanName(params["filename"]); name != "" {
			return name
		}
	}
	last, first := cleanName(path.Base(final.Path)), cleanName(path.Base(original.Path))
	switch {
	case path.Ext(last) != "":
		return last
	case path.Ext(first) != "":
		return first
	case last != "":
		return last
	case first != "":
		return first
	}
	return noName
}

// cleanName makes a plain file name of what a stranger sent: no folders, no
// control or direction characters, no leading dots. It may end up empty.
func cleanName(name string) string {
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
