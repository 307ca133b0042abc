package client

import (
	"context"
	"net/http"
	"time"
)

// Key lets somebody in. These calls need one with the scope admin.
type Key struct {
	ID         string    `json:"id"`
	Account    string    `json:"account"`
	Name       string    `json:"name"`
	Scopes     []string  `json:"scopes"` // read, write, admin
	State      string    `json:"state"`  // active, expired or revoked
	Prefix     string    `json:"prefix"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at"`   // zero: never
	LastUsedAt time.Time `json:"last_used_at"` // zero: never
	// Key is what is shown to use it; only when it was just made or rotated.
	Key string `json:"key"`
}

// KeyRequest is a key to be made; what is empty is left to the server.
type KeyRequest struct {
	Account   string   `json:"account,omitempty"` // made when it is new
	Name      string   `json:"name,omitempty"`
	Scopes    []string `json:"scopes,omitempty"`
	ExpiresIn float64  `json:"expires_in,omitempty"` // seconds; 0: never
}

// CreateKey makes a key. It is sent once: after an error whose fate is unknown,
// look into Keys.
func (c *Client) CreateKey(ctx context.Context, r KeyRequest) (Key, error) {
	var k Key
	err := c.act(ctx, path("keys"), r, &k)
	return k, err
}

// Keys are all keys of the server, oldest first.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	var answer struct{ Keys []Key }
	err := c.fetch(ctx, call{method: http.MethodGet, path: path("keys")}, &answer)
	return answer.Keys, err
}

// RotateKey gives a key a new secret; the old one is good for the overlap.
func (c *Client) RotateKey(ctx context.Context, id string, overlap time.Duration) (Key, error) {
	var k Key
	err := c.act(ctx, path("keys", id, "rotate"), map[string]float64{"overlap": overlap.Seconds()}, &k)
	return k, err
}

// RevokeKey ends a key at once and for good.
func (c *Client) RevokeKey(ctx context.Context, id string) (Key, error) {
	var k Key
	err := c.fetch(ctx, call{method: http.MethodDelete, path: path("keys", id)}, &k)
	return k, err
}
