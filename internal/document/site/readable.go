package site

import (
	"net/url"
	"slices"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	htmltomarkdown "github.com/JohannesKaufmann/html-to-markdown/v2"
	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"golang.org/x/net/html"
)

const (
	maxReadable = 20_000 // elements of a page whose main part is looked for
	leastText   = 140    // characters of what is taken for the main part of a longer page
)

// readable keeps the main part of a page as text and as markdown, without what
// is around it. Of a page in which no such part is found, that is all but its
// navigation.
func readable(doc *html.Node, base *url.URL, p *Page) {
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxReadable
	article, err := parser.ParseDocument(doc, base)
	if err != nil {
		p.Warnings = append(p.Warnings, "not_readable")
	}
	if p.Title == "" {
		p.Title = limited(article.Title(), 500)
	}
	main := withoutFrame(find(doc, "body"))
	content := innerText(main)
	if inner := find(main, "main"); innerText(inner) != "" {
		main = inner
	}
	text := innerText(main)
	if err == nil && article.Node != nil {
		if found := innerText(article.Node); len(found) >= leastText || 2*len(found) >= len(text) {
			main, text = article.Node, found
		}
	}
	// Markdown without places is no loss: the text is there.
	markdown, err := htmltomarkdown.ConvertNode(main, converter.WithDomain(base.Scheme+"://"+base.Host))
	if err != nil {
		p.Warnings = append(p.Warnings, "no_markdown")
	}
	p.Fill(text, string(markdown), p.Title+" "+content)
}

// find is the first element of the name below a node, or the node.
func find(below *html.Node, name string) *html.Node {
	for n := range below.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			return n
		}
	}
	return below
}

// withoutFrame takes out what is the same on all pages of a site, unless there
// is nothing else.
func withoutFrame(body *html.Node) *html.Node {
	if innerText(body) == "" {
		return body
	}
	var frame []*html.Node
	for n := range body.Descendants() {
		if n.Type == html.ElementNode && (n.Data == "nav" || n.Data == "footer" || n.Data == "aside") {
			frame = append(frame, n)
		}
	}
	type place struct{ parent, next *html.Node }
	var places []place
	for _, n := range frame {
		places = append(places, place{n.Parent, n.NextSibling})
		n.Parent.RemoveChild(n)
	}
	if innerText(body) != "" {
		return body
	}
	for i, n := range slices.Backward(frame) {
		places[i].parent.InsertBefore(n, places[i].next)
	}
	return body
}

// innerText is the text below a node as it would be read: blocks on lines of
// their own, no scripts.
func innerText(n *html.Node) string {
	var b strings.Builder
	writeText(&b, n)
	var lines []string
	for line := range strings.Lines(b.String()) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// writeText goes as deep as the tree, which the parser bounds.
func writeText(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		return
	case n.Type == html.ElementNode && isHidden(n.Data):
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeText(b, c)
	}
	switch {
	case n.Type == html.ElementNode && (n.Data == "td" || n.Data == "th"):
		b.WriteByte(' ')
	case n.Type == html.ElementNode && !isInline(n.Data):
		b.WriteByte('\n')
	}
}

func isHidden(tag string) bool {
	switch tag {
	case "script", "style", "noscript", "template", "iframe", "svg", "head", "object", "canvas":
		return true
	}
	return false
}

func isInline(tag string) bool {
	switch tag {
	case "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "q",
		"s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	}
	return false
}
