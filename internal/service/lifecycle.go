package service

import (
	"context"
	"encoding/json"
	"fmt"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// Cancel ends a job that waits at once, and one that runs within a second. The
// job that comes back is cancelled, or is being cancelled. The error is of code
// Conflict when the job has ended otherwise. // contract J22
func (s *Service) Cancel(ctx context.Context, id job.ID) (job.Job, error) {
	j, err := s.Job(ctx, id)
	if err != nil {
		return j, err
	}
	o := &store.Cancel{ID: id, Now: s.time(), Retention: s.settings.Retention}
	if err := s.store.Write(ctx, o); err != nil {
		return j, fmt.Errorf("cancel job %s: %w", id, notThere(err))
	}
	if o.Job.Status.Final() && o.Job.Status != job.Cancelled {
		return o.Job, &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "it is " + string(o.Job.Status) + " already", "status": o.Job.Status}}
	}
	switch {
	case o.Ended != nil:
		s.ended(*o.Ended)
	case o.Event.Job == id:
		s.hub.Publish(o.Event)
	default:
		return o.Job, nil
	}
	if c := account.From(ctx); c.ID != j.Account {
		s.note(account.Act{At: o.Now, Account: j.Account, By: c.ID, Key: c.Key, Address: c.Address, Action: account.JobCancelled, Subject: id.String()})
	}
	return o.Job, nil
}

// ended tells of a job that was ended in the store and removes the files that
// it needs no more.
func (s *Service) ended(e store.Ended) {
	s.hub.Publish(e.Event)
	s.remove(e.Job.ID, e.Leftovers...)
}

// Delete removes a job for good. One that has not ended is cancelled first, so
// that whoever watches it hears of its end. // contract A4, J22
func (s *Service) Delete(ctx context.Context, id job.ID) error {
	j, err := s.Job(ctx, id)
	if err != nil {
		return err
	}
	if !j.Status.Final() {
		if _, err := s.Cancel(ctx, id); err != nil && job.CodeOf(err) != job.Conflict {
			return err
		}
	}
	act, err := s.act(ctx, account.JobDeleted, j.Account, id.String(), "")
	if err != nil {
		return err
	}
	o := &store.Delete{ID: id, Act: act, Now: s.time(), Retention: s.settings.Retention}
	if err := s.store.Write(ctx, o); err != nil {
		return fmt.Errorf("delete job %s: %w", id, notThere(err))
	}
	s.hub.Publish(job.Event{Job: id, Account: o.Job.Account, Version: o.Job.Version, At: s.time(), Kind: job.EventDeleted, From: o.Job.Status, To: job.Cancelled, Attempt: o.Job.Attempt})
	s.removeAll(id)
	return nil
}

// notThere makes the refusal of a write that found no row an error for
// clients.
func notThere(err error) error {
	if Fenced(err) {
		return &job.Error{Code: job.NotFound, Err: err}
	}
	return err
}

// Rerun makes a new job of the same documents and parameters, and gives the
// answer that show makes of it. change is a JSON object that is laid over the
// parameters, as in RFC 7396, or nil. once is the use of an Idempotency-Key, or
// nil. The error is of code Conflict when the job has not ended; others are
// those of Submit. // contract D2, J22
func (s *Service) Rerun(ctx context.Context, id job.ID, change json.RawMessage, once *Once, show func(job.Job) (Answer, error)) (Answer, error) {
	if once.Again() { // also when the job that it reran is gone
		return once.compare(once.kept, once.request())
	}
	j, err := s.Job(ctx, id)
	if err != nil {
		return Answer{}, err
	}
	if j.Account != account.From(ctx).ID { // nobody makes jobs for another account // contract J27
		return Answer{}, s.foreign("job", id)
	}
	if !j.Status.Final() {
		return Answer{}, &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "it has not ended yet", "status": j.Status}}
	}
	u, spec, err := s.again(ctx, j, once)
	if err != nil {
		return Answer{}, err
	}
	defer u.Discard()
	if spec.Parameters, err = job.Overlay(spec.Parameters, change); err != nil {
		return Answer{}, fmt.Errorf("change the parameters of job %s: %w", id, err)
	}
	return u.submit(ctx, spec, once.request(), show)
}

// again prepares a rerun; the submission is the caller's to end.
func (s *Service) again(ctx context.Context, j job.Job, once *Once) (*Submission, job.Spec, error) {
	u, err := s.Begin(once)
	if err != nil {
		return nil, job.Spec{}, err
	}
	if err := u.copyInputs(ctx, j); err != nil {
		u.Discard()
		return nil, job.Spec{}, fmt.Errorf("copy the documents of job %s: %w", j.ID, err)
	}
	return u, job.Spec{
		Account: j.Account, Spelling: job.TypeID, Route: j.Route, Operation: j.Operation, Parameters: j.Parameters,
		Metadata: j.Metadata, Tags: j.Tags, Keep: j.Keep, Notify: j.Notify, Original: j.ID,
	}, nil
}
