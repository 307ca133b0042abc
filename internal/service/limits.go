package service

import (
	"context"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// Limits are how much the caller may do.
func (s *Service) Limits(ctx context.Context) account.Limits {
	return s.LimitsOf(account.From(ctx))
}

// LimitsOf are how much a caller may do.
func (s *Service) LimitsOf(c account.Caller) account.Limits { return c.Limits.Or(s.settings.Limits) }

// Room says early whether the caller may submit more jobs: before a document
// is taken that would be thrown away. The error is of code QueueFull.
func (s *Service) Room(ctx context.Context) error {
	return s.store.Room(account.From(ctx).ID, s.Limits(ctx).Waiting)
}

// limit lets a submit be refused when too many jobs wait, or too many e-mails
// were asked for. A job's own children
// are never refused: their parent was let in. // contract J29
func (s *Service) limit(ctx context.Context, o *store.Submit, spec job.Spec) {
	if spec.Parent.IsZero() {
		o.MaxWaiting, o.MaxMails = s.Limits(ctx).Waiting, s.settings.MaxMails
	}
}
