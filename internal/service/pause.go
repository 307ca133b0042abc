package service

import (
	"context"
	"fmt"
	"slices"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// Intake is what is paused when no new jobs are taken; everything else that
// can be paused is an operation.
const Intake = "intake"

// Paused is something that the operator has paused.
type Paused = store.Paused

// Pause stops the intake, so that submits are refused, or an operation, whose
// jobs are taken and wait. It holds until Resume, also after a restart. Jobs
// that run go on. The error is of code InvalidRequest when there is nothing of
// that name.
func (s *Service) Pause(ctx context.Context, what string) error { return s.setPaused(ctx, what, true) }

// Resume ends a pause, if there is one.
func (s *Service) Resume(ctx context.Context, what string) error {
	if err := s.setPaused(ctx, what, false); err != nil {
		return err
	}
	s.hub.Publish(job.Event{Kind: job.EventAttempt, At: s.time()}) // workers look again
	return nil
}

func (s *Service) setPaused(ctx context.Context, what string, paused bool) error {
	if what != Intake && !s.Has(job.Operation(what)) {
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "what", "problem": fmt.Sprintf("%q cannot be paused", what), "allowed": append([]string{Intake}, s.Operations()...),
		}}
	}
	action := account.ServerPaused
	if !paused {
		action = account.ServerResumed
	}
	act, err := s.act(ctx, action, account.From(ctx).ID, what, "")
	if err != nil {
		return err
	}
	if err := s.store.Write(ctx, &store.SetPaused{What: what, Paused: paused, Now: s.time(), Act: act}); err != nil {
		return fmt.Errorf("pause or resume %s: %w", what, err)
	}
	s.hub.Publish(job.Event{Kind: job.EventSettings, At: s.time()})
	return s.loadPaused(ctx)
}

// Refresh reads anew what is remembered of the database and other nodes may
// have changed: keys with their limits, pauses, and how many jobs run at once.
func (s *Service) Refresh(ctx context.Context) error {
	if err := s.LoadKeys(ctx); err != nil {
		return err
	}
	if err := s.loadSlots(ctx); err != nil {
		return err
	}
	return s.loadPaused(ctx)
}

func (s *Service) loadPaused(ctx context.Context) error {
	s.pausing.Lock() // what was read last is what holds
	defer s.pausing.Unlock()
	all, err := s.store.Paused(ctx)
	if err != nil {
		return err
	}
	s.paused.Store(&all)
	return nil
}

// Paused lists what is paused, in order of name.
func (s *Service) Paused() []Paused {
	if all := s.paused.Load(); all != nil {
		return *all
	}
	return nil
}

func (s *Service) isPaused(what string) bool {
	return slices.ContainsFunc(s.Paused(), func(p Paused) bool { return p.What == what })
}

// shown is the job as readers are to see it: one that waits for an operation
// that is paused says so. It is no part of the job's version, as its place in
// the line is none.
func (s *Service) shown(j job.Job) job.Job {
	if j.Waiting() && s.isPaused(string(j.Operation)) {
		j.Progress.Stage, j.Progress.Message = job.StagePaused, fmt.Sprintf("The operator has paused %s; the job waits.", j.Operation)
	}
	return j
}
