package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"docket/internal/job"
	"docket/internal/trace"
)

const (
	sendTimeout = 15 * time.Second // of one webhook, from the name lookup to the end of the answer
	maxRead     = 64 << 10         // bytes that are read of an answer
)

// Delivery is one webhook to be sent.
type Delivery struct {
	ID            string         // the webhook-id: the same at every attempt
	URL           string         // of the receiver
	Secrets       []string       // whsec_…: one, or two while it is being changed; each signs
	Body          []byte         // JSON
	AllowPrivate  []netip.Prefix // networks in which the receiver may be, though they are private
	AllowLoopback bool           // lets it be on this machine
}

// WebhookOptions say as whom webhooks are sent.
type WebhookOptions struct {
	UserAgent string           // such as "Docket/1.2.0"; none when empty
	Resolver  *net.Resolver    // looks host names up; the system's when nil
	Now       func() time.Time // time.Now when nil
	Timeout   time.Duration    // of one webhook in all; 15 s when 0
}

// Webhooks sends webhooks. It is safe for concurrent use.
type Webhooks struct {
	clients clients
	now     func() time.Time
	timeout time.Duration
}

// NewWebhooks makes a sender. Close frees the connections that it keeps.
func NewWebhooks(o WebhookOptions) *Webhooks {
	w := &Webhooks{now: o.Now, timeout: o.Timeout, clients: clients{agent: o.UserAgent, resolver: o.Resolver}}
	if w.now == nil {
		w.now = time.Now
	}
	if w.timeout == 0 {
		w.timeout = sendTimeout
	}
	return w
}

// Close closes the connections that nothing uses.
func (w *Webhooks) Close() { w.clients.close() }

// Send sends the delivery once, signed after Standard Webhooks 1.0. It was
// taken if the receiver answers with a 2xx, whatever else it says. When ctx
// ends first, the attempt says nothing about the receiver.
func (w *Webhooks) Send(ctx context.Context, d Delivery) Attempt {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	begun, at := time.Now(), w.now()
	a := Attempt{At: at}
	header, err := sign(d, at)
	if err != nil {
		a.Error, a.Permanent = "the signing secret cannot be used", true
		return a
	}
	trace.Inject(ctx, header)
	a.RequestHeaders = sent(header, w.clients.agent)
	client := w.clients.get(d.AllowPrivate, d.AllowLoopback)
	answer, err := client.Post(ctx, d.URL, header, d.Body, maxRead)
	a.Took = time.Since(begun)
	if err != nil {
		a.Error = reasonOf(err)
		return a
	}
	a.Status, a.Gone = answer.Status, answer.Status == http.StatusGone
	a.AnswerHeaders = received(answer.Header)
	a.Answer = clean(string(answer.Body), maxAnswer)
	a.Error = statusError(answer.Status)
	if !a.OK() {
		a.RetryAfter = retryAfter(answer.Header.Get("Retry-After"), w.now())
	}
	return a
}

// sign makes the headers of the delivery: a signature for each secret.
func sign(d Delivery, at time.Time) (http.Header, error) {
	var signatures []string
	for i, secret := range d.Secrets {
		signer, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return nil, fmt.Errorf("read secret %d: %w", i, err)
		}
		signature, err := signer.Sign(d.ID, at, d.Body)
		if err != nil {
			return nil, fmt.Errorf("sign with secret %d: %w", i, err)
		}
		signatures = append(signatures, signature)
	}
	if len(signatures) == 0 {
		return nil, fmt.Errorf("delivery %s has no secret", d.ID)
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set(standardwebhooks.HeaderWebhookID, d.ID)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return h, nil
}

func reasonOf(err error) string {
	if reason, ok := job.FailureOf(err).Facts["reason"].(string); ok {
		return reason
	}
	return "the server was stopped"
}

func statusError(status int) string {
	switch {
	case status >= 200 && status <= 299:
		return ""
	case status >= 300 && status <= 399:
		return fmt.Sprintf("HTTP %d: redirects are not followed", status)
	}
	return fmt.Sprintf("HTTP %d", status)
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		wait = time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
