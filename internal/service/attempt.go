package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// Budgets and pauses of attempts.
const (
	Lease      = 15 * time.Second // a worker that does not renew for so long has lost its jobs
	maxTries   = 3                // failed tries that may pass
	maxLost    = 10               // lost leases with nothing saved between
	retryPause = 2 * time.Second  // doubled with every try
	roomPause  = 10 * time.Second // until it is seen whether a full disk has room again
	awayPause  = 2 * time.Second  // until it is seen whether the store of the documents answers again
)

// Held names one attempt at a job.
type Held = store.Held

// Fenced says of an error that the attempt is over: another has the job, or it
// is final or gone.
func Fenced(err error) bool { return errors.Is(err, store.ErrFenced) }

// Away says of an error that the database could not be reached: a write may be
// tried again.
func Away(err error) bool { return errors.Is(err, store.ErrAway) }

// Unknown says of a write that it may have been stored, or may still be. The
// files that it names must stay then; if it was not, the sweep finds them.
func Unknown(err error) bool { return errors.Is(err, store.ErrUnknown) }

// Claim takes up to n waiting jobs for a worker; none while the store of the
// documents does not answer.
func (s *Service) Claim(ctx context.Context, owner string, n int) ([]job.Job, error) {
	if !s.documentsReachable(ctx) {
		return nil, nil
	}
	o := &store.Claim{Owner: owner, Now: s.time(), Lease: Lease, Max: n}
	if err := s.store.Write(ctx, o); err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	for _, j := range o.Jobs {
		from, took := job.Processing, time.Duration(0) // what was lost stays so
		if j.Attempt == 1 {
			from, took = job.Queued, j.UpdatedAt.Sub(j.CreatedAt)
		}
		s.hub.Publish(job.Event{Job: j.ID, Account: j.Account, Operation: j.Operation, Took: took, Version: j.Version, At: j.UpdatedAt, Kind: job.EventStatus, From: from, To: job.Processing, Attempt: j.Attempt})
	}
	return o.Jobs, nil
}

// Renew keeps the owner's leases. The answer holds what it still has; true
// means that somebody asked to cancel the job.
func (s *Service) Renew(ctx context.Context, owner string, held []Held) (map[Held]bool, error) {
	o := &store.Renew{Owner: owner, Now: s.time(), Lease: Lease, Held: held}
	if err := s.store.Write(ctx, o); err != nil {
		return nil, err
	}
	return o.Leased, nil
}

// Reap lets jobs whose lease has ended wait again, cancels those whose cancel
// their worker did not live to see, and fails those that were lost too often. At the start of the one process that owns a database, every
// lease has ended: all is true.
func (s *Service) Reap(ctx context.Context, all bool) (int, error) {
	o := &store.Reap{Now: s.time(), All: all, Budget: maxLost, Retention: s.settings.Retention}
	if err := s.store.Write(ctx, o); err != nil {
		return 0, fmt.Errorf("reap leases: %w", err)
	}
	for _, e := range o.Cancelled {
		s.ended(e)
	}
	for _, j := range o.Spent {
		lost := job.Failure{Code: job.WorkerLost, Facts: job.Facts{"times": j.Lost}}
		if err := s.end(ctx, j, job.Failed, &lost, nil, nil); err != nil && !Fenced(err) {
			return len(o.Waiting), err
		}
	}
	for _, j := range o.Waiting {
		s.log.Warn("a job was lost by its worker and waits for another", "job", j.ID, "attempt", j.Attempt)
		s.wake(j)
	}
	return len(o.Waiting), nil
}

// FoldCounts keeps the counts of jobs, of their moves and of usage short. One
// node does it at a time.
func (s *Service) FoldCounts(ctx context.Context) error {
	counts, moves, usage := &store.FoldCounts{}, &store.FoldMoves{Now: s.time()}, &store.FoldUsage{}
	_, err := s.store.Alone(ctx, "fold", func() error {
		return errors.Join(s.fold(ctx, counts, &counts.More), s.fold(ctx, moves, &moves.More), s.fold(ctx, usage, &usage.More))
	})
	return err
}

func (s *Service) fold(ctx context.Context, o store.Op, more *bool) error {
	for *more = true; *more; {
		if err := s.store.Write(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// Progress stores how far an attempt is.
func (s *Service) Progress(ctx context.Context, j job.Job, p job.Progress) error {
	if err := s.store.Write(ctx, &store.Progress{Held: heldBy(j), Now: s.time(), Progress: p}); err != nil {
		return err
	}
	s.hub.Publish(job.Event{Job: j.ID, Account: j.Account, Kind: job.EventProgress, From: job.Processing, To: job.Processing, Attempt: j.Attempt})
	return nil
}

// Open reads an input of the job that a worker holds, or a part of its
// checkpoint.
func (s *Service) Open(ctx context.Context, f job.File) (io.ReadCloser, error) {
	return s.blobs.Open(ctx, f)
}

// Create begins a file of the attempt, which cannot be finished after the
// context has ended.
func (s *Service) Create(ctx context.Context, j job.Job, name string) *blob.Writer {
	return s.blobs.Create(ctx, j.ID, j.Attempt, name)
}

// Remove deletes files of an attempt that came to nothing.
func (s *Service) Remove(j job.Job, files ...job.File) { s.remove(j.ID, files...) }

// Checkpoint stores what a later attempt goes on from; small are the bytes of
// those of its files that are kept in the database and new.
func (s *Service) Checkpoint(ctx context.Context, j job.Job, c job.Checkpoint, small []Small) error {
	return s.store.Write(ctx, &store.Checkpoint{Held: heldBy(j), Checkpoint: c, Blobs: small})
}

// Fetched stores inputs that the attempt has fetched.
func (s *Service) Fetched(ctx context.Context, j job.Job, small []Small) error {
	return s.store.Write(ctx, &store.Arrived{ID: j.ID, Attempt: j.Attempt, Inputs: j.Inputs, Blobs: small, Now: s.time()})
}

// Take stores a document that is fetched for the attempt, as Submission.Input
// does with one that is sent.
func (s *Service) Take(ctx context.Context, j job.Job, name string, body io.Reader) (blob.Sealed, error) {
	return s.take(s.Create(ctx, j, name), body)
}

// Small is a file that is kept in the database, with its bytes.
type Small = store.Blob

// Complete ends the job with its result; small are the bytes of those of its
// files that are kept in the database and new.
func (s *Service) Complete(ctx context.Context, j job.Job, r op.Result, files []job.File, small []Small) error {
	summary, err := json.Marshal(r.Summary)
	if err != nil {
		return fmt.Errorf("encode summary: %w", err)
	}
	result := job.Result{Files: files, Method: r.Method, Model: r.Model, Tokens: r.Tokens, Warnings: r.Warnings, Summary: summary}
	return s.end(ctx, j, job.Completed, nil, &result, small)
}

// Fail ends the job with the error, or lets it wait for another try when the
// error may pass and the budget allows.
//
// A full disk, or a database or a store of the documents that does not answer,
// costs a job nothing: it goes on when that is over. // contract J10
func (s *Service) Fail(ctx context.Context, j job.Job, cause error) error {
	if job.Caused(cause, job.DiskFull) {
		now := s.time()
		return s.release(ctx, j, &store.Release{RunAt: now.Add(roomPause), Now: now, Code: job.DiskFull})
	}
	if Away(cause) {
		return s.release(ctx, j, &store.Release{Now: s.time(), Code: job.Unavailable})
	}
	if errors.Is(cause, blob.ErrAway) {
		now := s.time()
		return s.release(ctx, j, &store.Release{RunAt: now.Add(awayPause), Now: now, Code: job.StorageError})
	}
	f := job.FailureOf(cause)
	if !errors.Is(cause, op.ErrAgain) {
		return s.end(ctx, j, job.Failed, &f, nil, nil)
	}
	j.Tries++
	j.Died = append(j.Died, f)
	if j.Tries >= maxTries {
		last := job.Failure{Code: f.Code, Facts: job.Facts{"tries": j.Died}}
		for k, v := range f.Facts {
			last.Facts[k] = v
		}
		return s.end(ctx, j, job.Failed, &last, nil, nil)
	}
	now := s.time()
	return s.release(ctx, j, &store.Release{RunAt: now.Add(retryPause << (j.Tries - 1)), Now: now, Code: f.Code})
}

// Cancelled ends a job whose work has stopped because somebody asked for it.
func (s *Service) Cancelled(ctx context.Context, j job.Job) error {
	return s.end(ctx, j, job.Cancelled, nil, nil, nil)
}

// GiveBack lets another worker go on with the job; it costs the job nothing.
func (s *Service) GiveBack(ctx context.Context, j job.Job) error {
	return s.release(ctx, j, &store.Release{Now: s.time()})
}

func (s *Service) release(ctx context.Context, j job.Job, o *store.Release) error {
	o.Held, o.Tries, o.Died, o.Retention = heldBy(j), j.Tries, j.Died, s.settings.Retention
	if err := s.store.Write(ctx, o); err != nil {
		return fmt.Errorf("give back job %s: %w", j.ID, err)
	}
	if o.Cancelled != nil {
		s.ended(*o.Cancelled)
		return nil
	}
	s.wake(j)
	return nil
}

func (s *Service) end(ctx context.Context, j job.Job, to job.Status, f *job.Failure, r *job.Result, inline []store.Blob) error {
	j.Failure, j.Result = f, r
	final, e, err := j.Move(to, s.time())
	if err != nil {
		return err
	}
	final = s.expiring(final)
	o := &store.Finish{Held: heldBy(j), Job: final, Event: e, Blobs: inline, Forget: small(j.Leftovers(to)), Retention: s.settings.Retention}
	if err := s.finish(ctx, o); err != nil {
		return fmt.Errorf("end job %s: %w", j.ID, err)
	}
	e.Version = o.Version
	s.hub.Publish(e)
	s.remove(j.ID, j.Leftovers(to)...)
	return nil
}

// small names those of the files that are kept in the database.
func small(files []job.File) []string {
	var names []string
	for _, f := range files {
		if f.Inline {
			names = append(names, f.Blob)
		}
	}
	return names
}

// wake tells workers that the job waits.
func (s *Service) wake(j job.Job) {
	s.hub.Publish(job.Event{Job: j.ID, Account: j.Account, Kind: job.EventAttempt, From: job.Processing, To: job.Processing, Attempt: j.Attempt})
}

func heldBy(j job.Job) Held { return Held{ID: j.ID, Attempt: j.Attempt} }
