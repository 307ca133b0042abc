package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
)

// Call asks a route for which this package has no method, and gives its answer
// as it came: JSON. The body, which may be nil, is sent as JSON. Only a GET,
// and what has an Idempotency-Key, is sent again when its fate is unknown.
func (c *Client) Call(ctx context.Context, method, path string, query url.Values, body any, idempotencyKey string) (json.RawMessage, error) {
	q := call{method: method, path: path, query: query, header: http.Header{}, once: method != http.MethodGet && idempotencyKey == ""}
	if idempotencyKey != "" {
		q.header.Set("Idempotency-Key", idempotencyKey)
	}
	if body != nil {
		if err := q.json(body); err != nil {
			return nil, err
		}
	}
	var answer json.RawMessage
	err := c.fetch(ctx, q, &answer)
	return answer, err
}

// Open reads an answer of any kind, and says of which: its media type. The
// caller closes it.
func (c *Client) Open(ctx context.Context, path string, query url.Values) (io.ReadCloser, string, error) {
	r, err := c.send(ctx, call{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return nil, "", err
	}
	return r.Body, r.Header.Get("Content-Type"), nil
}
