package crawl

import (
	"strings"
	"testing"
	"time"

	"docket/internal/document/site"
)

func TestScope(t *testing.T) {
	s := newScope(Parameters{URLs: []string{"http://a.example/docs"}, Hosts: []string{"*.b.example", "c.example"}, Include: []string{"/docs/*", "*.pdf"}, Exclude: []string{"*/draft/*", "/docs/old*"}})
	for link, want := range map[string]bool{
		"http://a.example/docs/x": true, "http://a.example/other": false, "http://a.example/other.pdf": true, "http://a.example/docs/draft/x": false,
		"http://a.example/docs/old": false, "http://x.b.example/docs/y": true, "http://b.example/docs/y": false, "http://c.example:81/docs/z?q": true,
		"http://d.example/docs/x": false, "http://a.example.evil.example/docs/x": false,
	} {
		a, ok := site.ParseAddress(nil, link)
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
		a, ok := site.ParseAddress(nil, "http://example.org"+test.path)
		if r.failure != nil || !ok || r.allows(a) != test.want || r.delay != test.delay {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
