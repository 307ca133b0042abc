package crawl

import (
	"encoding/json"
	"fmt"
	"strings"

	"docket/internal/document/site"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/safehttp"
)

// Bounds of what may be asked for.
const (
	maxSeeds    = 1000
	maxPatterns = 100
	maxPages    = 10_000
	maxDepth    = 100
	maxSeconds  = 24 * 60 * 60
)

// Parameters are what a client says about a crawl, with all defaults.
type Parameters struct {
	URLs            []string `json:"urls"`               // to begin at
	MaxDepth        int      `json:"max_depth"`          // links from there; 0: only those pages
	MaxPages        int      `json:"max_pages"`          // to read in all
	MaxPagesPerHost int      `json:"max_pages_per_host"` // to read of one host; 0: as many as in all
	Hosts           []string `json:"hosts,omitempty"`    // beside those of urls; *.example.org are all below it
	Include         []string `json:"include,omitempty"`  // patterns, one of which a link must match
	Exclude         []string `json:"exclude,omitempty"`  // patterns, none of which a link may match
	Sitemap         bool     `json:"sitemap"`            // also begin at what the sites' maps list
	Delay           float64  `json:"delay"`              // seconds between two visits of a host, at least
	PageTimeout     float64  `json:"page_timeout"`       // seconds for one page
	MaxDuration     float64  `json:"max_duration"`       // seconds for all
}

// Check reads the parameters and fills in what was left out.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	f := op.ReadFields(o.Name(), parameters,
		"urls", "max_depth", "max_pages", "max_pages_per_host", "hosts", "include", "exclude", "sitemap", "delay", "page_timeout", "max_duration")
	p := Parameters{
		URLs:     f.Texts("urls", maxSeeds, site.MaxAddress),
		MaxDepth: f.Int("max_depth", 3, 0, maxDepth), MaxPages: f.Int("max_pages", 100, 1, maxPages),
		MaxPagesPerHost: f.Int("max_pages_per_host", 0, 0, maxPages),
		Hosts:           f.Texts("hosts", maxPatterns, 300),
		Include:         f.Texts("include", maxPatterns, 500), Exclude: f.Texts("exclude", maxPatterns, 500),
		Sitemap: f.Bool("sitemap", false), Delay: f.Number("delay", 0.5, 0, 60),
		PageTimeout: f.Number("page_timeout", 20, 1, 120), MaxDuration: f.Number("max_duration", 3600, 1, maxSeconds),
	}
	if len(p.URLs) == 0 {
		f.Fault("urls", "there is no address to begin at", `Send "urls": ["https://…"]`)
	}
	for i, u := range p.URLs {
		if err := safehttp.CheckURL(u); err != nil {
			f.Fault(fmt.Sprintf("urls[%d]", i), reasonOf(err), "Send an address that begins with https:// or http://")
		} else if _, ok := site.ParseAddress(nil, u); !ok {
			f.Fault(fmt.Sprintf("urls[%d]", i), "not a valid URL", "Send an address that begins with https:// or http://")
		}
	}
	for i, h := range p.Hosts {
		host, ok := hostName(h)
		if !ok {
			f.Fault(fmt.Sprintf("hosts[%d]", i), fmt.Sprintf("%q is not the name of a host", h), "Send a bare name such as example.org, or *.example.org for all below it")
		} else {
			p.Hosts[i] = host
		}
	}
	checkPatterns(f, "include", p.Include)
	checkPatterns(f, "exclude", p.Exclude)
	if err := f.Err(); err != nil {
		return nil, err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

func checkPatterns(f *op.Fields, name string, patterns []string) {
	for i, p := range patterns {
		if !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "*") && !strings.HasPrefix(p, "http") {
			f.Fault(fmt.Sprintf("%s[%d]", name, i), "it begins neither with / nor with * nor with http",
				"Send a pattern such as /blog/* for paths or *.pdf for whole addresses; * stands for anything")
		}
	}
}

// reasonOf is why an address cannot be visited.
func reasonOf(err error) string { return fmt.Sprint(job.FailureOf(err).Facts["reason"]) }
