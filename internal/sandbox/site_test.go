package sandbox

import (
	"io"
	"strings"
	"testing"

	"docket/internal/document/site"
	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

// What web servers answer is taken apart in a child, whatever it is.
func TestSitePages(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	ctx := testContext(t)
	page := site.Answer{URL: "https://example.org/a/", HTML: true, ContentType: "text/html; charset=iso-8859-1"}
	got, err := p.SitePage(ctx, page, []byte("<html lang=de><title>T</title><a href=b>Gr\xfc\xdfe</a> <a href='/c' rel=nofollow>c</a>"))
	want := &site.Page{Title: "T", Language: "de", Text: "Grüße c", Markdown: "[Grüße](https://example.org/a/b) [c](https://example.org/c)", WordCount: 2, Links: 1, Follow: []string{"https://example.org/a/b"}}
	if err != nil {
		t.Fatal(err)
	}
	if want.Content = got.Content; len(got.Content) != 64 {
		t.Errorf("content %q", got.Content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	plain, err := p.SitePage(ctx, site.Answer{URL: "https://example.org/a.txt"}, []byte("<not a tag>"))
	if err != nil || plain.Text != "<not a tag>" {
		t.Errorf("%+v %v", plain, err)
	}
	m, err := p.SiteMap(ctx, []byte("http://a\nhttp://b\nhttp://c"), 2)
	if diff := cmp.Diff(site.Map{Pages: []string{"http://a", "http://b"}}, m); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for name, body := range map[string]string{
		"empty": "", "deep": strings.Repeat("<div>", 400_000), "tags": strings.Repeat("<b>x", 300_000), "attributes": "<a " + strings.Repeat("x=1 ", 500_000) + ">",
		"tables": strings.Repeat("<table><tr><td>", 20_000), "formatting": strings.Repeat("<a><b><i><p>", 20_000), "entities": strings.Repeat("&lt", 500_000),
		"zeros": strings.Repeat("\x00", 1<<20), "links": strings.Repeat("<a href='"+strings.Repeat("x", 1000)+"'>", 3000), "script": "<script>" + strings.Repeat("<", 1<<20),
	} {
		got, err := p.SitePage(ctx, page, []byte(body))
		if err != nil && job.CodeOf(err) == job.Internal || err == nil && len(got.Follow) > 5000 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A bound holds however it is written to: by pieces, as a text, from a reader.
func TestBounds(t *testing.T) {
	for name, write := range map[string]func(w io.Writer, text string) error{
		"text":   func(w io.Writer, text string) error { _, err := io.WriteString(w, text); return err },
		"reader": func(w io.Writer, text string) error { _, err := io.Copy(w, strings.NewReader(text)); return err },
		"bytes":  func(w io.Writer, text string) error { _, err := w.Write([]byte(text)); return err },
	} {
		b := &bounded{most: 1000}
		if err := write(b, strings.Repeat("x", 1001)); err != nil || !b.over || b.buffer.Len() > 1000 {
			t.Errorf("%s: %d bytes, %v", name, b.buffer.Len(), err)
		}
		if err := write(&answer{}, strings.Repeat("x", maxSite+1)); job.CodeOf(err) != job.ResourceLimit {
			t.Errorf("%s: an answer of any length: %v", name, err)
		}
	}
}

// An answer is bounded, and so is what is sent.
func TestSitePagesAreBounded(t *testing.T) {
	p, _ := startPool(t, 1, "", func(l *Limits) { l.FileBytes = 4 << 20 })
	if _, err := p.SitePage(testContext(t), site.Answer{}, make([]byte, 5<<20)); job.CodeOf(err) != job.ResourceLimit {
		t.Errorf("what is too large: %v", err)
	}
	// Every character takes six bytes in JSON, twice.
	if _, err := p.SitePage(testContext(t), site.Answer{}, []byte(strings.Repeat("\x01", 4<<20))); job.CodeOf(err) != job.ResourceLimit {
		t.Errorf("an answer that is too large: %v", err)
	}
	if _, err := p.SitePage(testContext(t), site.Answer{URL: "https://example.org"}, []byte("still there")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
