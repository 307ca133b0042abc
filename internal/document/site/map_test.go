package site

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

func TestMaps(t *testing.T) {
	for name, test := range map[string]struct {
		body        string
		pages, maps string
	}{
		"map":        {`<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> http://a/?x=1&amp;y </loc></url><url><loc><![CDATA[http://b]]></loc><lastmod>x</lastmod></url></urlset>`, "http://a/?x=1&y http://b", ""},
		"index":      {`<sitemapindex><sitemap><loc>http://m</loc></sitemap></sitemapindex>`, "", "http://m"},
		"broken":     {`<urlset><url><loc>http://a</loc></url><url><loc>`, "http://a", ""},
		"lines":      {"http://a\nhttp://b\n", "http://a http://b", ""},
		"image":      {`<urlset><url><loc>http://a</loc><image:image><image:loc>http://i</image:loc></image:image></url></urlset>`, "http://a", ""},
		"empty":      {"", "", ""},
		"packed":     {packed(t, "http://a\nhttp://b"), "http://a http://b", ""},
		"packed map": {packed(t, "<urlset><url><loc>http://a</loc></url></urlset>"), "http://a", ""},
		"no gzip":    {"\x1f\x8bhello", "", ""},
		"long":       {"http://" + strings.Repeat("a", 3000) + "\nhttp://b", "http://b", ""},
		"many":       {strings.Repeat("http://a\n", 200), strings.TrimSpace(strings.Repeat("http://a ", 100)), ""},
		"many maps":  {strings.Repeat("<sitemap><loc>m</loc></sitemap>", 200), "", strings.TrimSpace(strings.Repeat("m ", 50))},
	} {
		m := ReadMap([]byte(test.body), 100)
		if strings.Join(m.Pages, " ") != test.pages || strings.Join(m.Maps, " ") != test.maps {
			t.Errorf("%s: %v", name, m)
		}
	}
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A map that unpacks without end is read to its limit.
func TestMapsAreBounded(t *testing.T) {
	bomb := packed(t, "<urlset>"+strings.Repeat(" ", 60<<20)+"<url><loc>http://a</loc></url></urlset>")
	if m := ReadMap([]byte(bomb), 10); len(m.Pages) != 0 || len(bomb) > 1<<20 {
		t.Errorf("%v of %d bytes", m, len(bomb))
	}
}
