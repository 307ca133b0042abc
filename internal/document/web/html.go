// Package web reads what the web and mail are written in: HTML, Markdown and
// messages.
package web

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"docket/internal/document"
	"docket/internal/job"
)

// maxDepth is how deep elements may lie in each other.
const maxDepth = 512

// Read reads an HTML page. Nothing that it refers to is fetched. Errors are of
// code FileCorrupted or ResourceLimit.
func Read(data []byte, w *document.FlowWriter) (document.Info, error) {
	return readString(decode(data), w)
}

func readString(content string, w *document.FlowWriter) (document.Info, error) {
	info := document.Info{Format: document.FormatHTML, MIME: "text/html"}
	root, err := html.ParseWithOptions(strings.NewReader(content), html.ParseOptionEnableScripting(true))
	if err != nil {
		if strings.Contains(err.Error(), "open stack of elements") {
			return info, job.Errorf(job.ResourceLimit, job.Facts{"limit": "depth", "max": maxDepth}, "parse html: %w", err)
		}
		return info, job.Errorf(job.FileCorrupted, job.Facts{"format": "HTML", "reason": "its elements cannot be told apart"}, "parse html: %w", err)
	}
	r := &reader{w: w}
	if err := r.children(root, 0); err != nil {
		return info, err
	}
	r.flush()
	info.Title = r.title
	return info, nil
}

// reader turns a tree of elements into blocks.
type reader struct {
	w        *document.FlowWriter
	title    string
	titled   bool           // a Title was written
	text     []document.Run // of the block that is being read
	look     document.Run   // of the text
	kind     document.SegmentType
	level    int
	lists    []list
	item     *document.Block  // the list item whose text is awaited
	pictures []document.Block // inside the block
	notes    bool             // inside the footnotes of Markdown
}

// list is a list that is open.
type list struct {
	ordered bool
	next    int
}

// children reads what is inside an element, which lies depth deep.
func (r *reader) children(n *html.Node, depth int) error {
	if depth > maxDepth {
		return job.Errorf(job.ResourceLimit, job.Facts{"limit": "depth", "max": maxDepth}, "elements deeper than %d", maxDepth)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := r.node(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) node(n *html.Node, depth int) error {
	switch n.Type {
	case html.TextNode:
		r.add(flat(n.Data))
		return nil
	case html.ElementNode:
		if hidden(n) {
			return nil
		}
		return r.element(n, depth)
	case html.DocumentNode:
		return r.children(n, depth)
	}
	return nil
}

// flat makes spaces of all white space: lines of the source mean nothing.
func flat(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "\t", " ", "\f", " ").Replace(s)
}

func (r *reader) add(text string) {
	run := r.look
	run.Text = text
	r.text = document.AppendRun(r.text, run)
}

// hidden says whether the element is not shown, whatever it holds.
func hidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Iframe, atom.Object, atom.Svg, atom.Canvas, atom.Datalist, atom.Noframes, atom.Audio, atom.Video:
		return true
	}
	if _, ok := attribute(n, "hidden"); ok {
		return true
	}
	style, _ := attribute(n, "style")
	style = strings.ReplaceAll(strings.ToLower(style), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// element reads an element by what it means.
func (r *reader) element(n *html.Node, depth int) error {
	switch n.DataAtom {
	case atom.Head:
		r.title = strings.Join(strings.Fields(textOf(find(n, atom.Title))), " ")
		return nil
	case atom.Br:
		r.add("\n")
		return nil
	case atom.Img:
		r.picture(n)
		return nil
	case atom.Input:
		r.input(n)
		return nil
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return r.heading(n, depth)
	case atom.Pre, atom.Listing, atom.Xmp:
		r.preformatted(n)
		return nil
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		return r.list(n, depth)
	case atom.Li:
		return r.listItem(n, depth)
	case atom.Table:
		return r.table(n, depth)
	case atom.Figcaption, atom.Caption:
		return r.block(n, document.Caption, 0, depth)
	}
	if class, _ := attribute(n, "class"); n.DataAtom == atom.Div && class == footnotes {
		r.notes = true
		defer func() { r.notes = false }()
	}
	if isBlock(n.DataAtom) {
		return r.block(n, document.Text, 0, depth)
	}
	return r.inline(n, depth)
}

func isBlock(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Center, atom.Dd, atom.Details, atom.Dialog,
		atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figure, atom.Footer, atom.Form, atom.Frameset, atom.Header, atom.Hgroup,
		atom.Hr, atom.Html, atom.Legend, atom.Main, atom.Nav, atom.Option, atom.Optgroup, atom.P, atom.Search, atom.Section,
		atom.Summary, atom.Textarea, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot:
		return true
	}
	return false
}

// inline reads an element inside a line, which changes how its text looks.
func (r *reader) inline(n *html.Node, depth int) error {
	before := r.look
	switch n.DataAtom {
	case atom.B, atom.Strong:
		r.look.Bold = true
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		r.look.Italic = true
	case atom.S, atom.Strike, atom.Del:
		r.look.Strike = true
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		r.look.Code = true
	case atom.A:
		if class, _ := attribute(n, "class"); class == footnoteBack {
			return nil
		} else if class == footnoteRef {
			r.add("[" + textOf(n) + "]")
			return nil
		}
		if href, ok := attribute(n, "href"); ok {
			r.look.Link = strings.TrimSpace(href)
		}
	case atom.Q:
		r.add("“")
	case atom.Td, atom.Th: // without a table
		r.add(" ")
	}
	err := r.children(n, depth)
	if n.DataAtom == atom.Q {
		r.add("”")
	}
	r.look = before
	return err
}

// input shows boxes and buttons as they look.
func (r *reader) input(n *html.Node) {
	kind, _ := attribute(n, "type")
	value, _ := attribute(n, "value")
	_, checked := attribute(n, "checked")
	switch strings.ToLower(kind) {
	case "checkbox", "radio":
		if checked {
			r.add("☑ ")
		} else {
			r.add("☐ ")
		}
	case "submit", "button", "reset", "text", "", "email", "tel", "number", "date":
		r.add(" " + value + " ")
	}
}

// picture adds an image, which stands after the block that it lies in. Images
// of one pixel are there to count readers.
func (r *reader) picture(n *html.Node) {
	width, _ := attribute(n, "width")
	height, _ := attribute(n, "height")
	if width == "1" || height == "1" || width == "0" || height == "0" {
		return
	}
	alt, _ := attribute(n, "alt")
	r.pictures = append(r.pictures, document.Block{Type: document.Picture, Text: document.TidyRuns(document.PlainRun(flat(alt)))})
}

// find is the first element of a kind below n, or nil.
func find(n *html.Node, a atom.Atom) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.DataAtom == a {
			return c
		}
	}
	return nil
}

// textOf is all text below n.
func textOf(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
		if d.Type == html.ElementNode && d.DataAtom == atom.Br {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// label is the number of an ordered item.
func label(n int) string { return fmt.Sprintf("%d.", n) }
