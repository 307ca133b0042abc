package worker

import (
	"context"
	"io"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
)

// bulk gives the task what jobs on other jobs need.
func (a *attempt) bulk(ctx context.Context, t *op.Task) *op.Task {
	s := a.worker.service
	t.Submit = func(n int, child op.Child) (func() (job.Job, error), error) { return a.submit(ctx, n, child) }
	t.Jobs = func(f job.Filter) ([]job.Job, error) { return s.PageOf(ctx, a.job, f) }
	t.Count = func(f job.Filter) (int64, error) { return s.CountOf(ctx, a.job, f) }
	t.Result = func(id job.ID, format job.Format, w io.Writer) error {
		return ourFault(s.ResultFor(ctx, a.job, id, format, w))
	}
	t.Document = func(id job.ID, n int) (io.ReadCloser, error) { return opened(s.DocumentFor(ctx, a.job, id, n)) }
	return t
}

// submit prepares a child.
func (a *attempt) submit(ctx context.Context, n int, child op.Child) (func() (job.Job, error), error) {
	commit, err := a.worker.service.SubmitChild(ctx, a.job, n, child)
	if err != nil {
		return nil, ourFault(err)
	}
	return func() (job.Job, error) { return a.commit(ctx, commit) }, nil
}

// commit makes a child. When the job was cancelled or lost meanwhile, the
// context says so before the error comes back.
func (a *attempt) commit(ctx context.Context, commit func() (job.Job, error)) (job.Job, error) {
	made, err := commit()
	if service.Fenced(err) {
		a.worker.renew(ctx)
		if ctx.Err() != nil {
			return made, context.Cause(ctx)
		}
	}
	return made, ourFault(err)
}

// ourFault tells what fails on our side from what is wrong with a document.
func ourFault(err error) error {
	switch job.CodeOf(err) {
	case job.DiskFull, job.Unavailable:
		return storing(err)
	}
	return err
}
