package service

import (
	"context"
	"slices"

	"docket/internal/job"
	"docket/internal/store"
)

// Page is a part of the jobs that a filter picks.
type Page struct {
	Jobs  []job.Job
	Total int64 // that the filter picks
	// Truncated says that a search by words has not looked at all jobs, or has
	// found too many: Total is the least that there are.
	Truncated bool
	// Counts are by state, whatever states the filter names; nil unless they
	// were asked for.
	Counts map[job.Status]int64
}

// List gives the page of jobs that the filter picks, newest first: of the
// caller's, or of those of the account that an admin names in it. Expired
// jobs do not count. The error is of code Forbidden. // contract A5, J20, J27
func (s *Service) List(ctx context.Context, f job.Filter, counted bool) (p Page, err error) {
	if f.Account, err = Scoped(ctx, f.Account); err != nil {
		return p, err
	}
	f.Now = s.time()
	if len(f.Words) > 0 {
		p, err = s.search(ctx, f)
	} else {
		p.Jobs, p.Total, err = s.store.List(ctx, f)
	}
	if err == nil && counted {
		p.Counts, err = s.counts(ctx, f)
	}
	for i := range p.Jobs {
		p.Jobs[i] = s.shown(p.Jobs[i])
	}
	return p, err
}

func (s *Service) search(ctx context.Context, f job.Filter) (p Page, err error) {
	found, part, err := s.store.Search(ctx, f)
	if err != nil {
		return p, err
	}
	p.Total, p.Truncated = int64(len(found)), part
	from := min(f.Offset, len(found))
	p.Jobs, err = s.inOrder(ctx, found[from:min(from+f.Limit, len(found))])
	return p, err
}

// inOrder reads those of the jobs that are still there.
func (s *Service) inOrder(ctx context.Context, found []store.Found) ([]job.Job, error) {
	var ids []job.ID
	for _, one := range found {
		ids = append(ids, one.ID)
	}
	jobs, err := s.store.Jobs(ctx, ids)
	slices.SortFunc(jobs, func(a, b job.Job) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return jobs, err
}

func (s *Service) counts(ctx context.Context, f job.Filter) (map[job.Status]int64, error) {
	if len(f.Words) == 0 {
		return s.store.Counts(ctx, f)
	}
	f.Statuses = nil
	found, _, err := s.store.Search(ctx, f)
	counts := map[job.Status]int64{}
	for _, one := range found {
		counts[one.Status]++
	}
	return counts, err
}

// Batches gives a page of the batches of the caller, or of the account that an
// admin names, newest first, and how many there are. The error is of code
// Forbidden.
func (s *Service) Batches(ctx context.Context, accountID string, limit, offset int) ([]job.Batch, int64, error) {
	accountID, err := Scoped(ctx, accountID)
	if err != nil {
		return nil, 0, err
	}
	return s.store.Batches(ctx, accountID, s.time(), limit, offset)
}
