package service

import (
	"context"
	"errors"
	"fmt"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// Item is one job of a batch that is handed in.
type Item struct {
	Submission *Submission
	Spec       job.Spec
	Fault      error // found before, while it was decoded
}

// ItemFault says what is wrong with one item of a batch.
type ItemFault struct {
	Index int
	Error *job.Error
}

// SubmitBatch makes all jobs or none. The error of code InvalidRequest has the
// fact "items", the []ItemFault of every bad one. // contract J13
func (s *Service) SubmitBatch(ctx context.Context, items []Item, original job.BatchID) (job.Batch, error) {
	id, err := job.NewBatchID()
	if err != nil {
		return job.Batch{}, err
	}
	o := &store.SubmitBatch{Batch: job.Batch{ID: id, Account: account.From(ctx).ID, CreatedAt: s.time(), Original: original}, MaxWaiting: s.Limits(ctx).Waiting}
	var faults []ItemFault
	for i, item := range items {
		item.Spec.Batch = id
		fault := item.Fault
		if fault == nil {
			var one *store.Submit
			if one, fault = item.Submission.prepare(item.Spec); fault == nil {
				o.Jobs = append(o.Jobs, one)
				continue
			}
		}
		e, ok := errors.AsType[*job.Error](fault)
		if !ok {
			return job.Batch{}, fault
		}
		faults = append(faults, ItemFault{Index: i, Error: e})
	}
	if len(faults) > 0 {
		return job.Batch{}, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "jobs", "problem": fmt.Sprintf("%d of %d items are wrong, so none was taken", len(faults), len(items)), "items": faults}}
	}
	if err := s.store.Write(ctx, o); err != nil {
		return job.Batch{}, fmt.Errorf("submit batch: %w", err)
	}
	for i, item := range items {
		item.Submission.made(o.Jobs[i])
	}
	o.Batch.Counts = map[job.Status]int{job.Queued: len(items)}
	return o.Batch, nil
}

// Batch reads a batch for the caller in the context.
func (s *Service) Batch(ctx context.Context, id job.BatchID) (job.Batch, error) {
	b, err := s.store.Batch(ctx, id)
	if err != nil {
		return b, err
	}
	if err := s.own(ctx, b.Account, "batch", id); err != nil {
		return b, err
	}
	if b.Total() == 0 { // its jobs have expired or were deleted
		return b, job.Errorf(job.NotFound, nil, "batch %s has no jobs left", id)
	}
	return b, nil
}

// BatchJobs reads the jobs of a batch in the order of their making.
func (s *Service) BatchJobs(ctx context.Context, b job.Batch, limit, offset int) ([]job.Job, error) {
	jobs, _, err := s.store.List(ctx, job.Filter{Account: b.Account, Batch: b.ID, Oldest: true, Limit: limit, Offset: offset})
	return jobs, err
}

// CancelBatch cancels every job of the batch that is not final.
func (s *Service) CancelBatch(ctx context.Context, b job.Batch) error {
	return s.eachOfBatch(ctx, b, []job.Status{job.AwaitingUpload, job.Queued, job.Processing}, func(j job.Job) error {
		_, err := s.Cancel(ctx, j.ID)
		if job.CodeOf(err) == job.Conflict || job.CodeOf(err) == job.NotFound {
			return nil // it ended, or was deleted, in between
		}
		return err
	})
}

// RerunBatch makes a batch of reruns of the jobs that failed. Nobody makes
// jobs for another account.
func (s *Service) RerunBatch(ctx context.Context, b job.Batch) (job.Batch, error) {
	if b.Account != account.From(ctx).ID {
		return job.Batch{}, s.foreign("batch", b.ID)
	}
	var items []Item
	defer func() {
		for _, item := range items {
			item.Submission.Discard()
		}
	}()
	err := s.eachOfBatch(ctx, b, []job.Status{job.Failed}, func(j job.Job) error {
		u, spec, err := s.again(ctx, j)
		if err == nil {
			items = append(items, Item{Submission: u, Spec: spec})
		}
		return err
	})
	if err != nil {
		return job.Batch{}, err
	}
	if len(items) == 0 {
		return job.Batch{}, &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "none of its jobs has failed"}}
	}
	return s.SubmitBatch(ctx, items, b.ID)
}

func (s *Service) eachOfBatch(ctx context.Context, b job.Batch, in []job.Status, do func(job.Job) error) error {
	jobs, _, err := s.store.List(ctx, job.Filter{Account: b.Account, Batch: b.ID, Statuses: in, Oldest: true, Limit: b.Total()})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := do(j); err != nil {
			return err
		}
	}
	return nil
}
