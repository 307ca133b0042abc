package service

import (
	"context"
	"iter"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// pageOfChanges is how many jobs are read at once.
const pageOfChanges = 500

// Changes reads the caller's jobs that changed after a time, in the order of
// their last change. A job that changes meanwhile may come again. It stops at
// the first error.
func (s *Service) Changes(ctx context.Context, after time.Time) iter.Seq2[job.Job, error] {
	return func(yield func(job.Job, error) bool) {
		var id job.ID
		for {
			jobs, err := s.store.Changes(ctx, account.From(ctx).ID, after, id, s.time(), pageOfChanges)
			if err != nil {
				yield(job.Job{}, err)
				return
			}
			for _, j := range jobs {
				if !yield(j, nil) {
					return
				}
				after, id = j.UpdatedAt, j.ID
			}
			if len(jobs) < pageOfChanges {
				return
			}
		}
	}
}
