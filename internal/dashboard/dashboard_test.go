package dashboard

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"strings"
	"testing"
)

// mostBytes is what the first look at the dashboard may cost, compressed.
const mostBytes = 300_000

func open(t *testing.T) *Dashboard {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// All that the index asks for is there, is kept for good, and is small.
func TestFirstLook(t *testing.T) {
	d := open(t)
	page, header, ok := d.Page("", false)
	if !ok || header.Get("Content-Type") != "text/html; charset=utf-8" || header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("the index: %v %v", ok, header)
	}
	total, parts := 0, regexp.MustCompile(`(?:src|href)="/ui/([^"]+)"`).FindAllSubmatch(page, -1)
	if len(parts) < 3 {
		t.Fatalf("the index asks for %d parts:\n%s", len(parts), page)
	}
	for _, part := range parts {
		name := string(part[1])
		plain, header, ok := d.Page(name, false)
		if !ok {
			t.Errorf("the index asks for %s, which is not there", name)
			continue
		}
		if forGood := header.Get("Cache-Control") == forever; forGood != strings.HasPrefix(name, "assets/") {
			t.Errorf("%s has Cache-Control %q", name, header.Get("Cache-Control"))
		}
		packed, header, _ := d.Page(name, true)
		total += len(packed)
		if header.Get("Content-Encoding") != "gzip" {
			continue
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := io.ReadAll(z); err != nil || !bytes.Equal(back, plain) {
			t.Errorf("%s unpacks to something else: %v", name, err)
		}
	}
	if total > mostBytes {
		t.Errorf("the first look costs %d bytes, at most %d are allowed", total, mostBytes)
	}
}

// The pages hold no script or style of their own and nothing from elsewhere,
// which their policy would refuse.
func TestIndexKeepsItsPolicy(t *testing.T) {
	page, header, _ := open(t).Page("", false)
	if header.Get("Content-Security-Policy") != Policy || strings.Contains(Policy, "unsafe") {
		t.Errorf("the policy is %q", header.Get("Content-Security-Policy"))
	}
	for what, pattern := range map[string]string{"an inline script": `<script[^>]*>[^<]`, "a style": `<style|style=`, "a handler": ` on[a-z]+=`, "another origin": `(?:src|href)="(?:https?:)?//`} {
		if found := regexp.MustCompile(pattern).Find(page); found != nil {
			t.Errorf("the index has %s: %s", what, found)
		}
	}
}

func TestPagesAndFiles(t *testing.T) {
	d := open(t)
	for _, test := range []struct {
		path  string
		index bool
		ok    bool
	}{
		{"", true, true},
		{"jobs/job_01hm6f4yk0f8xa7zq3v5c9d2ft", true, true},
		{"webhooks", true, true},
		{"index.html", true, true},
		{"icon.svg", false, true},
		{"assets/missing", false, false},
		{"assets/index-old.js", false, false},
		{"favicon.ico", false, false},
		{"../dashboard.go", false, false},
	} {
		body, _, ok := d.Page(test.path, false)
		if isIndex := bytes.HasPrefix(body, []byte("<!doctype html>")); ok != test.ok || isIndex != test.index {
			t.Errorf("%q: there %v, the index %v", test.path, ok, isIndex)
		}
	}
}
