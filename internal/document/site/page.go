package site

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// Answer is how a web server answered, as far as it tells how a page is read.
type Answer struct {
	URL         string // where the page is
	HTML        bool   // it is no plain text; found from the content
	ContentType string // the header of that name
	Robots      string // the header X-Robots-Tag
}

// Page is what is to be read on a page, and what it says of itself.
type Page struct {
	Title        string
	Description  string
	Language     string
	CanonicalURL string // what the page says it is
	Text         string
	Markdown     string
	WordCount    int
	Content      string   // sha256 that tells it from others, hexadecimal; empty without any content
	Links        int      // different ones on the page
	Follow       []string // of them, absolute, those that may be followed
	Warnings     []string // "truncated", "not_readable", "no_markdown"
}

// Fill keeps the text of a page. The content is what tells it from others.
func (p *Page) Fill(text, markdown, content string) {
	p.Text, p.Markdown = strings.TrimSpace(text), strings.TrimSpace(markdown)
	p.WordCount = len(strings.Fields(p.Text))
	if words := strings.Fields(content); len(words) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(words, " ")))
		p.Content = hex.EncodeToString(sum[:])
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
