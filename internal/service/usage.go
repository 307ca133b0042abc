package service

import (
	"context"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// Usage says what the caller's account had done, or the one that an admin
// names, on the days from the first to before the last. The error is of code
// Forbidden, or InvalidRequest when there is no such day.
func (s *Service) Usage(ctx context.Context, accountID string, from, to time.Time) ([]account.Usage, error) {
	accountID, err := Scoped(ctx, accountID)
	if err != nil {
		return nil, err
	}
	if !from.Before(to) {
		return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "to", "problem": "it is not after from", "remedy": "Send the day after the last one"}}
	}
	return s.store.Usage(ctx, accountID, from, to)
}
