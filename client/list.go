package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Filter says which jobs; what is empty is not asked for.
type Filter struct {
	Status        string
	Operation     string
	Tags          []string // jobs that carry all of them
	CreatedAfter  time.Time
	CreatedBefore time.Time
	Search        string // as in the search field: words, and status:failed op:parse tag:a after:2026-01-31
	Account       string // of an admin's key
}

func (f Filter) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("status", f.Status)
	set("operation", f.Operation)
	set("tags", strings.Join(f.Tags, ","))
	set("q", f.Search)
	set("account", f.Account)
	if !f.CreatedAfter.IsZero() {
		q.Set("created_after", f.CreatedAfter.UTC().Format("2006-01-02T15:04:05.000000Z"))
	}
	if !f.CreatedBefore.IsZero() {
		q.Set("created_before", f.CreatedBefore.UTC().Format("2006-01-02T15:04:05.000000Z"))
	}
	return q
}

// mostListed is how many jobs a page may have.
const mostListed = 100

// Page lists jobs, newest first.
func (c *Client) Page(ctx context.Context, f Filter, limit, offset int) (JobList, error) {
	q := f.query()
	q.Set("limit", strconv.Itoa(limit))
	q.Set("offset", strconv.Itoa(offset))
	var list JobList
	err := c.fetch(ctx, call{method: http.MethodGet, path: path("jobs"), query: q}, &list)
	return list, err
}

// Jobs goes over all that match, newest first, page by page; jobs that are made
// meanwhile are not among them. It ends after the first error.
func (c *Client) Jobs(ctx context.Context, f Filter) iter.Seq2[ListItem, error] {
	return func(yield func(ListItem, error) bool) {
		if f.CreatedBefore.IsZero() { // pages must not move under the reader
			f.CreatedBefore = time.Now().Add(time.Second)
		}
		for offset := 0; ; {
			list, err := c.Page(ctx, f, mostListed, offset)
			if err != nil {
				yield(ListItem{}, err)
				return
			}
			for _, item := range list.Jobs {
				if !yield(item, nil) {
					return
				}
			}
			offset += len(list.Jobs)
			if !list.Pagination.HasMore || len(list.Jobs) == 0 {
				return
			}
		}
	}
}
