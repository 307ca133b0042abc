package crawl

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"docket/internal/document/site"

	"docket/internal/job"
	"docket/internal/safehttp"

	"github.com/temoto/robotstxt"
)

const (
	robotsName   = "Docket"
	maxRobots    = 512 << 10 // RFC 9309 wants 500 KiB to be read
	maxRobotLine = 1000      // longer rules are made to be slow
	maxRobotWait = 30 * time.Second
)

// rules are what a host's robots.txt says to us.
type rules struct {
	group    *robotstxt.Group
	delay    time.Duration
	sitemaps []string
	failure  error // why nothing may be visited: robots.txt could not be had
}

// allows says that the address may be visited.
func (r *rules) allows(a site.Address) bool {
	return r.group == nil || r.group.Test(a.URL.RequestURI())
}

// robots reads the rules of a host. A host without any allows everything; one
// that cannot say allows nothing. (RFC 9309, 2.3.1)
func (f *fetcher) robots(ctx context.Context, origin string) *rules {
	body, err := f.follow(ctx, origin+"/robots.txt", maxRobots)
	if err != nil {
		if status, ok := job.FailureOf(err).Facts["reason"].(string); ok && strings.HasPrefix(status, "HTTP 4") && !safehttp.Temporary(err) {
			return &rules{}
		}
		return &rules{failure: err}
	}
	return parseRobots(body)
}

// parseRobots reads robots.txt, leaving out what the parser would refuse the
// whole file for.
func parseRobots(body []byte) *rules {
	var b bytes.Buffer
	grouped := false
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, maxRobots+1)
	for lines.Scan() {
		line, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || len(value) > maxRobotLine {
			continue
		}
		switch name {
		case "user-agent":
			grouped = true
		case "allow", "disallow":
			ok = grouped
		case "crawl-delay":
			n, err := strconv.ParseFloat(value, 64)
			ok = grouped && err == nil && n >= 0 && n < 1e6
		case "sitemap":
		default:
			ok = false
		}
		if ok {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	data, err := robotstxt.FromBytes(b.Bytes())
	if err != nil {
		return &rules{failure: job.Errorf(job.URLUnreachable, job.Facts{"reason": "robots.txt cannot be understood"}, "parse robots.txt: %w", err)}
	}
	group := data.FindGroup(robotsName)
	return &rules{group: group, delay: min(group.CrawlDelay, maxRobotWait), sitemaps: data.Sitemaps}
}

// follow reads what an address has, through redirects; it is cut at the limit.
func (f *fetcher) follow(ctx context.Context, from string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	for range maxRedirects + 1 {
		v, err := f.client().Visit(ctx, from, f.maxFile)
		if err != nil {
			return nil, err
		}
		to, redirects := target(v, from)
		if redirects {
			from = to
			if err := v.Body.Close(); err != nil {
				return nil, err
			}
			continue
		}
		b, err := io.ReadAll(io.LimitReader(v.Body, limit))
		if closing := v.Body.Close(); err == nil {
			err = closing
		}
		if v.Err() != nil {
			err = v.Err()
		}
		return b, err
	}
	return nil, job.Errorf(job.URLUnreachable, job.Facts{"reason": tooManyRedirects}, "more than %d redirects", maxRedirects)
}
