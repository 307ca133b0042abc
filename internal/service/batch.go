package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// ShowBatch makes the answer that tells of a new batch and its jobs.
type ShowBatch func(job.Batch, []job.Job) (Answer, error)

// SubmitBatch makes all jobs or none, and gives the answer that show makes of
// them. once is the use of an Idempotency-Key, or nil. The error of code
// InvalidRequest has the fact "items", the []ItemFault of every bad one; others
// are those of Submit. // contract J13
func (s *Service) SubmitBatch(ctx context.Context, items []Item, once *Once, show ShowBatch) (Answer, error) {
	var of []*Submission
	for _, item := range items {
		if item.Submission != nil {
			of = append(of, item.Submission)
		}
	}
	return s.submitBatch(ctx, items, job.BatchID{}, once, once.request(of...), show)
}

func (s *Service) submitBatch(ctx context.Context, items []Item, original job.BatchID, once *Once, request []byte, show ShowBatch) (Answer, error) {
	if once.Again() {
		return once.compare(once.kept, request)
	}
	id, err := job.NewBatchID()
	if err != nil {
		return Answer{}, err
	}
	o := &store.SubmitBatch{Batch: job.Batch{ID: id, Account: account.From(ctx).ID, CreatedAt: s.time(), Original: original}, MaxWaiting: s.Limits(ctx).Waiting, MaxMails: s.settings.MaxMails}
	if o.Jobs, err = prepareAll(ctx, items, id); err != nil {
		return Answer{}, err
	}
	made := make([]job.Job, 0, len(o.Jobs))
	b := o.Batch
	b.Counts = map[job.Status]int{}
	for _, one := range o.Jobs {
		made = append(made, one.Job)
		b.Counts[one.Job.Status]++
	}
	answer, err := show(b, made)
	if err != nil {
		return Answer{}, err
	}
	o.Once = once.keep(answer, request)
	if err := s.store.Write(ctx, o); err != nil {
		for _, item := range items {
			item.Submission.failed(err)
		}
		return Answer{}, fmt.Errorf("submit batch: %w", err)
	}
	if o.Before != nil {
		return once.compare(o.Before, request)
	}
	for i, item := range items {
		item.Submission.made(o.Jobs[i])
	}
	return answer, nil
}

// prepareAll makes the writes of all items, or says what is wrong with each.
func prepareAll(ctx context.Context, items []Item, id job.BatchID) ([]*store.Submit, error) {
	var (
		jobs   []*store.Submit
		faults []ItemFault
	)
	for i, item := range items {
		item.Spec.Batch = id
		fault := item.Fault
		if fault == nil {
			var one *store.Submit
			if one, fault = item.Submission.prepare(ctx, item.Spec); fault == nil {
				jobs = append(jobs, one)
				continue
			}
		}
		e, ok := errors.AsType[*job.Error](fault)
		if !ok || slices.Contains([]job.Code{job.IntakePaused, job.Unavailable, job.DiskFull}, e.Code) {
			return nil, fault // no fault of the item's
		}
		faults = append(faults, ItemFault{Index: i, Error: e})
	}
	if len(faults) > 0 {
		return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "jobs", "problem": fmt.Sprintf("%d of %d items are wrong, so none was taken", len(faults), len(items)), "items": faults}}
	}
	return jobs, nil
}

// Batch reads a batch for the caller in the context.
func (s *Service) Batch(ctx context.Context, id job.BatchID) (job.Batch, error) {
	b, err := s.store.Batch(ctx, id, s.time())
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
	jobs, _, err := s.store.List(ctx, job.Filter{Account: b.Account, Batch: b.ID, Oldest: true, Limit: limit, Offset: offset, Now: s.time()})
	for i := range jobs {
		jobs[i] = s.shown(jobs[i])
	}
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

// RerunBatch makes a batch of reruns of the jobs that failed, as SubmitBatch
// does. The error is of code Conflict when none has.
func (s *Service) RerunBatch(ctx context.Context, id job.BatchID, once *Once, show ShowBatch) (Answer, error) {
	if once.Again() { // also when the batch that it reran is gone
		return once.compare(once.kept, once.request())
	}
	b, err := s.Batch(ctx, id)
	if err != nil {
		return Answer{}, err
	}
	if b.Account != account.From(ctx).ID { // nobody makes jobs for another account // contract J27
		return Answer{}, s.foreign("batch", b.ID)
	}
	var items []Item
	defer func() {
		for _, item := range items {
			item.Submission.Discard()
		}
	}()
	err = s.eachOfBatch(ctx, b, []job.Status{job.Failed}, func(j job.Job) error {
		u, spec, err := s.again(ctx, j, nil)
		if err == nil {
			items = append(items, Item{Submission: u, Spec: spec})
		}
		return err
	})
	if err != nil {
		return Answer{}, err
	}
	if len(items) == 0 {
		return Answer{}, &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "none of its jobs has failed"}}
	}
	return s.submitBatch(ctx, items, b.ID, once, once.request(), show)
}

func (s *Service) eachOfBatch(ctx context.Context, b job.Batch, in []job.Status, do func(job.Job) error) error {
	f := job.Filter{Account: b.Account, Batch: b.ID, Statuses: in, Oldest: true, Limit: pageOfChanges, Now: s.time()}
	for {
		jobs, err := s.store.Page(ctx, f)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if err := do(j); err != nil {
				return err
			}
			f.Past = job.Mark{At: j.CreatedAt, ID: j.ID}
		}
		if len(jobs) < f.Limit {
			return nil
		}
	}
}
