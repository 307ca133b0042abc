package office

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"
)

// node is one element of a part. Names are without their namespaces, which
// differ between the two editions of the standard.
type node struct {
	name     string
	attrs    []xml.Attr
	children []*node
	text     string // directly inside
}

// attr is an attribute by its name without namespace.
func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for i := range n.attrs {
		if n.attrs[i].Name.Local == name {
			return n.attrs[i].Value
		}
	}
	return ""
}

// relation is the attribute that points to a relationship: r:id, r:embed.
func (n *node) relation(name string) string {
	if n == nil {
		return ""
	}
	for i := range n.attrs {
		if n.attrs[i].Name.Local == name && strings.Contains(n.attrs[i].Name.Space, "relationships") {
			return n.attrs[i].Value
		}
	}
	return ""
}

// child is the first element of that name inside, or nil.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// path follows names downwards.
func (n *node) path(names ...string) *node {
	for _, name := range names {
		n = n.child(name)
	}
	return n
}

// val is the attribute val of the child of that name.
func (n *node) val(name string) string { return n.child(name).attr("val") }

// on reads a property that is on when it is there and not said to be off.
func (n *node) on(name string) bool {
	c := n.child(name)
	if c == nil {
		return false
	}
	switch c.attr("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

// find yields every element of that name below, not inside each other.
func (n *node) find(name string, yield func(*node)) {
	if n == nil {
		return
	}
	for _, c := range n.children {
		if c.name == name {
			yield(c)
		} else {
			c.find(name, yield)
		}
	}
}

// number is an attribute's value as a number.
func number(s string, otherwise int) int {
	if v, err := strconv.Atoi(s); err == nil {
		return v
	}
	return otherwise
}

// decoder reads XML that knows no other entities than the five of its own, so
// that none can be blown up or fetched.
func decoder(in io.Reader) *xml.Decoder {
	d := xml.NewDecoder(in)
	d.CharsetReader = charset.NewReaderLabel
	return d
}

// part reads a whole part as a tree.
func (a *archive) part(name string) (root *node, err error) {
	in, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	d := decoder(in)
	for {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if start, ok := t.(xml.StartElement); ok {
			n, err := tree(d, start, a.limits.XMLDepth)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			return n, nil
		}
	}
}

// tree reads the element that was begun; most is how deep elements may lie in
// it.
func tree(d *xml.Decoder, start xml.StartElement, most int) (*node, error) {
	root := newNode(start)
	open := []*node{root}
	for len(open) > 0 {
		t, err := d.Token()
		if err != nil {
			return nil, unexpectedEnd(err)
		}
		now := open[len(open)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if len(open) >= most {
				return nil, limitError("xml_depth", len(open)+1, most)
			}
			n := newNode(t)
			now.children = append(now.children, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if isTextNode(now.name) {
				now.text += string(t)
			}
		}
	}
	return root, nil
}

// isTextNode is true for elements whose text is content; elsewhere it is the
// white space between elements.
func isTextNode(name string) bool {
	switch name {
	case "t", "v", "f", "delText", "instrText", "title", "creator", "posOffset", "lastModifiedBy":
		return true
	}
	return false
}

func newNode(start xml.StartElement) *node {
	return &node{name: start.Name.Local, attrs: append([]xml.Attr(nil), start.Attr...)}
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
