package service

import (
	"context"
	"fmt"
	"io"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// SubmitChild prepares child n of a job that a worker has, in the account of
// the job: its document is stored, and its place in the line is behind those
// that were prepared before. commit makes it, or finds it made by an earlier
// attempt, and may be called while others are. Errors are those of Submit; one
// that Fenced knows says that the worker has lost the job, or is to cancel it.
func (s *Service) SubmitChild(ctx context.Context, parent job.Job, n int, child op.Child) (commit func() (job.Job, error), err error) {
	if parent.Attempt > 1 { // before its document is stored again
		made, ok, err := s.store.Child(ctx, parent.ID, n)
		if ok || err != nil {
			return func() (job.Job, error) { return made, nil }, err
		}
	}
	ctx = account.With(ctx, account.Caller{ID: parent.Account})
	u, err := s.Begin(nil)
	if err != nil {
		return nil, err
	}
	prepared, err := u.child(ctx, parent, n, child)
	if err != nil {
		u.Discard()
		return nil, err
	}
	return func() (job.Job, error) {
		defer u.Discard()
		o := &store.SubmitChild{Submit: *prepared, Parent: heldBy(parent)}
		if err := s.store.Write(ctx, o); err != nil {
			u.failed(err)
			return job.Job{}, fmt.Errorf("submit child %d of job %s: %w", n, parent.ID, err)
		}
		if o.New {
			u.made(&o.Submit)
		}
		return o.Made, nil
	}, nil
}

// child takes the document and makes the write.
func (u *Submission) child(ctx context.Context, parent job.Job, n int, child op.Child) (*store.Submit, error) {
	var err error
	if child.Body != nil {
		err = u.Input(child.Name, "", child.Body)
	} else {
		err = u.URL(ctx, child.URL)
	}
	if err != nil {
		return nil, err
	}
	if child.Body == nil && child.Name != "" {
		u.inputs[0].Name = child.Name
	}
	return u.prepare(ctx, job.Spec{
		Account: parent.Account, Spelling: job.TypeID, Route: parent.Route, Operation: child.Operation, Parameters: child.Parameters,
		Tags: child.Tags, Metadata: child.Metadata, Keep: parent.Keep, Reuse: child.Reuse,
		Batch: op.BatchOf(parent.ID), Parent: parent.ID, ChildN: n,
	})
}

// PageOf gives jobs of the account of a job that a worker has, as many as the
// filter's limit.
func (s *Service) PageOf(ctx context.Context, j job.Job, f job.Filter) ([]job.Job, error) {
	f.Account, f.Now = j.Account, s.time()
	return s.store.Page(ctx, f)
}

// CountOf is how many jobs of the account of a job the filter picks.
func (s *Service) CountOf(ctx context.Context, j job.Job, f job.Filter) (int64, error) {
	f.Account, f.Now, f.Limit = j.Account, s.time(), 0
	_, total, err := s.store.List(ctx, f)
	return total, err
}

// ResultFor writes the result of a job of the same account as j. Errors are
// those of RenderResult, and of code NotFound.
func (s *Service) ResultFor(ctx context.Context, j job.Job, id job.ID, format job.Format, w io.Writer) error {
	of, err := s.neighbour(ctx, j, id)
	if err != nil {
		return err
	}
	return s.RenderResult(ctx, w, of, format, "")
}

// DocumentFor reads document n of a job of the same account as j. The error is
// of code NotFound or ResultGone.
func (s *Service) DocumentFor(ctx context.Context, j job.Job, id job.ID, n int) (io.ReadCloser, error) {
	of, err := s.neighbour(ctx, j, id)
	if err != nil {
		return nil, err
	}
	if n >= len(of.Inputs) || !of.Inputs[n].Here() {
		return nil, job.Errorf(job.ResultGone, nil, "job %s has no document %d", id, n)
	}
	return s.blobs.Open(ctx, of.Inputs[n].File)
}

func (s *Service) neighbour(ctx context.Context, j job.Job, id job.ID) (job.Job, error) {
	of, err := s.store.Job(ctx, id)
	if err == nil && (of.Account != j.Account || of.Expired(s.now())) {
		return of, job.Errorf(job.NotFound, nil, "job %s is not there for job %s", id, j.ID)
	}
	return of, err
}
