// Package dashboard holds the pages of the dashboard. They are built from web/
// and use nothing but the API; the build is part of the repository, so that
// the program is built without Node.
package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed build
var build embed.FS

// Policy is the Content-Security-Policy of the pages: nothing comes from
// elsewhere, and no script or style stands in a page.
const Policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// index is the page that shows all others.
const index = "index.html"

// forever is how long a browser may keep a part whose name changes with its
// content.
const forever = "public, max-age=31536000, immutable"

// Dashboard is the built dashboard, compressed once.
type Dashboard struct {
	files map[string]*file
}

// file is one part of the build.
type file struct {
	plain, packed []byte // packed is nil when gzip gains nothing
	header        http.Header
}

// New reads the build that the program carries.
func New() (*Dashboard, error) {
	d := &Dashboard{files: map[string]*file{}}
	err := fs.WalkDir(build, "build", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := build.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "build/")
		d.files[name], err = newFile(name, content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the dashboard: %w", err)
	}
	return d, nil
}

func newFile(name string, content []byte) (*file, error) {
	f := &file{plain: content, header: http.Header{"Content-Type": {mediaType(name)}, "Cache-Control": {"no-cache"}, "Content-Security-Policy": {Policy}}}
	if strings.HasPrefix(name, "assets/") {
		f.header.Set("Cache-Control", forever)
	}
	sum := sha256.Sum256(content)
	f.header.Set("ETag", `W/"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`)
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(content); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if b.Len() < len(content) {
		f.packed = b.Bytes()
	}
	return f, nil
}

// Page gives what stands below /ui/ at a path, such as "assets/….js", and the
// headers of its answer. Every path that names no file is a page, which the
// script shows, so it gets the index; a file that is not there is false. With
// packed the body may be compressed, which its header then says.
func (d *Dashboard) Page(name string, packed bool) (body []byte, header http.Header, ok bool) {
	f := d.files[name]
	if f == nil && !strings.HasPrefix(name, "assets/") && path.Ext(name) == "" {
		f = d.files[index]
	}
	if f == nil {
		return nil, nil, false
	}
	if packed && f.packed != nil {
		header = f.header.Clone()
		header.Set("Content-Encoding", "gzip")
		return f.packed, header, true
	}
	return f.plain, f.header, true
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return "application/octet-stream"
	}
}
