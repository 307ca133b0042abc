package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"docket/client"
)

// refusal is what a server says is wrong, for people.
type refusal struct {
	status      int
	message     string
	suggestions []string
}

func (r *refusal) Error() string {
	return strings.Join(append([]string{r.message}, r.suggestions...), "\n  ")
}

func (r *refusal) exitCode() int {
	switch {
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden || r.status == http.StatusMisdirectedRequest:
		return ExitForbidden
	case r.status == http.StatusNotFound:
		return ExitNotFound
	case r.status == http.StatusTooManyRequests || r.status >= http.StatusInternalServerError:
		return ExitUnavailable
	}
	return ExitFailed
}

// unreachable says that no server answers.
type unreachable struct {
	text string
	err  error
}

func (u *unreachable) Error() string { return u.text }

func (u *unreachable) Unwrap() error { return u.err }

// remote is a server.
type remote struct {
	Settings
	client *client.Client
}

// connect finds the server to ask.
func (c *cli) connect(s *screen) (*remote, error) {
	settings, err := c.settings()
	if err != nil {
		return nil, err
	}
	r := &remote{Settings: settings}
	r.client, err = client.New(client.Options{
		URL: settings.Server, Key: settings.Key, HTTP: c.http, UserAgent: "docket-cli",
		Again: func(err error, pause time.Duration) bool {
			if errors.Is(err, syscall.ECONNREFUSED) { // nothing listens there, and will not soon
				return false
			}
			why, _, _ := strings.Cut(r.words(context.Background(), err).Error(), "\n")
			s.note(fmt.Sprintf("%s; trying again in %s", strings.TrimRight(why, "."), pause.Round(100*time.Millisecond)))
			return true
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return r, nil
}

// newHTTP is a client without a limit on the time of a whole request: results
// may be long. What can hang is limited.
func newHTTP() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 5 * time.Minute, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute,
	}}
}

// get reads an answer in JSON.
func (r *remote) get(ctx context.Context, path string, query url.Values, into any) (json.RawMessage, error) {
	return r.call(ctx, http.MethodGet, path, query, nil, "", into)
}

// post sends JSON, or nothing. once is an Idempotency-Key, or empty.
func (r *remote) post(ctx context.Context, path string, body any, once string, into any) (json.RawMessage, error) {
	return r.call(ctx, http.MethodPost, path, nil, body, once, into)
}

// call gives the answer as it came, and decoded if into is not nil.
func (r *remote) call(ctx context.Context, method, path string, query url.Values, body any, once string, into any) (json.RawMessage, error) {
	answer, err := r.client.Call(ctx, method, path, query, body, once)
	if err != nil {
		return nil, r.words(ctx, err)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			return nil, fmt.Errorf("%s does not answer like Docket: %s %s: %w", r.Server, method, path, err)
		}
	}
	return bytes.TrimSpace(answer), nil
}

// open reads an answer of any kind; the caller closes it.
func (r *remote) open(ctx context.Context, path string, query url.Values) (io.ReadCloser, string, error) {
	body, kind, err := r.client.Open(ctx, path, query)
	if err != nil {
		return nil, "", r.words(ctx, err)
	}
	return body, kind, nil
}

// decode gives what the client has made of an answer in this package's form,
// and as JSON.
func decode(answer, into any) (json.RawMessage, error) {
	b, err := json.Marshal(answer)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	return b, nil
}

// words says what went wrong, and what to do.
func (r *remote) words(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		said := &refusal{status: e.Status, message: e.Message, suggestions: e.Suggestions}
		if e.Message == "" || strings.HasPrefix(e.Message, "the server answered") {
			said.message = fmt.Sprintf("%s: %s; is that a Docket server?", r.Server, e.Message)
		}
		return said
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		return &unreachable{fmt.Sprintf("no server answers at %s (%v)\n  Start one with `docket serve`, or name it with --server or DOCKET_URL", r.Server, e.Err), err}
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return &unreachable{fmt.Sprintf("%s does not answer: %v", r.Server, e.Err), err}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &unreachable{fmt.Sprintf("the answer of %s broke off", r.Server), err}
	}
	return err
}
