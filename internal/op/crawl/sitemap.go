package crawl

import (
	"context"

	"docket/internal/document/site"
)

// Bounds of the maps of a site.
const (
	maxSitemaps   = 50
	maxSitemapRaw = 10 << 20 // bytes as they come, packed or not
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
		a, ok := site.ParseAddress(nil, from)
		if !ok || done[a.Text] || a.Origin() != origin {
			continue
		}
		done[a.Text] = true
		body, err := f.follow(ctx, a.Text, maxSitemapRaw)
		if err != nil {
			continue
		}
		m, err := f.pool.SiteMap(ctx, body, most-len(found))
		if err != nil {
			continue
		}
		found = append(found, m.Pages...)
		if len(maps)+len(m.Maps) <= 10*maxSitemaps {
			maps = append(maps, m.Maps...)
		}
	}
	return found
}
