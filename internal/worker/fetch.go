package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/safehttp"
	"docket/internal/service"
	"docket/internal/trace"
)

// triesPerAddress is how often an address is asked in one attempt.
const triesPerAddress = 3

// fetch gets the inputs that are addresses, or results of other jobs, and are
// not here yet, and stores them as they arrive, so that no later attempt asks
// again. Of several one may fail alone; the only one fails the job.
func (a *attempt) fetch(ctx context.Context) error {
	for n := 0; n < len(a.job.Inputs); n++ {
		in := a.job.Inputs[n]
		if in.Here() || in.Failure != nil {
			continue
		}
		if in.Owed() && op.TakesJobs(a.job.Operation) {
			continue
		}
		if in.Owed() {
			if err := a.adopt(ctx, n); err != nil {
				return err
			}
			continue
		}
		a.progress.set(job.Progress{Stage: "fetching", Message: fmt.Sprintf("Fetching document %d of %d", n+1, len(a.job.Inputs))})
		got, sealed, err := a.download(ctx, n)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && (len(a.job.Inputs) == 1 || job.CodeOf(err) == job.StorageError):
			return err
		case err != nil:
			f := job.FailureOf(err)
			got = in
			got.Failure = &f
		}
		a.job.Inputs = slices.Clone(a.job.Inputs)
		a.job.Inputs[n] = got
		if err := a.fetched(ctx, []job.Input{got}, inline(sealed)); err != nil {
			return storing(fmt.Errorf("store what was fetched: %w", err))
		}
	}
	return nil
}

// adopt takes over the documents of a source, of which there may be several.
func (a *attempt) adopt(ctx context.Context, n int) (err error) {
	ctx, span := trace.Start(ctx, "take over documents")
	defer func() { span.End(err) }()
	inputs, small, err := a.worker.service.Adopt(ctx, a.job, n)
	switch {
	case err == nil:
	case job.CodeOf(err) == job.InputFailed && len(a.job.Inputs) > 1:
		f := job.FailureOf(err)
		failed := a.job.Inputs[n]
		failed.Failure = &f
		inputs, small = []job.Input{failed}, nil
	case job.CodeOf(err) == job.InputFailed, job.CodeOf(err) == job.ResourceLimit:
		return err
	default:
		return storing(fmt.Errorf("take over the documents of job %s: %w", a.job.Inputs[n].Source, err))
	}
	a.job.Inputs = slices.Replace(slices.Clone(a.job.Inputs), n, n+1, inputs...)
	if err := a.fetched(ctx, inputs, small); err != nil {
		return storing(fmt.Errorf("store what a job was handed: %w", err))
	}
	return nil
}

// fetched stores inputs that are new, or removes their files again.
func (a *attempt) fetched(ctx context.Context, inputs []job.Input, small []service.Small) error {
	err := a.untilSaved(ctx, func() error { return a.worker.service.Fetched(ctx, a.job, small) })
	if err == nil || service.Unknown(err) {
		return err
	}
	for _, in := range inputs {
		a.worker.service.Remove(a.job, in.Files()...)
	}
	return err
}

// download stores what the address of input n answers with.
func (a *attempt) download(ctx context.Context, n int) (in job.Input, sealed blob.Sealed, err error) {
	in = a.job.Inputs[n]
	ctx, span := trace.Ask(ctx, "fetch", trace.Host(in.URL))
	defer func() { span.Note(trace.Number("docket.document.bytes", int(sealed.File.Size))); span.End(err) }()
	for try := 1; ; try++ {
		sealed, err = a.ask(ctx, &in, fmt.Sprintf("input-%d-%d", n, try))
		if err == nil || ctx.Err() != nil || !safehttp.Temporary(err) {
			return in, sealed, err
		}
		if try == triesPerAddress {
			if e, ok := errors.AsType[*job.Error](err); ok {
				return in, sealed, &job.Error{Code: e.Code, Facts: e.Facts, Err: errors.Join(op.ErrAgain, e.Err)}
			}
			return in, sealed, err
		}
	}
}

func (a *attempt) ask(ctx context.Context, in *job.Input, name string) (sealed blob.Sealed, err error) {
	d, err := a.worker.fetcher().Get(ctx, in.URL, a.worker.service.MaxFile())
	if err != nil {
		return sealed, tooLarge(err)
	}
	defer func() { err = errors.Join(err, d.Body.Close()) }()
	sealed, err = a.worker.service.Take(ctx, a.job, name, d.Body)
	switch job.CodeOf(err) {
	case job.DiskFull, job.Unavailable: // it is our fault, not the address's
		return sealed, storing(err)
	}
	if err != nil {
		return sealed, tooLarge(err)
	}
	if d.FileName != "" {
		in.Name = d.FileName
	}
	in.Type, in.SHA256, in.File = d.MediaType, sealed.SHA256, sealed.File
	return sealed, nil
}

// tooLarge makes the refusal of a request the failure of a job.
func tooLarge(err error) error {
	if e, ok := errors.AsType[*job.Error](err); ok && e.Code == job.FileTooLarge {
		return &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": "file_size", "bytes": e.Facts["max"]}, Err: err}
	}
	return err
}
