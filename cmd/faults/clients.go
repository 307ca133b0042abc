package main

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"docket/client"
)

// balancer sends each request to one of the nodes, whether it lives or not.
type balancer struct {
	nodes     []string
	next      atomic.Uint64
	transport http.RoundTripper
}

func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host = b.node()
	r.Host = r.URL.Host
	return b.transport.RoundTrip(r)
}

func (b *balancer) node() string { return b.nodes[b.next.Add(1)%uint64(len(b.nodes))] }

// answerWithin is how long a client waits for an answer, and then asks again.
const answerWithin = 20 * time.Second

// clients are those who submit and look.
type clients struct {
	notes    *recorder
	balancer *balancer
	patient  *client.Client // tries again
	once     *client.Client // does not
	plain    *http.Client
	direct   *http.Client // to a bucket
}

func newClients(notes *recorder, nodes []string) (*clients, error) {
	c := &clients{notes: notes, balancer: &balancer{nodes: nodes, transport: &http.Transport{MaxIdleConnsPerHost: 100, IdleConnTimeout: 10 * time.Second}}}
	c.plain = &http.Client{Transport: c.balancer, Timeout: answerWithin}
	c.direct = &http.Client{Transport: c.balancer.transport, Timeout: answerWithin}
	var err, second error
	c.patient, err = client.New(client.Options{URL: "http://cluster", HTTP: c.plain, MaxPause: 10 * time.Second})
	c.once, second = client.New(client.Options{URL: "http://cluster", HTTP: c.plain, Tries: 1})
	return c, errors.Join(err, second)
}

// insist does something until it is done, as a careful client does.
func (c *clients) insist(ctx context.Context, what string, do func() error) error {
	for {
		err := do()
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, context.Cause(ctx))
		}
		if e, ok := errors.AsType[*client.Error](err); ok && !passes(e.Status) {
			c.notes.note(func(r *Record) {
				r.Answers = append(r.Answers, Answer{At: time.Now(), To: what, Code: e.Status, Said: e.Message})
			})
			return err
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// passes says of a refusal that a trouble explains it: the server is busy, the
// database away, the disk full, or the same request is under way still.
func passes(code int) bool {
	switch code {
	case http.StatusServiceUnavailable, http.StatusInsufficientStorage, http.StatusTooManyRequests, http.StatusConflict, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
