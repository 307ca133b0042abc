package office

import (
	"errors"
	"path"
	"strings"

	"docket/internal/document"
)

// relation is what one part points to.
type relation struct {
	kind     string // the last word of its type, e.g. "slide"
	target   string // the name of an entry, or an address
	external bool
}

// relations reads what a part points to, by id. A part without any has none.
func (a *archive) relations(part string) (map[string]relation, error) {
	dir, name := path.Split(part)
	root, err := a.part(dir + "_rels/" + name + ".rels")
	if errors.Is(err, errMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := map[string]relation{}
	for _, n := range root.children {
		r := relation{kind: path.Base(n.attr("Type")), target: n.attr("Target"), external: n.attr("TargetMode") == "External"}
		if !r.external {
			if !strings.HasPrefix(r.target, "/") {
				r.target = dir + r.target
			}
			r.target = strings.TrimPrefix(path.Clean("/"+r.target), "/")
		}
		all[n.attr("Id")] = r
	}
	return all, nil
}

// mainPart is the part that the file begins with; otherwise when nothing says
// which.
func (a *archive) mainPart(otherwise string) (string, error) {
	all, err := a.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range all {
		if r.kind == "officeDocument" && !r.external && a.has(r.target) {
			return r.target, nil
		}
	}
	return otherwise, nil
}

// properties fills in what the file says of itself. A file whose properties
// cannot be read has none.
func (a *archive) properties(info *document.Info) {
	root, err := a.part("docProps/core.xml")
	if err != nil {
		return
	}
	if n := root.child("title"); n != nil {
		info.Title = strings.TrimSpace(n.text)
	}
	if n := root.child("creator"); n != nil {
		info.Author = strings.TrimSpace(n.text)
	}
}
