package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"docket/client/wire"
)

const statusCompleted = wire.JobStatusCompleted

// words asks for the lower-case words, whichever spelling the id has.
func words() url.Values { return url.Values{"dialect": {"jobs"}} }

// Job tells where a job is.
func (c *Client) Job(ctx context.Context, id string) (Job, error) {
	var j Job
	err := c.fetch(ctx, call{method: http.MethodGet, path: path("jobs", id), query: words()}, &j)
	return j, err
}

// longPoll is how long the server is asked to wait for a change.
const longPoll = 30 * time.Second

// Wait returns when the job has ended. A job that failed or was cancelled is
// an *Error with the reason, beside the job.
func (c *Client) Wait(ctx context.Context, id string) (Job, error) {
	q := words()
	for {
		var j Job
		if err := c.fetch(ctx, call{method: http.MethodGet, path: path("jobs", id), query: q}, &j); err != nil {
			return j, err
		}
		if j.Status.Final() {
			return j, ended(j)
		}
		q.Set("wait", strconv.Itoa(int(longPoll/time.Second)))
	}
}

// Statuses tells of up to 100 jobs in one request, in the order asked. An id
// that is not there is an entry with status not_found.
func (c *Client) Statuses(ctx context.Context, ids ...string) ([]Entry, error) {
	var answer wire.JobStatuses
	err := c.fetch(ctx, call{method: http.MethodGet, path: path("jobs", "status"), query: url.Values{
		"job_ids": {strings.Join(ids, ",")}, "include_progress": {"true"},
	}}, &answer)
	return answer.Jobs, err
}

// History is what happened to a job, oldest first.
func (c *Client) History(ctx context.Context, id string) ([]Change, error) {
	var answer wire.JobEvents
	err := c.fetch(ctx, call{method: http.MethodGet, path: path("jobs", id, "events")}, &answer)
	return answer.Events, err
}

// Cancel stops a job; one that has ended otherwise is an error of code
// conflict.
func (c *Client) Cancel(ctx context.Context, id string) (Job, error) {
	var j Job
	err := c.fetch(ctx, call{method: http.MethodPost, path: path("jobs", id, "cancel"), query: words()}, &j)
	return j, err
}

// Rerun makes a new job of one that has ended.
func (c *Client) Rerun(ctx context.Context, id string) (Job, error) {
	q := creating(path("jobs", id, "rerun"), "")
	q.query = words()
	var j Job
	err := c.fetch(ctx, q, &j)
	return j, err
}

// Delete removes a job with its documents and its result, for good; a job that
// runs is cancelled first.
func (c *Client) Delete(ctx context.Context, id string) error {
	return c.fetch(ctx, call{method: http.MethodDelete, path: path("jobs", id)}, nil)
}

// Batch tells where a batch is, with up to 1,000 of its jobs.
func (c *Client) Batch(ctx context.Context, id string) (Batch, error) {
	return c.batch(ctx, call{method: http.MethodGet, path: path("jobs", "batch", id)})
}

// CancelBatch stops what is unfinished of a batch.
func (c *Client) CancelBatch(ctx context.Context, id string) (Batch, error) {
	return c.batch(ctx, call{method: http.MethodPost, path: path("jobs", "batch", id, "cancel")})
}

// RerunBatch makes a new batch of the jobs that failed.
func (c *Client) RerunBatch(ctx context.Context, id string) (Batch, error) {
	return c.batch(ctx, creating(path("jobs", "batch", id, "rerun"), ""))
}

func (c *Client) batch(ctx context.Context, q call) (Batch, error) {
	var b Batch
	err := c.fetch(ctx, q, &b)
	return b, err
}

// WaitBatch returns when all jobs of a batch have ended, in whatever way.
func (c *Client) WaitBatch(ctx context.Context, id string) (Batch, error) {
	for pause := 500 * time.Millisecond; ; pause = min(5*time.Second, pause*3/2) {
		b, err := c.Batch(ctx, id)
		if err != nil || b.Status.Final() {
			return b, err
		}
		if err := sleep(ctx, pause); err != nil {
			return b, err
		}
	}
}
