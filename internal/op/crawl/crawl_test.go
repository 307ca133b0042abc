package crawl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/optest"
	"docket/internal/safehttp"
	"docket/internal/sandbox"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { optest.Main(m) }

// crawler is the operation with a client that may reach this machine or not.
func crawler(t *testing.T, pool *sandbox.Pool, loopback bool) *Operation {
	t.Helper()
	c := safehttp.New(safehttp.Options{UserAgent: "Docket", AllowLoopback: loopback})
	t.Cleanup(c.Close)
	return New(pool, func() *safehttp.Client { return c }, 20<<20)
}

func work(t *testing.T, o *Operation, parameters string) *optest.Work {
	t.Helper()
	checked, err := o.Check(json.RawMessage(parameters))
	if err != nil {
		t.Fatal(err)
	}
	w := optest.New(t, nil, checked)
	w.Task.Inputs = nil
	return w
}

// pages are those of the result, by path and query.
func pages(t *testing.T, w *optest.Work, site string) map[string]Page {
	t.Helper()
	b, ok := w.File(pagesFile)
	if !ok {
		t.Fatal("there is no result")
	}
	all := map[string]Page{}
	for line := range strings.Lines(string(b)) {
		var p Page
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(p.URL, site)
		if _, twice := all[path]; twice {
			t.Errorf("%s is there twice", path)
		}
		all[path] = p
	}
	return all
}

// TestCrawl finds all pages of a site once, and gets past everything else.
func TestCrawl(t *testing.T) {
	const count = 500
	site := testkit.NewSite(t, count)
	o := crawler(t, optest.Pool(t), true)
	w := work(t, o, fmt.Sprintf(`{"urls":[%q],"max_depth":6,"max_pages":2000,"delay":0,"page_timeout":4,"sitemap":true}`, site.URL))
	r, err := o.Run(optest.Context(t), w.Task)
	if err != nil {
		t.Fatal(err)
	}
	got, visits := pages(t, w, site.URL), site.Visits()
	for n := range count {
		path := fmt.Sprintf("/page/%d", n)
		p := got[path]
		if want := fmt.Sprintf("This is what page %d has to say. It is about the number %d.", n, n); p.Status != pageCompleted || !strings.Contains(p.Text, want) || !strings.Contains(p.Markdown, want) || p.Title != fmt.Sprintf("Page %d", n) || p.Language != "en" {
			t.Fatalf("%s: %+v", path, p)
		}
		if visits[path] != 1 {
			t.Errorf("%s was asked for %d times", path, visits[path])
		}
	}
	for path, want := range map[string]string{
		"/": "Welcome.", "/unlinked": "Only the map", "/loop/a": "From /loop/a", "/loop/b": "From /loop/b", "/octets": "called something else", "/plain.txt": "Grüße aus",
		"/broken": "Broken but there", "/found-in-broken": "Through the rubble", "/deep": "At the bottom.", "/found-in-deep": "Down here", "/sub/relative": "To the base",
		"/gzip": "Small on the way", "/calendar?month=1": "month 1.", "/calendar?month=1299": "month 1299.", "/doc.pdf": "A document on the way.",
	} {
		if p := got[path]; p.Status != pageCompleted || !strings.Contains(p.Text, want) || p.HTTPStatus != 200 {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := got["/doc.pdf"]; p.PageCount != 2 || p.ContentType != "application/pdf" || !strings.Contains(p.Markdown, "second page") {
		t.Errorf("document: %+v", p)
	}
	for path, want := range map[string]string{
		"/huge": "resource_limit", "/slow": "timed out", "/inside": "another host", "/circle/b": "in a circle", "/self": "in a circle", "/picture.html": "image/png",
		"/bomb": "resource_limit", "/missing": "HTTP 404", "/error": "HTTP 500",
	} {
		if p := got[path]; p.Status != pageFailed || p.Error == nil || !strings.Contains(fmt.Sprint(p.Error.ErrorType, p.Error.Message), want) || p.Text != "" {
			t.Errorf("%s: %+v %+v", path, p, p.Error)
		}
	}
	for path, twin := range map[string]string{"/copy/3": "/page/3", "/print/4": "/page/4"} {
		a, b := got[path], got[twin]
		if a.DuplicateOf+b.DuplicateOf != site.URL+twin && a.DuplicateOf+b.DuplicateOf != site.URL+path || (a.Status == pageDuplicate) == (b.Status == pageDuplicate) {
			t.Errorf("%s: %+v and %+v", path, a, b)
		}
	}
	for _, path := range []string{"/private/x", "/no", "/page/1?PHPSESSID=0", "/page/5;jsessionid=ABC"} {
		if visits[path] > 0 {
			t.Errorf("%s was asked for", path)
		}
	}
	s, ok := r.Summary.(Summary)
	if !ok || s.PagesCrawled < count+15 || s.Errors != 9 || s.Duplicates != 2 || s.Disallowed != 1 || s.Hosts != 1 {
		t.Errorf("summary %+v", r.Summary)
	}
	last := w.Progress()[len(w.Progress())-1]
	if last.PagesCompleted != len(got) || last.TotalPages != len(got) || last.Percentage != 99 {
		t.Errorf("progress ends with %+v of %d", last, len(got))
	}
}

// What an attempt has finished, the next one does not ask for again.
func TestResume(t *testing.T) {
	site, pool := testkit.NewSite(t, 120), optest.Pool(t)
	o := crawler(t, pool, true)
	w := work(t, o, fmt.Sprintf(`{"urls":[%q],"max_depth":6,"max_pages":1000,"delay":0,"page_timeout":4,"exclude":["/traps"]}`, site.URL))
	stopped := errors.New("stopped")
	var r op.Result
	for attempt := range 4 {
		ctx, stop := context.WithCancelCause(optest.Context(t))
		w.Task.Progress = func(p job.Progress) {
			if p.PagesCompleted >= 30*(attempt+1) && attempt < 3 {
				stop(stopped)
			}
		}
		var err error
		r, err = o.Run(ctx, w.Task)
		stop(nil)
		if (attempt < 3) != errors.Is(err, stopped) {
			t.Fatalf("attempt %d: %v", attempt, err)
		}
	}
	got, visits := pages(t, w, site.URL), site.Visits()
	if s, ok := r.Summary.(Summary); len(got) != 121 || !ok || s.PagesCrawled != 121 || s.Duplicates+s.Errors != 0 {
		t.Errorf("%d pages, %+v", len(got), r.Summary)
	}
	twice := 0
	for path, n := range visits {
		if path != "/robots.txt" && n > 1 {
			twice += n - 1
		}
	}
	if twice > 3 { // what was on the way when an attempt ended
		t.Errorf("%d pages were asked for again: %v", twice, visits)
	}
}

func TestLimits(t *testing.T) {
	site, pool := testkit.NewSite(t, 200), optest.Pool(t)
	o := crawler(t, pool, true)
	tests := map[string]struct {
		parameters string
		pages      int
		warning    string
		only       string // prefix of all paths but the first
	}{
		"pages":   {`"max_pages":7,"max_depth":9`, 7, "page_limit", ""},
		"depth":   {`"max_depth":0`, 1, "", ""},
		"host":    {`"max_pages_per_host":5`, 5, "host_limit", ""},
		"include": {`"include":["/page/1*"],"urls":["URL/page/1"]`, 4, "", "/page/1"}, // of its links 9 to 16
		"exclude": {`"exclude":["*/page/*","/traps"]`, 1, "", ""},
		"time":    {`"max_duration":1,"delay":0.4`, 3, "time_limit", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			parameters := strings.ReplaceAll(test.parameters, "URL", site.URL)
			for _, d := range []string{`"delay":0`, fmt.Sprintf(`"urls":[%q]`, site.URL)} {
				if key, _, _ := strings.Cut(d, ":"); !strings.Contains(parameters, key) {
					parameters += "," + d
				}
			}
			w := work(t, o, "{"+parameters+"}")
			r, err := o.Run(optest.Context(t), w.Task)
			if err != nil {
				t.Fatal(err)
			}
			got := pages(t, w, site.URL)
			s, _ := r.Summary.(Summary)
			if name == "include" {
				for path := range got {
					if !strings.HasPrefix(path, test.only) {
						t.Errorf("%s is there", path)
					}
				}
				return
			}
			if (s.PagesCrawled != test.pages && name != "time") || s.PagesCrawled > test.pages || (test.warning != "") != slices.Contains(r.Warnings, test.warning) {
				t.Errorf("%+v %v", s, r.Warnings)
			}
		})
	}
}

func TestNothingToBeHad(t *testing.T) {
	site, pool := testkit.NewSite(t, 1), optest.Pool(t)
	tests := map[string]struct {
		loopback bool
		url      string
		code     job.Code
		reason   string
	}{
		"private":   {false, site.URL, job.URLUnreachable, "the address is private"},
		"localhost": {false, strings.Replace(site.URL, "127.0.0.1", "localhost", 1), job.URLUnreachable, "the address is private"},
		"redirect":  {true, site.URL + "/inside", job.URLUnreachable, "the address is private"},
		"missing":   {true, site.URL + "/missing", job.URLUnreachable, "HTTP 404"},
		"robots":    {true, site.URL + "/private/x", job.URLUnreachable, "robots.txt does not allow it"},
		"circle":    {true, site.URL + "/circle/a", job.URLUnreachable, "it redirects in a circle"},
		"nobody":    {true, "http://127.0.0.1:1/", job.URLUnreachable, "connection refused"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := crawler(t, pool, test.loopback)
			w := work(t, o, fmt.Sprintf(`{"urls":[%q],"delay":0}`, test.url))
			_, err := o.Run(optest.Context(t), w.Task)
			if f := job.FailureOf(err); err == nil || f.Code != test.code || f.Facts["reason"] != test.reason {
				t.Errorf("%v", err)
			}
		})
	}
}

// A cancelled crawl ends at once, whatever hangs.
func TestCancel(t *testing.T) {
	site, pool := testkit.NewSite(t, 1), optest.Pool(t)
	o := crawler(t, pool, true)
	w := work(t, o, fmt.Sprintf(`{"urls":["%s/slow","%s/huge"],"delay":0,"page_timeout":60}`, site.URL, site.URL))
	ctx, cancel := context.WithCancelCause(optest.Context(t))
	why := errors.New("enough")
	var at time.Time
	go func() {
		for site.Visits()["/slow"] == 0 && ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-time.After(time.Millisecond):
			}
		}
		at = time.Now()
		cancel(why)
	}()
	_, err := o.Run(ctx, w.Task)
	if !errors.Is(err, why) || time.Since(at) > 20*time.Second { // a page may take a minute
		t.Errorf("ended %v after the cancel with %v", time.Since(at), err)
	}
}

func TestRender(t *testing.T) {
	site, pool := testkit.NewSite(t, 3), optest.Pool(t)
	o := crawler(t, pool, true)
	w := work(t, o, fmt.Sprintf(`{"urls":["%s/page/0","%s/missing"],"delay":0,"include":["/page/*"]}`, site.URL, site.URL))
	r, err := o.Run(optest.Context(t), w.Task)
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Render(o, r, "/v1/api/jobs", job.FormatJSON)
	var v struct {
		Summary
		Pages []Page `json:"pages"`
	}
	if err != nil || json.Unmarshal([]byte(text), &v) != nil || len(v.Pages) != 4 || v.PagesCrawled != 3 || v.Errors != 1 {
		t.Fatalf("%s %v", text, err)
	}
	lines, err := w.Render(o, r, "", job.FormatLines)
	if err != nil || strings.Count(lines, "\n") != 4 || !json.Valid([]byte(strings.Split(lines, "\n")[3])) {
		t.Errorf("%s %v", lines, err)
	}
	for format, want := range map[job.Format]string{job.FormatMarkdown: "# Page 0\n\n<" + site.URL + "/page/0>\n\n", job.FormatText: "Page 0\n" + site.URL} {
		if text, err := w.Render(o, r, "", format); err != nil || !strings.Contains(text, want) || strings.Contains(text, "missing") {
			t.Errorf("%s: %s %v", format, text, err)
		}
	}
	if _, err := w.Render(o, r, "", "csv"); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("csv: %v", err)
	}
}

func TestCheck(t *testing.T) {
	o := New(nil, nil, 0)
	const whole = `{"urls":["https://example.org"],"max_depth":3,"max_pages":100,"max_pages_per_host":0,"sitemap":false,"delay":0.5,"page_timeout":20,"max_duration":3600}`
	got, err := o.Check(json.RawMessage(`{"urls":["https://example.org"]}`))
	if diff := cmp.Diff(whole, string(got)); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if again, err := o.Check(got); err != nil || string(again) != whole {
		t.Errorf("checked again: %s %v", again, err)
	}
	for parameters, field := range map[string]string{
		``: "parameters.urls", `[]`: "parameters", `{}`: "parameters.urls", `{"urls":[]}`: "parameters.urls", `{"urls":"x"}`: "parameters.urls", `{"urls":[5]}`: "parameters.urls",
		`{"urls":["ftp://example.org"]}`: "parameters.urls[0]", `{"urls":["https://a.example"," "]}`: "parameters.urls[1]", `{"urls":["https://u:p@a.example"]}`: "parameters.urls[0]",
		`{"urls":["https://a.example"],"depth":1}`: "parameters.depth", `{"urls":["https://a.example"],"max_depth":-1}`: "parameters.max_depth",
		`{"urls":["https://a.example"],"max_depth":1.5}`: "parameters.max_depth", `{"urls":["https://a.example"],"max_pages":0}`: "parameters.max_pages",
		`{"urls":["https://a.example"],"max_pages":"9"}`: "parameters.max_pages", `{"urls":["https://a.example"],"max_pages":1e99}`: "parameters.max_pages",
		`{"urls":["https://a.example"],"sitemap":1}`: "parameters.sitemap", `{"urls":["https://a.example"],"include":["^/a"]}`: "parameters.include[0]",
		`{"urls":["https://a.example"],"exclude":"/a"}`: "parameters.exclude", `{"urls":["https://a.example"],"hosts":["https://b.example"]}`: "parameters.hosts[0]",
		`{"urls":["https://a.example"],"delay":61}`: "parameters.delay", `{"urls":["https://a.example"],"page_timeout":0}`: "parameters.page_timeout",
	} {
		_, err := o.Check(json.RawMessage(parameters))
		e, ok := errors.AsType[*job.Error](err)
		if !ok || e.Code != job.InvalidRequest || e.Facts["field"] != field || e.Facts["remedy"] == nil && e.Facts["allowed"] == nil {
			t.Errorf("%s: %v", parameters, err)
		}
	}
	if o.CheckDocuments(0, nil) != nil || job.CodeOf(o.CheckDocuments(1, nil)) != job.InvalidRequest {
		t.Error("documents are taken")
	}
}

var _ op.DocumentChecker = (*Operation)(nil)
