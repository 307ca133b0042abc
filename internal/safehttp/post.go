package safehttp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// Answer is what a server said to a Post.
type Answer struct {
	Status int         // HTTP status, whatever it is
	Header http.Header // at most 64 KiB
	Body   []byte      // as far as it came within the limit and the time
}

// Post sends the body and reads at most limit bytes of what is answered. The
// header is sent as it is, with the client's User-Agent and what HTTP itself
// needs. A redirect is not followed: it is the answer. The context governs the
// whole exchange.
//
// Once there is a status there is no error: a body that breaks off, is too
// long or never ends is only cut. Every failure before has code URLUnreachable
// and the fact "reason", as with Get.
func (c *Client) Post(ctx context.Context, url string, header http.Header, body []byte, limit int64) (*Answer, error) {
	if err := CheckURL(url); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, unreachable(reasonInvalid, fmt.Errorf("make request: %w", withoutURL(err)))
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("User-Agent", c.agent)
	// The transport itself follows nothing, and does not stumble over a
	// Location that is no URL.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, transferError(ctx, req.URL.Host, err)
	}
	defer resp.Body.Close()
	answer := Answer{Status: resp.StatusCode, Header: resp.Header}
	answer.Body, _ = io.ReadAll(io.LimitReader(resp.Body, max(limit, 0))) // the status has been said
	return &answer, nil
}
