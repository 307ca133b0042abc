package crawl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"docket/internal/job"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

const (
	maxTags  = 100_000 // of a page of which a tree is made
	maxLinks = 5_000   // that are taken from one page
)

// text takes apart a page that is text. Libraries that do not stop when they
// are told to are left behind when the context ends; what they may be given is
// bounded, and so are they.
func (f *fetcher) text(ctx context.Context, h http.Header, b []byte, p *Page) ([]string, error) {
	type converted struct {
		links []string
		page  Page
		err   error
	}
	select {
	case f.converting <- struct{}{}:
	case <-ctx.Done():
		return nil, slow(ctx)
	}
	done := make(chan converted, 1)
	go func() {
		c := converted{page: *p}
		defer func() {
			if panicked := recover(); panicked != nil {
				c = converted{err: job.Errorf(job.Unreadable, job.Facts{"reason": "it is broken"}, "panic on %s: %v", p.URL, panicked)}
			}
			<-f.converting
			done <- c
		}()
		c.links, c.err = convert(h, b, &c.page)
	}()
	select {
	case c := <-done:
		if c.err == nil {
			*p = c.page
		}
		return c.links, c.err
	case <-ctx.Done():
		return nil, slow(ctx)
	}
}

// slow is why a page was left.
func slow(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Cause(ctx)
	}
	return job.Errorf(job.URLUnreachable, job.Facts{"reason": "timed out"}, "page not done in time: %w", ctx.Err())
}

func convert(h http.Header, b []byte, p *Page) ([]string, error) {
	in, err := charset.NewReader(bytes.NewReader(b), h.Get("Content-Type"))
	if err != nil { // of an empty page, or one whose charset nobody knows
		in = bytes.NewReader(b)
	}
	decoded, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("decode page: %w", err)
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(decoded), "\uFFFD"), "\x00", "")
	if p.ContentType == "text/plain" {
		p.fill(text, text, text)
		return nil, nil
	}
	base, ok := parseAddress(nil, p.URL)
	if !ok {
		return nil, job.Errorf(job.Internal, nil, "page without an address: %q", p.URL)
	}
	s := scan{page: p, base: base.url, seen: map[string]bool{}}
	s.robots(h.Get("X-Robots-Tag"))
	if strings.Count(text, "<") > maxTags {
		s.tokens(text)
		return s.links, nil
	}
	if doc, err := html.Parse(strings.NewReader(text)); err == nil {
		s.tree(doc)
		readable(doc, base.url, p)
	} else { // nested deeper than any page is
		s.tokens(text)
	}
	return s.links, nil
}

// scan collects what a page says of itself, and its links.
type scan struct {
	page     *Page
	base     *url.URL
	links    []string
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
			s.page.fill(out.String(), out.String(), out.String())
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
		if a, ok := parseAddress(s.base, href); ok && s.page.CanonicalURL == "" {
			s.page.CanonicalURL = a.text
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
	if len(s.links) >= maxLinks {
		return
	}
	if a, ok := parseAddress(s.base, href); ok && !s.seen[a.text] {
		s.seen[a.text] = true
		s.links = append(s.links, a.text)
	}
}

func (s *scan) end() {
	s.page.Links = len(s.links)
	if s.nofollow {
		s.links = nil
	}
}

// limited keeps a text on one line, and short.
func limited(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s[:most])
		s = s[:max(most-size, 0)]
	}
	return s
}
