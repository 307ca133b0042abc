package op

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"unicode"
)

// CrawlFile is what the file of a crawl's result is called: a line of JSON for
// each page.
const CrawlFile = "pages.jsonl"

// Crawled is a page of a crawl as a document: a text in Markdown.
type Crawled struct {
	Name    string // made from its address, such as example.org-docs-intro.md
	URL     string
	Content string
}

// maxCrawledName is the longest name of a page, in bytes.
const maxCrawledName = 150

// CrawledPages reads the pages of a CrawlFile that have a text of their own,
// one at a time in memory. An error is the last that it yields.
func CrawledPages(from io.Reader) iter.Seq2[Crawled, error] {
	return func(yield func(Crawled, error) bool) {
		for line, err := range JSONLines(from) {
			var p struct {
				URL      string `json:"url"`
				Title    string `json:"title"`
				Text     string `json:"text"`
				Markdown string `json:"markdown"`
			}
			if err == nil {
				err = json.Unmarshal(line, &p)
			}
			if err != nil {
				yield(Crawled{}, fmt.Errorf("read the pages of a crawl: %w", err))
				return
			}
			if p.Text == "" && p.Markdown == "" { // it failed, or is the twin of another
				continue
			}
			if !yield(Crawled{Name: pageName(p.URL), URL: p.URL, Content: crawledText(p.Title, p.Markdown, p.Text)}, nil) {
				return
			}
		}
	}
}

// crawledText has the title of the page as a heading, unless it begins with one.
func crawledText(title, markdown, text string) string {
	if markdown == "" {
		markdown = text
	}
	if title == "" || strings.HasPrefix(markdown, "# ") {
		return markdown + "\n"
	}
	return "# " + strings.Join(strings.Fields(title), " ") + "\n\n" + markdown + "\n"
}

// pageName makes one word of an address.
func pageName(address string) string {
	name := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		name = u.Host + strings.TrimSuffix(u.Path, "/")
		if u.RawQuery != "" {
			name += "?" + u.RawQuery
		}
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._=", r) {
			return r
		}
		return '-'
	}, name)
	if len(name) > maxCrawledName {
		name = strings.ToValidUTF8(name[:maxCrawledName], "")
	}
	return name + ".md"
}
