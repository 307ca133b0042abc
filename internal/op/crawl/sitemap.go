package crawl

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"io"
	"strings"
)

// Bounds of the maps of a site.
const (
	maxSitemaps     = 50
	maxSitemapBytes = 50 << 20 // unpacked, as sitemaps.org has it
	maxSitemapRaw   = 10 << 20
)

// sitemap gives the addresses that the maps of a host list, at most so many.
// What cannot be read of them is left out: they are hints.
func (f *fetcher) sitemap(ctx context.Context, origin string, r *rules, most int) []string {
	maps := r.sitemaps
	if len(maps) == 0 {
		maps = []string{origin + "/sitemap.xml"}
	}
	var found []string
	done := map[string]bool{}
	for len(maps) > 0 && len(done) < maxSitemaps && len(found) < most && ctx.Err() == nil {
		from := maps[0]
		maps = maps[1:]
		a, ok := parseAddress(nil, from)
		if !ok || done[a.text] || a.origin() != origin {
			continue
		}
		done[a.text] = true
		body, err := f.follow(ctx, a.text, maxSitemapRaw)
		if err != nil {
			continue
		}
		pages, more := readSitemap(ctx, body, most-len(found))
		found = append(found, pages...)
		if len(maps)+len(more) <= 10*maxSitemaps {
			maps = append(maps, more...)
		}
	}
	return found
}

// readSitemap reads a map or an index of maps, as XML, packed or not, or as
// plain lines.
func readSitemap(ctx context.Context, body []byte, most int) (pages, maps []string) {
	var in io.Reader = bytes.NewReader(body)
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil
		}
		in = z
	} else if !bytes.Contains(body[:min(len(body), 1000)], []byte("<")) {
		for line := range strings.Lines(string(body)) {
			if len(pages) < most {
				pages = append(pages, strings.TrimSpace(line))
			}
		}
		return pages, nil
	}
	d := xml.NewDecoder(io.LimitReader(in, maxSitemapBytes))
	d.Strict = false
	inside := ""
	for len(pages) < most && len(maps) < maxSitemaps && ctx.Err() == nil {
		token, err := d.RawToken()
		if err != nil {
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "url", "sitemap":
			inside = start.Name.Local
		case "loc":
			text, err := d.RawToken()
			data, ok := text.(xml.CharData)
			if err != nil || !ok || start.Name.Space != "" {
				continue
			}
			if inside == "sitemap" {
				maps = append(maps, strings.TrimSpace(string(data)))
			} else {
				pages = append(pages, strings.TrimSpace(string(data)))
			}
		}
	}
	return pages, maps
}
