package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Webhook is an address that is told of an account's jobs.
type Webhook struct {
	ID             string    `json:"id"`
	URL            string    `json:"url"`
	Events         []string  `json:"events"`      // states that it is told of
	Operations     []string  `json:"operations"`  // empty: all
	AllowCIDRs     []string  `json:"allow_cidrs"` // private networks that it may be in
	Enabled        bool      `json:"enabled"`
	DisabledReason string    `json:"disabled_reason"`
	CreatedAt      time.Time `json:"created_at"`
	// Secret is what its messages are signed with; only when it was just made.
	Secret string `json:"secret"`
}

// WebhookRequest is a webhook to be made; what is empty means all.
type WebhookRequest struct {
	URL        string   `json:"url"`
	Events     []string `json:"events,omitempty"`
	Operations []string `json:"operations,omitempty"`
	AllowCIDRs []string `json:"allow_cidrs,omitempty"` // with an admin's key
}

// Delivery is one message to a webhook.
type Delivery struct {
	ID         string            `json:"id"`     // the webhook-id
	JobID      string            `json:"job_id"` // empty: a test
	Sequence   int64             `json:"sequence"`
	Status     string            `json:"status"` // pending, delivered or failed
	Target     string            `json:"target"`
	CreatedAt  time.Time         `json:"created_at"`
	FinishedAt time.Time         `json:"finished_at"` // zero until it was delivered or given up
	Attempts   []DeliveryAttempt `json:"attempts"`
}

// DeliveryAttempt is one try.
type DeliveryAttempt struct {
	Attempt  int       `json:"attempt"`
	At       time.Time `json:"at"`
	Duration float64   `json:"duration"` // seconds
	Status   int       `json:"status"`   // of the answer, 0 when there was none
	Error    string    `json:"error"`
}

// CreateWebhook has changes sent to an address. It is sent once: after an error
// whose fate is unknown, look into Webhooks.
func (c *Client) CreateWebhook(ctx context.Context, r WebhookRequest) (Webhook, error) {
	var w Webhook
	err := c.act(ctx, path("webhooks"), r, &w)
	return w, err
}

// Webhooks are those of the account, oldest first.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	var answer struct{ Webhooks []Webhook }
	err := c.fetch(ctx, call{method: http.MethodGet, path: path("webhooks")}, &answer)
	return answer.Webhooks, err
}

// DeleteWebhook sends nothing more to it, and forgets it.
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	return c.fetch(ctx, call{method: http.MethodDelete, path: path("webhooks", id)}, nil)
}

// EnableWebhook sends again to one that was switched off after many failures.
func (c *Client) EnableWebhook(ctx context.Context, id string) (Webhook, error) {
	var w Webhook
	err := c.act(ctx, path("webhooks", id, "enable"), nil, &w)
	return w, err
}

// TestWebhook sends a message that tells of no job.
func (c *Client) TestWebhook(ctx context.Context, id string) (Delivery, error) {
	var d Delivery
	err := c.act(ctx, path("webhooks", id, "test"), nil, &d)
	return d, err
}

// Deliveries are the newest messages to a webhook, at most 100.
func (c *Client) Deliveries(ctx context.Context, id string, limit int) ([]Delivery, error) {
	var answer struct{ Deliveries []Delivery }
	err := c.fetch(ctx, call{method: http.MethodGet, path: path("webhooks", id, "deliveries"), query: url.Values{"limit": {strconv.Itoa(limit)}}}, &answer)
	return answer.Deliveries, err
}

// Replay sends a message again, under the same webhook-id.
func (c *Client) Replay(ctx context.Context, id, delivery string) error {
	return c.act(ctx, path("webhooks", id, "deliveries", delivery, "replay"), nil, nil)
}

// act posts once; the body, which may be nil, is sent as JSON.
func (c *Client) act(ctx context.Context, to string, body, answer any) error {
	q := call{method: http.MethodPost, path: to, once: true}
	if body != nil {
		if err := q.json(body); err != nil {
			return err
		}
	}
	return c.fetch(ctx, q, answer)
}
