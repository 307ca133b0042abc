// Package apispec holds the contract in writing: one OpenAPI file for each
// dialect, one for webhooks, one for accounts, and the page that shows them.
package apispec

import (
	"embed"
	"path"
)

//go:embed jobs.yaml vision.yaml classify.yaml platform.yaml webhooks.yaml accounts.yaml
var files embed.FS

//go:embed swagger
var page embed.FS

// DocsPolicy is the Content-Security-Policy under which the page works. Its
// style sheets carry their pictures in data: addresses.
const DocsPolicy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

// Names lists the dialects that have a file, in the order of the page.
func Names() []string {
	return []string{"jobs", "vision", "classify", "platform", "webhooks", "accounts"}
}

// File gives the OpenAPI file of a dialect, one of Names. It is false when
// there is none. Its media type is application/yaml.
func File(dialect string) ([]byte, bool) {
	b, err := files.ReadFile(dialect + ".yaml")
	return b, err == nil
}

// Docs gives a part of the page and its media type: the page itself, to be
// served at /docs, for the empty name, and what it is made of, to be served
// below /docs/, for the others. It is false when there is no such part. The
// page finds its parts and the files relative to its own address, so it also
// works behind a prefix.
func Docs(name string) (body []byte, mediaType string, ok bool) {
	if name == "" {
		name = "index.html"
	}
	b, err := page.ReadFile("swagger/" + name)
	if err != nil {
		return nil, "", false
	}
	switch path.Ext(name) {
	case ".html":
		return b, "text/html; charset=utf-8", true
	case ".js":
		return b, "text/javascript; charset=utf-8", true
	case ".css":
		return b, "text/css; charset=utf-8", true
	case ".png":
		return b, "image/png", true
	default: // the licences
		return b, "text/plain; charset=utf-8", true
	}
}
