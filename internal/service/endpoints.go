package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// oldSecretLife is how long both secrets sign after a rotation.
const oldSecretLife = 24 * time.Hour

// CreateEndpoint registers an address for the caller's account. The error is
// of code InvalidRequest when it cannot be one.
func (s *Service) CreateEndpoint(ctx context.Context, e job.Endpoint) (job.Endpoint, error) {
	networks := slices.Clone(s.settings.PrivateNetworks)
	for _, text := range e.AllowCIDRs {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return e, fmt.Errorf("read allow_cidrs: %w", err)
		}
		networks = append(networks, p)
	}
	if err := s.checkAddress("url", e.URL, networks); err != nil {
		return e, err
	}
	for _, o := range e.Operations {
		if !s.Has(o) {
			return e, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "operations", "problem": fmt.Sprintf("%q is not an operation", o), "allowed": s.Operations()}}
		}
	}
	var err error
	if e.ID, err = job.NewEndpointID(); err != nil {
		return e, err
	}
	e.Account, e.Secret, e.CreatedAt = account.From(ctx).ID, job.NewWebhookSecret(), s.time()
	return e, s.save(ctx, e)
}

// privateAddress is the reason of an address in a network that is not visited.
const privateAddress = "the address is private"

// checkAddress refuses what could never be reached, so that whoever sent it
// hears of it at once.
func (s *Service) checkAddress(field, url string, networks []netip.Prefix) error {
	err := op.CheckURL(url, networks, s.OpenMode())
	if e, ok := errors.AsType[*job.Error](err); ok {
		remedy := "Send an address that begins with https:// or http://"
		if e.Facts["reason"] == privateAddress {
			remedy = "Send a public address, or the document itself; the operator can allow networks with --private-networks"
		}
		return &job.Error{Code: job.InvalidRequest, Err: err, Facts: job.Facts{"field": field, "problem": e.Facts["reason"], "remedy": remedy}}
	}
	return err
}

func (s *Service) save(ctx context.Context, e job.Endpoint) error {
	if err := s.store.Write(ctx, &store.SaveEndpoint{Endpoint: e}); err != nil {
		return fmt.Errorf("save endpoint %s: %w", e.ID, err)
	}
	return nil
}

// Endpoints lists those of the caller's account.
func (s *Service) Endpoints(ctx context.Context) ([]job.Endpoint, error) {
	return s.store.Endpoints(ctx, account.From(ctx).ID)
}

// Endpoint reads one. Errors are of code NotFound and Forbidden.
func (s *Service) Endpoint(ctx context.Context, id string) (job.Endpoint, error) {
	e, err := s.store.Endpoint(ctx, id)
	if err == nil && e.Account != account.From(ctx).ID {
		return job.Endpoint{}, s.foreign("endpoint", named(id))
	}
	return e, err
}

// RotateEndpoint gives the endpoint a new secret; for a day, both sign.
func (s *Service) RotateEndpoint(ctx context.Context, e job.Endpoint) (job.Endpoint, error) {
	e.OldSecret, e.OldUntil, e.Secret = e.Secret, s.time().Add(oldSecretLife), job.NewWebhookSecret()
	return e, s.save(ctx, e)
}

// EnableEndpoint tells an endpoint again that was disabled.
func (s *Service) EnableEndpoint(ctx context.Context, e job.Endpoint) (job.Endpoint, error) {
	e.DisabledAt, e.DisabledCause = time.Time{}, ""
	return e, s.save(ctx, e)
}

// DeleteEndpoint removes it with its deliveries.
func (s *Service) DeleteEndpoint(ctx context.Context, e job.Endpoint) error {
	act, err := s.act(ctx, account.WebhookDeleted, e.Account, e.ID, e.URL)
	if err != nil {
		return err
	}
	if err := s.store.Write(ctx, &store.DeleteEndpoint{ID: e.ID, Act: act}); err != nil {
		return fmt.Errorf("delete endpoint %s: %w", e.ID, err)
	}
	return nil
}

// defaultSecret is what signs messages to addresses that a job names itself.
// contract J24
type defaultSecret struct {
	Secret   string    `json:"secret"`
	Old      string    `json:"old,omitempty"`
	OldUntil time.Time `json:"old_until"`
}

// DefaultSecret gives the account's secret for addresses that its jobs name.
func (s *Service) DefaultSecret(ctx context.Context, accountID string) (job.Endpoint, error) {
	var d defaultSecret
	stored, err := s.store.Setting(ctx, secretSetting(accountID), func() string { return `{"secret":"` + job.NewWebhookSecret() + `"}` })
	if err != nil {
		return job.Endpoint{}, err
	}
	if err := json.Unmarshal([]byte(stored), &d); err != nil {
		return job.Endpoint{}, fmt.Errorf("decode the secret of %s: %w", accountID, err)
	}
	return job.Endpoint{Account: accountID, Secret: d.Secret, OldSecret: d.Old, OldUntil: d.OldUntil}, nil
}

// RotateDefaultSecret makes a new one; for a day, both sign.
func (s *Service) RotateDefaultSecret(ctx context.Context, accountID string) (job.Endpoint, error) {
	e, err := s.DefaultSecret(ctx, accountID)
	if err != nil {
		return e, err
	}
	e.OldSecret, e.OldUntil, e.Secret = e.Secret, s.time().Add(oldSecretLife), job.NewWebhookSecret()
	b, err := json.Marshal(defaultSecret{Secret: e.Secret, Old: e.OldSecret, OldUntil: e.OldUntil})
	if err != nil {
		return e, fmt.Errorf("encode secret: %w", err)
	}
	return e, s.store.Write(ctx, &store.SaveSetting{Name: secretSetting(accountID), Value: string(b)})
}

func secretSetting(accountID string) string { return "webhook-secret:" + accountID }
