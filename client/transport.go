package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// call is one request, which may be sent more than once.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	// body opens the body anew for each try; nil: none.
	body func() (io.ReadCloser, error)
	kind string // Content-Type of the body
	// once says that a try whose fate is unknown must not be repeated.
	once bool
}

// path puts names between the parts of a path, escaped.
func path(parts ...string) string {
	b := &strings.Builder{}
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(p))
	}
	return b.String()
}

// send gives an answer of 2xx or 304, whose body the caller closes, or an
// error. It tries again when the server is busy or away.
func (c *Client) send(ctx context.Context, q call) (*http.Response, error) {
	for try := 1; ; try++ {
		r, err := c.try(ctx, q)
		if err == nil {
			return r, nil
		}
		pause, again := c.pause(err, try, q.once)
		if !again || (c.again != nil && !c.again(err, pause)) {
			return nil, err
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

func (c *Client) try(ctx context.Context, q call) (*http.Response, error) {
	u := *c.base
	u.Path, u.RawPath = "", ""
	target := u.String() + strings.TrimRight(c.base.EscapedPath(), "/") + q.path
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	var body io.ReadCloser
	if q.body != nil {
		var err error
		if body, err = q.body(); err != nil {
			return nil, &openError{err}
		}
	}
	req, err := http.NewRequestWithContext(ctx, q.method, target, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	for name, values := range q.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", c.agent)
	if q.kind != "" {
		req.Header.Set("Content-Type", q.kind)
	}
	if c.key != "" {
		req.Header.Set("X-API-Key", c.key)
	}
	r, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if r.StatusCode/100 == 2 || r.StatusCode == http.StatusNotModified {
		return r, nil
	}
	refusal := refused(r)
	if err := r.Body.Close(); err != nil {
		return nil, errors.Join(refusal, err)
	}
	return nil, refusal
}

// openError is a file that cannot be read, which trying again does not mend.
type openError struct{ error }

func (e *openError) Unwrap() error { return e.error }

// firstPause is before the second try; each further one is twice as long.
const firstPause = 250 * time.Millisecond

// pause says whether to try again, and after which time.
func (c *Client) pause(err error, tried int, once bool) (time.Duration, bool) {
	if tried >= c.tries || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return 0, false
	}
	if _, ok := errors.AsType[*openError](err); ok {
		return 0, false
	}
	pause := min(c.maxPause, firstPause<<min(tried-1, 20))
	pause = pause/2 + rand.N(pause/2+1)
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return pause, !once
	}
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
	case http.StatusConflict: // the first request under the same key is still under way
		if e.RetryAfter == 0 {
			return 0, false
		}
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		if once {
			return 0, false
		}
	default:
		return 0, false
	}
	if e.RetryAfter > c.maxPause {
		return 0, false
	}
	return max(pause, e.RetryAfter), true
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// fetch sends and reads the answer, JSON, into v; v may be nil.
func (c *Client) fetch(ctx context.Context, q call, v any) (err error) {
	r, err := c.send(ctx, q)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Body.Close()) }()
	if v == nil {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	}
	if err := json.NewDecoder(r.Body).Decode(v); err != nil {
		return fmt.Errorf("read the answer of %s %s: %w", q.method, q.path, err)
	}
	return nil
}
