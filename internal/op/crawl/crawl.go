// Package crawl visits the pages of web sites: from the addresses that it is
// given along their links, politely, and keeps what is to be read on each.
package crawl

import (
	"context"
	"encoding/json"
	"fmt"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/safehttp"
	"docket/internal/sandbox"
)

// pagesFile is the result: a line of JSON, a Page, for each page.
const pagesFile = op.CrawlFile

// Operation crawls with the clients that it is given; documents that it meets
// are read in the children of a pool.
type Operation struct {
	pool    *sandbox.Pool
	client  func() *safehttp.Client
	maxFile int64
}

// New makes the operation. The client is asked for before each visit and may
// reach what may be reached then; maxFile is the size in bytes of the largest
// document.
func New(pool *sandbox.Pool, client func() *safehttp.Client, maxFile int64) *Operation {
	return &Operation{pool: pool, client: client, maxFile: maxFile}
}

// Name is web_crawling.
func (*Operation) Name() job.Operation { return job.WebCrawling }

// CheckDocuments refuses any document: the addresses are parameters.
func (*Operation) CheckDocuments(n int, _ json.RawMessage) error {
	if n == 0 {
		return nil
	}
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
		"field": "file", "problem": "web_crawling takes addresses, not documents",
		"remedy": "Leave the file out and send the addresses to begin at as `urls`",
	}}
}

// Summary is what is kept with the job.
type Summary struct {
	PagesCrawled int `json:"pagesCrawled"` // pages in the result that were read
	Errors       int `json:"errors"`       // pages in the result that could not be
	Duplicates   int `json:"duplicates"`   // further addresses of pages that were read
	Disallowed   int `json:"disallowed"`   // addresses that robots.txt forbids
	Hosts        int `json:"hosts"`        // hosts that were visited
}

// Run crawls until there is nothing more to visit or a limit is reached. It
// fails when not one page could be had.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	r, err := newRun(o, t, p)
	if err != nil {
		return op.Result{}, err
	}
	if err := r.crawl(ctx); err != nil {
		return op.Result{}, err
	}
	if r.sum.PagesCrawled == 0 {
		return op.Result{}, r.nothing()
	}
	if err := r.journal.result(t); err != nil {
		return op.Result{}, err
	}
	r.sum.Hosts = r.frontier.visited()
	return op.Result{Warnings: r.warnings, Summary: r.sum}, nil
}
