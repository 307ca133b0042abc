package site

import (
	"bytes"
	"io"
	"net/url"
	"strings"

	"docket/internal/job"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

const (
	maxTags  = 100_000 // of a page of which a tree is made
	maxLinks = 5_000   // that are taken from one page
)

// Read takes apart a page. Errors are of code Unreadable.
func Read(a Answer, body []byte) (*Page, error) {
	in, err := charset.NewReader(bytes.NewReader(body), a.ContentType)
	if err != nil { // of an empty page, or one whose charset nobody knows
		in = bytes.NewReader(body)
	}
	decoded, err := io.ReadAll(in)
	if err != nil {
		return nil, job.Errorf(job.Unreadable, job.Facts{"reason": "its characters cannot be read"}, "decode page: %w", err)
	}
	p := &Page{}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(decoded), "\uFFFD"), "\x00", "")
	if !a.HTML {
		p.Fill(text, text, text)
		return p, nil
	}
	base, ok := ParseAddress(nil, a.URL)
	if !ok {
		return nil, job.Errorf(job.Unreadable, job.Facts{"reason": "its address is none"}, "page without an address: %q", a.URL)
	}
	s := scan{page: p, base: base.URL, seen: map[string]bool{}}
	s.robots(a.Robots)
	if strings.Count(text, "<") > maxTags {
		s.tokens(text)
		return p, nil
	}
	if doc, err := html.Parse(strings.NewReader(text)); err == nil {
		s.tree(doc)
		readable(doc, base.URL, p)
	} else { // nested deeper than any page is
		s.tokens(text)
	}
	return p, nil
}

// scan collects what a page says of itself, and its links.
type scan struct {
	page     *Page
	base     *url.URL
	seen     map[string]bool
	based    bool
	nofollow bool
}

func (s *scan) tree(doc *html.Node) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		s.element(n.Data, n.Attr)
		if n.Data == "title" && s.page.Title == "" && n.FirstChild != nil && n.Parent != nil && n.Parent.Data == "head" {
			s.page.Title = limited(n.FirstChild.Data, 500)
		}
	}
	s.end()
}

// tokens is for pages of which no tree can be made: their text as it stands,
// and their links.
func (s *scan) tokens(text string) {
	var out strings.Builder
	hidden := ""
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		switch z.Next() {
		case html.ErrorToken:
			s.end()
			s.page.Warnings = append(s.page.Warnings, "not_readable")
			s.page.Fill(out.String(), out.String(), out.String())
			return
		case html.TextToken:
			if hidden == "" {
				out.Write(z.Text())
				out.WriteByte(' ')
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			s.element(t.Data, t.Attr)
			if t.Type == html.StartTagToken && (t.Data == "script" || t.Data == "style") {
				hidden = t.Data
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == hidden {
				hidden = ""
			}
		}
	}
}

func (s *scan) element(name string, attributes []html.Attribute) {
	get := func(key string) string {
		for _, a := range attributes {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	switch name {
	case "html":
		s.page.Language = limited(get("lang"), 35)
	case "base":
		if u, err := s.base.Parse(get("href")); err == nil && !s.based && get("href") != "" {
			s.base, s.based = u, true
		}
	case "a", "area":
		if !strings.Contains(strings.ToLower(get("rel")), "nofollow") {
			s.link(get("href"))
		}
	case "iframe", "frame":
		s.link(get("src"))
	case "link":
		s.relation(strings.ToLower(get("rel")), get("href"))
	case "meta":
		s.meta(strings.ToLower(get("name")+get("property")), strings.ToLower(get("http-equiv")), get("content"))
	}
}

func (s *scan) relation(rel, href string) {
	switch rel {
	case "canonical":
		if a, ok := ParseAddress(s.base, href); ok && s.page.CanonicalURL == "" {
			s.page.CanonicalURL = a.Text
		}
	case "next", "prev":
		s.link(href)
	}
}

func (s *scan) meta(name, equiv, content string) {
	switch {
	case name == "description" || name == "og:description" && s.page.Description == "":
		s.page.Description = limited(content, 2000)
	case name == "robots":
		s.robots(content)
	case equiv == "refresh":
		if at := strings.Index(strings.ToLower(content), "url="); at >= 0 {
			s.link(strings.Trim(content[at+len("url="):], `'" `))
		}
	}
}

// robots reads what a page says to robots of its links.
func (s *scan) robots(content string) {
	content = strings.ToLower(content)
	s.nofollow = s.nofollow || strings.Contains(content, "nofollow") || strings.TrimSpace(content) == "none"
}

func (s *scan) link(href string) {
	if len(s.page.Follow) >= maxLinks {
		return
	}
	if a, ok := ParseAddress(s.base, href); ok && !s.seen[a.Text] {
		s.seen[a.Text] = true
		s.page.Follow = append(s.page.Follow, a.Text)
	}
}

func (s *scan) end() {
	s.page.Links = len(s.page.Follow)
	if s.nofollow {
		s.page.Follow = nil
	}
}
