// Package client speaks to a Docket server: it submits documents, follows
// their jobs, and fetches results.
//
//	c, err := client.New(client.Options{URL: "http://127.0.0.1:8080"})
//	j, err := c.Submit(ctx, client.Request{Operation: "parse", Files: []client.File{client.Path("invoice.pdf")}})
//	j, err = c.Wait(ctx, j.ID)
//	var result client.ParseResult
//	err = c.Result(ctx, j.ID, &result)
//
// Every call takes a context, and goes on trying while the server is busy or
// away. A submit carries an Idempotency-Key, so that trying again never makes a
// second job.
package client

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"docket/client/wire"
)

// What the server answers, as its OpenAPI file has it.
type (
	// Job is where a job is, with why it failed if it did.
	Job = wire.Job
	// Status is where a job is in its life, in lower-case words.
	Status = wire.JobStatus
	// Progress is how far a job is, and its place in the line while it waits.
	Progress = wire.Progress
	// Update is one change of a job, as streams tell it.
	Update = wire.JobUpdate
	// JobList is a page of jobs.
	JobList = wire.JobList
	// ListItem is a job in a list.
	ListItem = wire.JobListItem
	// Entry is the answer for one of many ids.
	Entry = wire.JobStatusEntry
	// Batch is jobs that were submitted together.
	Batch = wire.Batch
	// Change is an entry of a job's history.
	Change = wire.JobEvent
	// ParseResult is what a parse found.
	ParseResult = wire.ParseResult
)

// Options are how to reach a server.
type Options struct {
	URL  string // where it is, such as https://docket.example.com/base
	Key  string // sent as X-API-Key; empty: none
	HTTP *http.Client
	// Tries is how often a request is sent at most, 0 for 6.
	Tries int
	// MaxPause is the longest pause between two tries, 0 for 30 s. A server that asks for a longer one is not asked
	// again: the error says how long it wants.
	MaxPause  time.Duration
	UserAgent string
	// Again is asked before a request is sent again, with why the last try failed and how long the pause will be; false
	// ends it. nil: always again.
	Again func(err error, pause time.Duration) bool
}

// Client is safe for many goroutines.
type Client struct {
	base     *url.URL
	key      string
	http     *http.Client
	tries    int
	maxPause time.Duration
	agent    string
	again    func(error, time.Duration) bool
}

// New checks the options; it does not ask the server anything.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(o.URL, "/"))
	if err != nil {
		return nil, fmt.Errorf("address of the server: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("address of the server: %q is no http:// or https:// address", o.URL)
	}
	if base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, fmt.Errorf("address of the server: %q has more than a host and a path; give the key as Key", base.Redacted())
	}
	if strings.ContainsFunc(o.Key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, fmt.Errorf("the key has characters that no key has; is it pasted whole, without spaces?")
	}
	c := &Client{base: base, key: o.Key, http: o.HTTP, tries: o.Tries, maxPause: o.MaxPause, agent: o.UserAgent, again: o.Again}
	if c.http == nil {
		c.http = &http.Client{}
	}
	if c.tries <= 0 {
		c.tries = 6
	}
	if c.maxPause <= 0 {
		c.maxPause = 30 * time.Second
	}
	if c.agent == "" {
		c.agent = "docket-go"
	}
	return c, nil
}
