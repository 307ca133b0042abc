package service

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/trace"
)

// DeliveryLease is how long a sender has for one message.
const DeliveryLease = time.Minute

// Dispatch is a message with what is needed to send it.
type Dispatch struct {
	job.Delivery
	Secrets    []string // newest first; empty for e-mail, and when the endpoint is gone
	AllowCIDRs []string
}

// ClaimDeliveries takes up to n messages that are due. It gives fewer when the
// secrets of some cannot be read now. After an error some may have been claimed,
// which ReleaseClaim lets go.
func (s *Service) ClaimDeliveries(ctx context.Context, owner string, n int) ([]Dispatch, error) {
	o := &store.ClaimDeliveries{Owner: owner, Now: s.time(), Lease: DeliveryLease, Max: n}
	if err := s.store.Write(ctx, o); err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	var all []Dispatch
	for _, d := range o.Deliveries {
		one := Dispatch{Delivery: d}
		if d.Channel == job.ByWebhook {
			e, err := s.receiver(ctx, d)
			switch {
			case job.CodeOf(err) == job.NotFound: // it was deleted, and is told no more
			case Away(err):
				return nil, fmt.Errorf("find the receiver of delivery %s: %w", d.ID, err)
			case err != nil: // without its secret it cannot be told; the lease ends, and it is tried again
				s.log.Warn("find the receiver of a delivery", "delivery", d.ID, "error", err)
				continue
			default:
				one.Secrets, one.AllowCIDRs = []string{e.Secret}, e.AllowCIDRs
				if e.OldSecret != "" && s.now().Before(e.OldUntil) {
					one.Secrets = append(one.Secrets, e.OldSecret)
				}
			}
		}
		all = append(all, one)
	}
	return all, nil
}

func (s *Service) receiver(ctx context.Context, d job.Delivery) (job.Endpoint, error) {
	if d.Endpoint == "" {
		return s.DefaultSecret(ctx, d.Account)
	}
	return s.store.Endpoint(ctx, d.Endpoint)
}

// ReleaseDeliveries lets messages wait again whose sender is gone; all is true
// at the start of the one process that owns a database.
func (s *Service) ReleaseDeliveries(ctx context.Context, all bool) error {
	return s.store.Write(ctx, &store.ReleaseDeliveries{Now: s.time(), All: all})
}

// ReleaseClaim lets messages wait again that an owner has claimed without
// hearing of it.
func (s *Service) ReleaseClaim(ctx context.Context, owner string) error {
	if err := s.store.Write(ctx, &store.ReleaseDeliveries{Now: s.time(), Owner: owner}); err != nil {
		return fmt.Errorf("release the deliveries of a claim: %w", err)
	}
	return nil
}

// Outcome is how a try went, and what follows.
type Outcome struct {
	Attempt job.DeliveryAttempt
	OK      bool
	Final   bool          // it is not tried again
	Gone    bool          // the receiver wants nothing more
	Pause   time.Duration // until the next try
}

// RecordAttempt stores how a try went. It may be called again when the database
// was away: what is stored already is ErrFenced then.
func (s *Service) RecordAttempt(ctx context.Context, d job.Delivery, o Outcome) error {
	now := s.time()
	r := &store.RecordAttempt{Delivery: d, Attempt: o.Attempt, Status: job.Pending, RunAt: now.Add(o.Pause), Now: now}
	switch {
	case o.OK:
		r.Status = job.Delivered
	case o.Final || o.Gone:
		r.Status = job.GivenUp
	}
	if o.Gone && d.Endpoint != "" {
		if err := s.store.Write(ctx, &store.DisableEndpoint{ID: d.Endpoint, Now: now, Cause: "the address answered 410 Gone"}); err != nil {
			return err
		}
	}
	if err := s.store.Write(ctx, r); err != nil {
		return fmt.Errorf("record an attempt of delivery %s: %w", d.ID, err)
	}
	return nil
}

// Deliveries gives a page of an endpoint's messages, newest first.
func (s *Service) Deliveries(ctx context.Context, e job.Endpoint, status job.DeliveryStatus, limit, offset int) ([]job.Delivery, int64, error) {
	return s.store.Deliveries(ctx, e.ID, status, limit, offset)
}

// DeliveriesOfJob gives what was told of a job, whoever was told.
func (s *Service) DeliveriesOfJob(ctx context.Context, j job.Job) ([]job.Delivery, error) {
	return s.store.DeliveriesOfJob(ctx, j.ID)
}

// Delivery reads a message of an endpoint with its tries.
func (s *Service) Delivery(ctx context.Context, e job.Endpoint, id string) (job.Delivery, []job.DeliveryAttempt, error) {
	d, attempts, err := s.store.Delivery(ctx, id)
	if err == nil && d.Endpoint != e.ID {
		return d, nil, job.Errorf(job.NotFound, nil, "delivery %s is of another endpoint", id)
	}
	return d, attempts, err
}

// Attempts reads the tries of messages, by their ids.
func (s *Service) Attempts(ctx context.Context, of []job.Delivery) (map[string][]job.DeliveryAttempt, error) {
	return s.store.Attempts(ctx, of)
}

// Range says which messages are sent again.
type Range struct {
	ID            string // one alone
	After, Before time.Time
	Status        job.DeliveryStatus
}

// Replay sends messages of an endpoint again and says how many.
func (s *Service) Replay(ctx context.Context, e job.Endpoint, which Range) (int64, error) {
	o := &store.Replay{Endpoint: e.ID, ID: which.ID, After: which.After, Before: which.Before, Status: which.Status, Now: s.time()}
	if err := s.store.Write(ctx, o); err != nil {
		return 0, fmt.Errorf("replay deliveries of %s: %w", e.ID, err)
	}
	s.hub.Publish(job.Event{Kind: job.EventDelivery})
	return o.Count, nil
}

// TestEndpoint sends a message that tells of a job that never was.
func (s *Service) TestEndpoint(ctx context.Context, e job.Endpoint) (job.Delivery, error) {
	id, err := job.NewDeliveryID()
	if err != nil {
		return job.Delivery{}, err
	}
	sample, err := job.NewID()
	if err != nil {
		return job.Delivery{}, err
	}
	now := s.time()
	j, created := job.Spec{Account: e.Account, Spelling: job.TypeID, Operation: job.Parse}.New(sample, []job.Input{{Name: "test.pdf", URL: e.URL}}, now)
	m := j.Message(created, id, job.Told{})
	m.Event = "webhook.test"
	payload, err := json.Marshal(m)
	if err != nil {
		return job.Delivery{}, fmt.Errorf("encode test message: %w", err)
	}
	d := job.Delivery{ID: id, Account: account.From(ctx).ID, Endpoint: e.ID, Channel: job.ByWebhook, Target: e.URL, Status: job.Pending, Payload: payload, Trace: trace.Context(ctx), CreatedAt: now, RunAt: now}
	if err := s.store.Write(ctx, &store.Enqueue{Delivery: d}); err != nil {
		return d, fmt.Errorf("enqueue test: %w", err)
	}
	s.hub.Publish(job.Event{Kind: job.EventDelivery})
	return d, nil
}
