package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/trace"
)

// attempt is one run of one job.
type attempt struct {
	worker   *Worker
	job      job.Job // as claimed; its checkpoint grows
	files    []*file
	sealed   []blob.Sealed // finished files of the result
	saved    int           // how many of them a checkpoint has
	unsure   bool          // the row may have the result, or may get it
	progress *progress
}

// run does the job and hands its outcome to the service, however it ends.
func (w *Worker) run(ctx context.Context, j job.Job) {
	ctx, span := w.tracer.Attempt(ctx, j)
	a := &attempt{worker: w, job: j}
	if j.Checkpoint != nil {
		for _, f := range j.Checkpoint.Files {
			a.sealed = append(a.sealed, blob.Sealed{File: f})
		}
		a.saved = len(a.sealed)
	}
	a.progress = newProgress(ctx, w.service, w.cancel, j)
	result, err := a.operate(ctx)
	a.progress.stop()
	// The outcome must be stored also when the context has ended.
	store, why := context.WithoutCancel(ctx), context.Cause(ctx)
	if job.Caused(err, job.DiskFull) { // room for the outcome
		a.abort()
	}
	store, writing := trace.Start(store, "store the outcome")
	unstored := w.untilStored(ctx, j, func() error {
		switch {
		case errors.Is(why, errLost):
			return nil
		case err == nil:
			return a.complete(store, result)
		case errors.Is(why, errCancelled):
			return w.service.Cancelled(store, a.job)
		case errors.Is(why, errShutdown):
			return w.service.GiveBack(store, a.job)
		default:
			return w.service.Fail(store, a.job, err)
		}
	})
	// The next attempt makes its own files. They go last, since a bucket may let
	// whoever removes something wait.
	if err != nil || errors.Is(why, errLost) || job.Caused(unstored, job.DiskFull) {
		a.abort()
	}
	writing.End(unstored)
	span.Note(trace.Text("docket.outcome", outcome(err, why)))
	span.End(err)
	if err != nil && why == nil {
		w.log.WarnContext(ctx, "a job failed", "job", j.ID, "operation", j.Operation, "attempt", j.Attempt, "error", err)
	}
}

// complete ends the job with its result. It may be called again, when it is not
// known whether the result was stored.
func (a *attempt) complete(ctx context.Context, result op.Result) error {
	s := a.worker.service
	err := s.Complete(ctx, a.done(), result, a.resultFiles(), inline(a.sealed[a.saved:]...))
	switch {
	case service.Unknown(err):
		a.unsure = true
	case service.Fenced(err): // it was cancelled or deleted in the last moment
		a.abort()
		return s.Cancelled(ctx, a.job)
	case errors.Is(err, blob.ErrAway): // it is not shown to webhooks now
		a.abort()
		return s.Fail(ctx, a.job, err)
	}
	return err
}

// outcome is how an attempt ended, in a word.
func outcome(err, why error) string {
	switch {
	case errors.Is(why, errLost):
		return "lost"
	case err == nil:
		return "completed"
	case errors.Is(why, errCancelled):
		return "cancelled"
	case errors.Is(why, errShutdown):
		return "given back"
	}
	return "failed"
}

// untilStored tries until the outcome is stored or is nobody's business any
// more. If it gives up, with the error, the lease ends and the job runs again
// elsewhere.
func (w *Worker) untilStored(ctx context.Context, j job.Job, store func() error) error {
	start := time.Now()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := store()
		if err == nil || service.Fenced(err) {
			return nil
		}
		w.log.ErrorContext(ctx, "store the outcome of a job", "job", j.ID, "error", err)
		if errors.Is(context.Cause(ctx), errLost) || time.Since(start) > giveUp {
			return err
		}
		time.Sleep(pause)
	}
}

// operate runs the operation; a panic in it is the job's failure and nobody
// else's.
func (a *attempt) operate(ctx context.Context) (result op.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = job.Errorf(job.Internal, nil, "panic in %s: %v\n%s", a.job.Operation, p, debug.Stack())
		}
	}()
	if err := a.fetch(ctx); err != nil {
		return result, err
	}
	operation := a.worker.operations[a.job.Operation]
	if operation == nil {
		return result, job.Errorf(job.Internal, nil, "this worker has no operation %q", a.job.Operation)
	}
	ctx, span := trace.Start(ctx, string(a.job.Operation))
	defer func() { span.End(err) }()
	result, err = operation.Run(ctx, a.bulk(ctx, a.task(ctx)))
	if err != nil {
		return result, fmt.Errorf("%s: %w", a.job.Operation, err)
	}
	return result, nil
}

func (a *attempt) task(ctx context.Context) *op.Task {
	return &op.Task{
		Job: a.job.ID, Parameters: a.job.Parameters, Inputs: a.job.Inputs,
		Open: func(n int) (io.ReadCloser, error) {
			return a.open(ctx, a.job.Inputs[n].File)
		},
		OpenPages: func(n int) (io.ReadCloser, error) {
			return a.open(ctx, *a.job.Inputs[n].Pages)
		},
		Create:   func(name string) (io.WriteCloser, error) { return a.create(ctx, name) },
		Progress: a.progress.set,
		Checkpoint: func(version int, part []byte, state json.RawMessage) error {
			return a.checkpoint(ctx, version, part, state)
		},
		Resume: func(version int) (io.ReadCloser, json.RawMessage, error) { return a.resume(ctx, version) },
	}
}

func (a *attempt) resultFiles() []job.File {
	var files []job.File
	for _, s := range a.sealed {
		files = append(files, s.File)
	}
	return files
}

// done is the job with its last progress.
func (a *attempt) done() job.Job {
	a.job.Progress = a.progress.last()
	return a.job
}
