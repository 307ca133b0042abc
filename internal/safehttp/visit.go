package safehttp

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Visit is one answer of a server, of whatever status. A redirect is an answer
// too: nobody follows it here.
type Visit struct {
	Status int
	Header http.Header

	// Body is the answer's content, unpacked. Its reads fail as those of a
	// Download do; its reader must close it.
	Body io.ReadCloser

	host string
}

// Visit asks for one page and does not follow redirects, so that the caller can
// judge each step. The limit holds for the bytes as sent and for those they
// unpack to. Context and errors are those of Get, but every status is an
// answer: see Err.
func (c *Client) Visit(ctx context.Context, url string, limit int64) (*Visit, error) {
	if err := CheckURL(url); err != nil {
		return nil, err
	}
	limit = max(limit, 0)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, unreachable(reasonInvalid, fmt.Errorf("make request: %w", withoutURL(err)))
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	req.Header.Set("Accept-Encoding", "gzip")
	once := http.Client{Transport: c.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := once.Do(req)
	if err != nil {
		return nil, transferError(ctx, req.URL.Host, err)
	}
	from, err := unpacked(resp, limit)
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return &Visit{
		Status: resp.StatusCode, Header: resp.Header, host: req.URL.Host,
		Body: &body{ctx: ctx, host: req.URL.Host, from: from, limit: limit, left: limit},
	}, nil
}

// Err is nil for a document and for a redirect; any other status has the code
// URLUnreachable, and Temporary tells whether another try may help.
func (v *Visit) Err() error {
	if v.Status >= 200 && v.Status < 400 {
		return nil
	}
	cause := fmt.Errorf("%s answered %d", v.host, v.Status)
	if temporaryStatus(v.Status) {
		cause = temporary{cause}
	}
	return unreachable(fmt.Sprintf("HTTP %d", v.Status), cause)
}

func unpacked(resp *http.Response, limit int64) (io.ReadCloser, error) {
	host := resp.Request.URL.Host
	switch coding := resp.Header.Get("Content-Encoding"); coding {
	case "", identity:
		if resp.ContentLength > limit {
			return nil, tooLarge(limit, fmt.Errorf("%s announced %d bytes", host, resp.ContentLength))
		}
		return resp.Body, nil
	case "gzip", "x-gzip":
		return &packed{raw: resp.Body, limited: &io.LimitedReader{R: resp.Body, N: limit + 1}, limit: limit}, nil
	default:
		return nil, unreachable("the server compresses in a way that it was not asked for", fmt.Errorf("%s sent Content-Encoding %q", host, coding))
	}
}

// packed unpacks gzip while it is read. What it unpacks to is counted by its
// reader; what was sent is counted here, as it can unpack to nothing.
type packed struct {
	raw     io.ReadCloser
	limited *io.LimitedReader
	limit   int64
	gzip    *gzip.Reader
}

func (p *packed) Read(b []byte) (int, error) {
	if p.gzip == nil {
		z, err := gzip.NewReader(p.limited)
		if err != nil {
			return 0, p.problem(err)
		}
		p.gzip = z
	}
	n, err := p.gzip.Read(b)
	return n, p.problem(err)
}

func (p *packed) problem(err error) error {
	if err == nil || p.limited.N > 0 && errors.Is(err, io.EOF) && p.gzip != nil {
		return err
	}
	if p.limited.N <= 0 {
		return tooLarge(p.limit, fmt.Errorf("more than %d bytes were sent", p.limit))
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	if corrupt || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		return unreachable("the answer cannot be unpacked", err)
	}
	return err
}

// Close ends the transfer.
func (p *packed) Close() error { return p.raw.Close() }
