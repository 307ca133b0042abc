package site

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAddresses(t *testing.T) {
	base, ok := ParseAddress(nil, "https://example.org/a/b?x=1")
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
		a, ok := ParseAddress(base.URL, link)
		if a.Text != want && ok || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", link, a.Text, ok, want)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, same := range [][2]string{
		{"http://example.org/a", "https://example.org/a"}, {"http://example.org/?a=1&b=2", "http://example.org/?b=2&a=1"},
		{"http://example.org/%7Eme/%c3%bc", "http://example.org/~me/%C3%BC"}, {"http://example.org/a?", "http://example.org/a"},
	} {
		a, _ := ParseAddress(nil, same[0])
		b, _ := ParseAddress(nil, same[1])
		if a.Key() != b.Key() {
			t.Errorf("%v differ", same)
		}
	}
	for _, other := range [][2]string{
		{"http://example.org/a", "http://example.org/a/"}, {"http://example.org/a", "http://example.org/A"}, {"http://example.org/?a=1", "http://example.org/?a=2"},
		{"http://example.org/a%2Fb", "http://example.org/a/b"}, {"http://example.org/", "http://example.org:8080/"},
	} {
		a, _ := ParseAddress(nil, other[0])
		b, _ := ParseAddress(nil, other[1])
		if a.Key() == b.Key() {
			t.Errorf("%v are the same", other)
		}
	}
}

// An address that was read once reads the same again, and has the same key.
func TestAddressesAreStable(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		link := rapid.OneOf(rapid.String(), rapid.StringMatching(`(https?://[a-z.]{1,9})?/[a-zA-Z0-9/%.;?&=#_~ü-]{0,40}`)).Draw(r, "link")
		base, _ := ParseAddress(nil, "http://example.org/x/")
		a, ok := ParseAddress(base.URL, link)
		if !ok {
			return
		}
		b, ok := ParseAddress(nil, a.Text)
		if !ok || b.Text != a.Text || b.Key() != a.Key() || b.Kind() != a.Kind() {
			r.Errorf("%q became %q and then %q", link, a.Text, b.Text)
		}
	})
}
