package app_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"docket/internal/testkit"
)

// crawlPages names the variable that makes the site larger.
const crawlPages = "DOCKET_TEST_CRAWL"

// A crawl keeps its pages on disk, and has them taken apart in children: what
// the server holds does not grow with the site.
func TestLargeCrawlIsBounded(t *testing.T) {
	pages := 400
	if testing.Short() {
		pages = 60
	}
	if n, err := strconv.Atoi(os.Getenv(crawlPages)); err == nil {
		pages = n
	}
	s := serveAs(t, dataFolder(t), frugal, "--workers", "1")
	site := testkit.NewSite(t, pages)
	parameters := map[string]any{"urls": []string{site.URL}, "max_depth": 20, "max_pages": 2 * pages, "delay": 0, "exclude": []string{"/traps"}}
	s.wait(s.create("web_crawling", map[string]any{"urls": []string{site.URL}, "max_pages": 5, "delay": 0})) // what comes once
	before, err := s.usage()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	held, begin := watch(ctx, s, 20*time.Millisecond), time.Now()
	v := s.wait(s.create("web_crawling", parameters))
	took := time.Since(begin)
	stop()
	held.done.Wait()
	if v["status"] != "completed" || at(v, "progress", "pages_completed") != float64(pages+1) {
		t.Fatalf("ended as %v", v)
	}
	peak := before
	for _, u := range held.seen {
		peak.memory, peak.files = max(peak.memory, u.memory), max(peak.files, u.files)
	}
	t.Logf("%d pages in %.1f s, %.0f a second; memory of the server %d MB before, %d MB at most", pages, took.Seconds(), float64(pages)/took.Seconds(), before.memory>>10, peak.memory>>10)
	if grown := peak.memory - before.memory; grown > 48<<10 {
		t.Errorf("the server has grown by %d MB", grown>>10)
	}
	if peak.files > before.files+30 {
		t.Errorf("%d files were open, and %d before", peak.files, before.files)
	}
}
