// Package safehttp talks to addresses that strangers chose: it fetches their
// documents and posts to their webhooks. It never connects to a private
// network, whatever a URL, a name server or a redirect says, and never reads
// more than its caller wants.
package safehttp

import (
	"context"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"time"

	"docket/internal/job"
)

const (
	connectTimeout = 10 * time.Second // name lookup and TCP; TLS again as long
	headerTimeout  = 30 * time.Second
	idleTimeout    = 30 * time.Second
	maxHeaderBytes = 64 << 10
	maxRedirects   = 5
	maxIdle        = 16
	identity       = "identity"
)

// Options say whom a Client may talk to, and as whom.
type Options struct {
	UserAgent     string         // sent with every request, such as "Docket/1.2.0"; none when empty
	AllowLoopback bool           // lets 127.0.0.0/8 and ::1 through
	AllowCIDRs    []netip.Prefix // private networks to let through all the same
	Resolver      *net.Resolver  // looks host names up; the system's when nil
}

// Client downloads and posts over HTTP and HTTPS. It keeps no cookies, sends no
// credentials and uses no proxy. It is safe for concurrent use.
type Client struct {
	http      http.Client
	transport *http.Transport
	agent     string
}

// New makes a client. Close frees the connections that it keeps.
func New(o Options) *Client {
	dialer := net.Dialer{
		Timeout:  connectTimeout,
		Resolver: o.Resolver,
		Control:  newGuard(o).control,
	}
	c := &Client{agent: o.UserAgent, transport: &http.Transport{
		Proxy:                  nil, // a proxy would connect where the guard does not see it
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           maxIdle,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true, // a dialer of one's own switches it off
	}}
	c.http = http.Client{Transport: c.transport, CheckRedirect: checkRedirect}
	return c
}

// Close closes the connections that no download uses.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Get starts a download of at most limit bytes. The context governs the whole
// transfer, so it must live until the Body is closed; connecting has 10 s of
// it and the answer's header 30 s.
//
// A document that is too large is a job.Error with code FileTooLarge and the
// fact "max" (bytes). Every other failure has code URLUnreachable and the fact
// "reason", a few words for the user; Temporary tells whether another try may
// help. A cancelled context gives its cause instead.
func (c *Client) Get(ctx context.Context, url string, limit int64) (*Download, error) {
	if err := CheckURL(url); err != nil {
		return nil, err
	}
	limit = max(limit, 0)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, unreachable(reasonInvalid, fmt.Errorf("make request: %w", withoutURL(err)))
	}
	req.Header.Set("User-Agent", c.agent)
	// What unpacks on the way can be a thousand times what was sent.
	req.Header.Set("Accept-Encoding", identity)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, transferError(ctx, req.URL.Host, err)
	}
	if err := checkResponse(resp, limit); err != nil {
		resp.Body.Close()
		return nil, err
	}
	mediaType, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		mediaType = "" // the content decides anyway
	}
	return &Download{
		Body:      &body{ctx: ctx, host: resp.Request.URL.Host, from: resp.Body, limit: limit, left: limit},
		FileName:  nameOf(resp.Header.Get("Content-Disposition"), resp.Request.URL, req.URL),
		MediaType: mediaType,
	}, nil
}

// checkRedirect is asked before each further request. The address it leads to
// is checked once more when it is dialled. A step from https to http gives
// nothing away: there are no credentials to send, and no Referer either.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return unreachable(fmt.Sprintf("more than %d redirects", maxRedirects), nil)
	}
	// The path and query of the page before may hold a signature.
	req.Header.Del("Referer")
	if reason := problemWith(req.URL); reason != "" {
		return unreachable("it redirects to a URL that is refused: "+reason, nil)
	}
	return nil
}

func checkResponse(resp *http.Response, limit int64) error {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		reason := fmt.Sprintf("HTTP %d", resp.StatusCode)
		if temporaryStatus(resp.StatusCode) {
			return unreachable(reason, temporary{fmt.Errorf("%s answered %s", resp.Request.URL.Host, resp.Status)})
		}
		return unreachable(reason, fmt.Errorf("%s answered %s", resp.Request.URL.Host, resp.Status))
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && coding != identity {
		return unreachable("the server compresses what it was asked not to compress",
			fmt.Errorf("%s sent Content-Encoding %q", resp.Request.URL.Host, coding))
	}
	if resp.ContentLength > limit {
		return tooLarge(limit, fmt.Errorf("%s announced %d bytes", resp.Request.URL.Host, resp.ContentLength))
	}
	return nil
}

func temporaryStatus(code int) bool {
	switch code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return code >= http.StatusInternalServerError
}

func tooLarge(limit int64, err error) error {
	return &job.Error{Code: job.FileTooLarge, Facts: job.Facts{"max": limit}, Err: err}
}
