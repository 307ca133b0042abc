package crawl

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAddresses(t *testing.T) {
	base, ok := parseAddress(nil, "https://example.org/a/b?x=1")
	if !ok {
		t.Fatal("no base")
	}
	for link, want := range map[string]string{
		"c":                               "https://example.org/a/c",
		"../../../c":                      "https://example.org/c",
		"?y=2":                            "https://example.org/a/b?y=2",
		"#part":                           "https://example.org/a/b?x=1",
		"//other.example":                 "https://other.example/",
		"HTTP://EXAMPLE.org:80/A/./B/../": "http://example.org/A/",
		"https://example.org:443/":        "https://example.org/",
		"https://example.org.:8443/":      "https://example.org:8443/",
		"https://b\u00fccher.example/":    "https://xn--bcher-kva.example/",
		"https://u:p@example.org/":        "https://example.org/",
		"/x\ny":                           "https://example.org/xy",
		"/x?utm_source=a&id=7&gclid=b":    "https://example.org/x?id=7",
		"/x?PHPSESSID=1":                  "https://example.org/x",
		"/x;JSESSIONID=1F?a":              "https://example.org/x?a",
		"/x?sid=0123456789abcdef01":       "https://example.org/x",
		"/x?sid=story-7&s=shoes":          "https://example.org/x?sid=story-7&s=shoes",
		"http://[2001:db8::1]:80/":        "http://[2001:db8::1]/",
		"":                                "",
		"mailto:a@example.org":            "",
		"javascript:void(0)":              "",
		"http://":                         "",
		"http://[::1":                     "",
		"/" + strings.Repeat("a", 3000):   "",
	} {
		a, ok := parseAddress(base.url, link)
		if a.text != want && ok || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", link, a.text, ok, want)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, same := range [][2]string{
		{"http://example.org/a", "https://example.org/a"}, {"http://example.org/?a=1&b=2", "http://example.org/?b=2&a=1"},
		{"http://example.org/%7Eme/%c3%bc", "http://example.org/~me/%C3%BC"}, {"http://example.org/a?", "http://example.org/a"},
	} {
		a, _ := parseAddress(nil, same[0])
		b, _ := parseAddress(nil, same[1])
		if a.key() != b.key() {
			t.Errorf("%v differ", same)
		}
	}
	for _, other := range [][2]string{
		{"http://example.org/a", "http://example.org/a/"}, {"http://example.org/a", "http://example.org/A"}, {"http://example.org/?a=1", "http://example.org/?a=2"},
		{"http://example.org/a%2Fb", "http://example.org/a/b"}, {"http://example.org/", "http://example.org:8080/"},
	} {
		a, _ := parseAddress(nil, other[0])
		b, _ := parseAddress(nil, other[1])
		if a.key() == b.key() {
			t.Errorf("%v are the same", other)
		}
	}
}

// An address that was read once reads the same again, and has the same key.
func TestAddressesAreStable(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		link := rapid.OneOf(rapid.String(), rapid.StringMatching(`(https?://[a-z.]{1,9})?/[a-zA-Z0-9/%.;?&=#_~ü-]{0,40}`)).Draw(r, "link")
		base, _ := parseAddress(nil, "http://example.org/x/")
		a, ok := parseAddress(base.url, link)
		if !ok {
			return
		}
		b, ok := parseAddress(nil, a.text)
		if !ok || b.text != a.text || b.key() != a.key() || b.kind() != a.kind() {
			r.Errorf("%q became %q and then %q", link, a.text, b.text)
		}
	})
}

func TestScope(t *testing.T) {
	s := newScope(Parameters{URLs: []string{"http://a.example/docs"}, Hosts: []string{"*.b.example", "c.example"}, Include: []string{"/docs/*", "*.pdf"}, Exclude: []string{"*/draft/*", "/docs/old*"}})
	for link, want := range map[string]bool{
		"http://a.example/docs/x": true, "http://a.example/other": false, "http://a.example/other.pdf": true, "http://a.example/docs/draft/x": false,
		"http://a.example/docs/old": false, "http://x.b.example/docs/y": true, "http://b.example/docs/y": false, "http://c.example:81/docs/z?q": true,
		"http://d.example/docs/x": false, "http://a.example.evil.example/docs/x": false,
	} {
		a, ok := parseAddress(nil, link)
		if !ok || s.has(a) != want {
			t.Errorf("%s: %v", link, !want)
		}
	}
}

func TestWild(t *testing.T) {
	long := strings.Repeat("a*", 200) + "b"
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"*", "x", true}, {"a*b", "ab", true}, {"a*b", "axxb", true}, {"a*a", "a", false}, {"/x", "/x", true}, {"/x", "/xy", false},
		{"*b*", "abc", true}, {"*b*d*", "adb", false}, {long, strings.Repeat("a", 100_000), false},
	} {
		if wild(test.pattern, test.text) != test.want {
			t.Errorf("%.20q %.20q: %v", test.pattern, test.text, !test.want)
		}
	}
}

func TestRobots(t *testing.T) {
	tests := map[string]struct {
		text  string
		path  string
		want  bool
		delay time.Duration
	}{
		"empty":          {"", "/x", true, 0},
		"all":            {"User-agent: *\nDisallow: /", "/x", false, 0},
		"nothing":        {"User-agent: *\nDisallow:", "/x", true, 0},
		"longest":        {"User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true, 0},
		"ours":           {"User-agent: *\nDisallow: /\n\nUser-agent: docket\nDisallow: /y", "/x", true, 0},
		"wildcard":       {"User-agent: *\nDisallow: /*.pdf$", "/x.pdf", false, 0},
		"query":          {"User-agent: *\nDisallow: /*?q=", "/x?q=1", false, 0},
		"delay":          {"User-agent: *\nCrawl-delay: 2.5", "/x", true, 2500 * time.Millisecond},
		"endless delay":  {"User-agent: *\nCrawl-delay: 86400", "/x", true, maxRobotWait},
		"no delay":       {"User-agent: *\nCrawl-delay: soon\nDisallow: /x", "/x", false, 0},
		"before a group": {"Disallow: /\nUser-agent: *\nDisallow: /y", "/x", true, 0},
		"rubbish":        {"\xff\xfe<html>\nUser-agent: *\n???\nDisallow: /x", "/x", false, 0},
		"slow rule":      {"User-agent: *\nDisallow: /" + strings.Repeat("*a", 100_000) + "\nDisallow: /x", "/x", false, 0},
		"mark":           {"\ufeffUser-agent: *\r\nDisallow: /x\r\n", "/x", false, 0},
	}
	for name, test := range tests {
		r := parseRobots([]byte(test.text))
		a, ok := parseAddress(nil, "http://example.org"+test.path)
		if r.failure != nil || !ok || r.allows(a) != test.want || r.delay != test.delay {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestSitemaps(t *testing.T) {
	for name, test := range map[string]struct {
		body        string
		pages, maps string
	}{
		"map":    {`<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> http://a/?x=1&amp;y </loc></url><url><loc><![CDATA[http://b]]></loc><lastmod>x</lastmod></url></urlset>`, "http://a/?x=1&y http://b", ""},
		"index":  {`<sitemapindex><sitemap><loc>http://m</loc></sitemap></sitemapindex>`, "", "http://m"},
		"broken": {`<urlset><url><loc>http://a</loc></url><url><loc>`, "http://a", ""},
		"lines":  {"http://a\nhttp://b\n", "http://a http://b", ""},
		"image":  {`<urlset><url><loc>http://a</loc><image:image><image:loc>http://i</image:loc></image:image></url></urlset>`, "http://a", ""},
		"empty":  {"", "", ""},
	} {
		pages, maps := readSitemap(t.Context(), []byte(test.body), 100)
		if strings.Join(pages, " ") != test.pages || strings.Join(maps, " ") != test.maps {
			t.Errorf("%s: %v %v", name, pages, maps)
		}
	}
}
