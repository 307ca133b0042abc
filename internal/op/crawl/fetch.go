package crawl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"docket/internal/document/site"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/safehttp"
	"docket/internal/sandbox"
)

const (
	maxRedirects     = 5
	maxText          = 3 << 20 // bytes of a page that is text
	triesPerPage     = 2       // when a child dies of it
	sniffBytes       = 512
	tooManyRedirects = "more than 5 redirects"
)

// fetcher visits addresses and takes apart what it finds there.
type fetcher struct {
	client  func() *safehttp.Client
	pool    *sandbox.Pool
	job     job.ID
	maxFile int64
	timeout time.Duration
}

// visited is what came of one visit.
type visited struct {
	item     item
	page     *Page    // what is there; nil for a redirect or an error
	links    []string // on the page, absolute
	redirect string   // where it led to, absolute
	err      error
	wait     time.Duration // that the host asks for before the next visit
}

// visit gets one page. An error of storage is among its errors, and so is the
// end of the context.
func (f *fetcher) visit(ctx context.Context, it item) visited {
	out := visited{item: it}
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	v, err := f.client().Visit(limited, it.URL, f.maxFile)
	if err != nil {
		out.err = tooLarge(err)
		return out
	}
	defer v.Body.Close()
	if to, ok := target(v, it.URL); ok {
		out.redirect = to
		return out
	}
	if out.err = v.Err(); out.err == nil && v.Status >= 300 {
		out.err = job.Errorf(job.URLUnreachable, job.Facts{"reason": fmt.Sprintf("HTTP %d without an address", v.Status)}, "redirect without Location")
	}
	if out.err != nil {
		out.wait = retryAfter(v.Header)
		return out
	}
	out.page = &Page{
		URL: it.URL, RequestedURL: it.begin(), Depth: it.Depth, Status: pageCompleted,
		HTTPStatus: v.Status, FetchedAt: time.Now().UTC().Format(job.Seconds),
	}
	out.links, out.err = f.read(ctx, v, out.page)
	if out.err != nil {
		out.page, out.links = nil, nil
	}
	return out
}

// target is where a redirect leads.
func target(v *safehttp.Visit, from string) (string, bool) {
	location := v.Header.Get("Location")
	if v.Status < 300 || v.Status > 399 || location == "" {
		return "", false
	}
	base, ok := site.ParseAddress(nil, from)
	if !ok {
		return location, true
	}
	to, err := base.URL.Parse(location)
	if err != nil {
		return location, true
	}
	to.Fragment = ""
	return to.String(), true
}

// retryAfter reads how long the host wants to be left alone.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(min(n, 3600))*time.Second, maxRobotWait)
}

// read finds out by content what the page is, and has it taken apart. The body
// ends with the time for one page; what comes after it has a time of its own.
func (f *fetcher) read(ctx context.Context, v *safehttp.Visit, p *Page) ([]string, error) {
	body := bufio.NewReaderSize(v.Body, 4<<10)
	head, err := body.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, tooLarge(err)
	}
	declared, _, _ := mime.ParseMediaType(v.Header.Get("Content-Type"))
	p.ContentType = typeOf(declared, head)
	switch p.ContentType {
	case "text/html", "text/plain":
		b, err := readText(body)
		if err != nil {
			return nil, err
		}
		return f.text(ctx, v.Header, b, p)
	case "":
		p.ContentType = declared
		return nil, job.Errorf(job.UnsupportedFormat, job.Facts{"detected": named(declared, head)}, "page of type %q", declared)
	default:
		return nil, f.document(ctx, body, p)
	}
}

func readText(body io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(body, maxText+1))
	if err != nil {
		return nil, tooLarge(err)
	}
	if len(b) > maxText {
		return nil, job.Errorf(job.ResourceLimit, job.Facts{"limit": "file_size", "bytes": maxText}, "page of more than %d bytes", maxText)
	}
	return b, nil
}

// typeOf is text/html, text/plain, the type of what may be a document, or
// nothing for what has no text to read. Servers are often wrong about it.
func typeOf(declared string, head []byte) string {
	found, _, _ := mime.ParseMediaType(http.DetectContentType(head))
	class, _, _ := strings.Cut(found, "/")
	switch {
	case found == "application/pdf":
		return found
	case class == "image" || class == "video" || class == "audio" || class == "font":
		return ""
	case found == "text/html", declared == "application/xhtml+xml", declared == "text/html" && class == "text":
		return "text/html"
	case class == "text" && (declared == "text/css" || strings.Contains(declared, "javascript") || strings.Contains(declared, "json")):
		return ""
	case class == "text":
		return "text/plain"
	}
	class, _, _ = strings.Cut(declared, "/")
	if class == "image" || class == "video" || class == "audio" || class == "font" || class == "text" || declared == "" {
		return ""
	}
	return declared
}

// named is what people call the content.
func named(declared string, head []byte) string {
	found, _, _ := mime.ParseMediaType(http.DetectContentType(head))
	if found == "application/octet-stream" || strings.HasPrefix(found, "text/") {
		found = declared
	}
	if found == "" {
		return "of a kind that is not known"
	}
	return found
}

// document has a document read in the sandbox.
func (f *fetcher) document(ctx context.Context, body io.Reader, p *Page) (err error) {
	a, ok := site.ParseAddress(nil, p.URL)
	name := "document"
	if ok && path.Base(a.URL.Path) != "/" {
		name = path.Base(a.URL.Path)
	}
	scratch, err := op.NewScratch(name, body)
	if err != nil {
		return tooLarge(err)
	}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	chunks := &chunkText{most: maxText}
	info, _, err := op.ReadDocument(ctx, f.pool, scratch.Task(f.job), op.Reading{}, chunks)
	if err != nil {
		return err
	}
	p.PageCount, p.Title = info.Pages, name
	if info.MIME != "" {
		p.ContentType = info.MIME
	}
	if chunks.cut {
		p.Warnings = append(p.Warnings, "truncated")
	}
	var found site.Page
	found.Fill(chunks.text.String(), chunks.markdown.String(), chunks.text.String())
	p.has(&found)
	return nil
}

// text has a page that is text taken apart in the sandbox.
func (f *fetcher) text(ctx context.Context, h http.Header, b []byte, p *Page) ([]string, error) {
	answer := site.Answer{URL: p.URL, HTML: p.ContentType == "text/html", ContentType: h.Get("Content-Type"), Robots: h.Get("X-Robots-Tag")}
	for try := 1; ; try++ {
		found, err := f.pool.SitePage(ctx, answer, b)
		if errors.Is(err, sandbox.ErrDied) && try < triesPerPage {
			continue
		}
		if err != nil {
			return nil, err
		}
		p.Title, p.Description, p.Language, p.CanonicalURL, p.Links = found.Title, found.Description, found.Language, found.CanonicalURL, found.Links
		p.has(found)
		return found.Follow, nil
	}
}

// tooLarge makes the refusal of a download the failure of a page.
func tooLarge(err error) error {
	if e, ok := errors.AsType[*job.Error](err); ok && e.Code == job.FileTooLarge {
		return &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": "file_size", "bytes": e.Facts["max"]}, Err: err}
	}
	return err
}
