package crawl

import (
	"docket/internal/document/site"
	"docket/internal/job"
)

// Page is one page of the result.
type Page struct {
	URL          string   `json:"url"`
	RequestedURL string   `json:"requested_url,omitempty"` // where its redirects began, if there were any
	Depth        int      `json:"depth"`                   // links from where the crawl began
	Status       string   `json:"status"`                  // "completed", "failed" or "duplicate"
	HTTPStatus   int      `json:"http_status,omitempty"`
	ContentType  string   `json:"content_type,omitempty"` // as it was found from the content
	FetchedAt    string   `json:"fetched_at,omitempty"`   // RFC 3339, whole seconds, UTC
	Title        string   `json:"title,omitempty"`
	Description  string   `json:"description,omitempty"`
	Language     string   `json:"language,omitempty"`
	CanonicalURL string   `json:"canonical_url,omitempty"` // what the page says it is
	PageCount    int      `json:"page_count,omitempty"`    // of a document
	WordCount    int      `json:"word_count"`
	Links        int      `json:"links"`                  // different ones on the page
	Warnings     []string `json:"warnings,omitempty"`     // "truncated", "not_readable"
	DuplicateOf  string   `json:"duplicate_of,omitempty"` // the page with the same content
	Text         string   `json:"text,omitempty"`
	Markdown     string   `json:"markdown,omitempty"`

	Error *job.ErrorDetails `json:"error_details,omitempty"`

	// Content names what is on the page, to find it under other addresses.
	Content string `json:"content_sha256,omitempty"`
}

// The states of a page.
const (
	pageCompleted = "completed"
	pageFailed    = "failed"
	pageDuplicate = "duplicate"
)

// has keeps the text that was found.
func (p *Page) has(found *site.Page) {
	p.Text, p.Markdown, p.WordCount, p.Content = found.Text, found.Markdown, found.WordCount, found.Content
	p.Warnings = append(p.Warnings, found.Warnings...)
}

// failed is the page of an address that could not be had.
func failed(it item, err error) *Page {
	f := job.FailureOf(err)
	return &Page{
		URL: it.URL, RequestedURL: it.begin(), Depth: it.Depth, Status: pageFailed,
		Error: &job.ErrorDetails{ErrorType: f.Code, Message: f.Message(), Facts: f.Facts},
	}
}
