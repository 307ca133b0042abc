package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// Result reads the result of a completed job into v, such as a *ParseResult, a
// *map[string]any or a *json.RawMessage.
func (c *Client) Result(ctx context.Context, id string, v any) error {
	return c.fetch(ctx, call{method: http.MethodGet, path: path("jobs", id, "result")}, v)
}

// ResultAs gives the result in a format: json, md, html, txt, csv, xlsx, jsonl,
// whichever the operation has. The caller closes it.
func (c *Client) ResultAs(ctx context.Context, id, format string) (io.ReadCloser, error) {
	r, err := c.send(ctx, call{method: http.MethodGet, path: path("jobs", id, "result"), query: url.Values{"format": {format}}})
	if err != nil {
		return nil, err
	}
	return r.Body, nil
}
