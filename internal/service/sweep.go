package service

import (
	"context"
	"fmt"
	"sync"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// What is kept besides jobs, and for how long.
const (
	// uploadGrace is how long after its address has expired a job waits for its
	// document. // contract J14
	uploadGrace = time.Hour
	// deliveryLife is how long a message is kept that was taken or given up.
	deliveryLife = 7 * 24 * time.Hour
	// movesLife is how long it is kept what happened to jobs.
	movesLife = 2 * 24 * time.Hour
	// sweepChunk is how many rows one transaction removes: few enough that a
	// submit that waits for it does not notice.
	sweepChunk = 20
)

// Swept says how much a sweep found.
type Swept struct {
	Jobs       int // that had expired
	Uploads    int // that never came
	Deliveries int
	Keys       int // Idempotency-Keys
	Sources    int // that had ended without a word to who waited
	Acts       int // that nobody need know of any more
}

// Sweep removes what is past its time: expired jobs with all that is theirs,
// messages that were delivered long ago, old Idempotency-Keys. Jobs whose
// document was never uploaded fail. Who watches is told.
// contract A11, J14, J23
//
// One node does it at a time.
func (s *Service) Sweep(ctx context.Context) (swept Swept, err error) {
	_, err = s.store.Alone(ctx, "sweep", func() error {
		swept, err = s.sweep(ctx)
		return err
	})
	return swept, err
}

func (s *Service) sweep(ctx context.Context) (Swept, error) {
	var swept Swept
	err := s.inChunks(ctx, func(now time.Time) (int, error) {
		o := &store.SweepUploads{Now: now, Before: now.Add(-UploadLife - uploadGrace), Retention: s.settings.Retention, Max: sweepChunk}
		err := s.store.Write(ctx, o)
		for _, e := range o.Ended {
			s.ended(e)
		}
		swept.Uploads += len(o.Ended)
		return len(o.Ended), err
	})
	if err != nil {
		return swept, fmt.Errorf("sweep uploads: %w", err)
	}
	err = s.inChunks(ctx, func(now time.Time) (int, error) {
		if !s.blobs.Reachable(ctx) { // their files could not be removed
			return 0, nil
		}
		o := &store.SweepJobs{Now: now, Retention: s.settings.Retention, Max: sweepChunk}
		err := s.store.Write(ctx, o)
		if err != nil {
			return 0, err
		}
		var removed sync.WaitGroup // a bucket takes its time for each
		for _, j := range o.Jobs {
			s.hub.Publish(job.Event{Job: j.ID, Account: j.Account, Version: j.Version, At: now, Kind: job.EventExpired, From: j.Status, To: j.Status, Attempt: j.Attempt})
			removed.Go(func() { s.removeAll(j.ID) })
		}
		removed.Wait()
		swept.Jobs += len(o.Jobs)
		return len(o.Jobs), nil
	})
	if err != nil {
		return swept, fmt.Errorf("sweep jobs: %w", err)
	}
	err = s.inChunks(ctx, func(now time.Time) (int, error) {
		o := &store.SweepDeliveries{Before: now.Add(-deliveryLife), Max: sweepChunk}
		err := s.store.Write(ctx, o)
		swept.Deliveries += o.Count
		return o.Count, err
	})
	if err != nil {
		return swept, fmt.Errorf("sweep deliveries: %w", err)
	}
	err = s.inChunks(ctx, func(now time.Time) (int, error) {
		o := &store.SweepKeys{Now: now, Max: sweepChunk}
		err := s.store.Write(ctx, o)
		swept.Keys += o.Count
		return o.Count, err
	})
	if err != nil {
		return swept, fmt.Errorf("sweep idempotency keys: %w", err)
	}
	err = s.inChunks(ctx, func(now time.Time) (int, error) {
		o := &store.SweepTickets{Now: now, Max: sweepChunk}
		err := s.store.Write(ctx, o)
		return o.Count, err
	})
	if err != nil {
		return swept, fmt.Errorf("sweep tickets: %w", err)
	}
	err = s.inChunks(ctx, func(now time.Time) (int, error) {
		o := &store.SweepMoves{Before: now.Add(-movesLife)}
		err := s.store.Write(ctx, o)
		return o.Count, err
	})
	if err != nil {
		return swept, fmt.Errorf("sweep statistics: %w", err)
	}
	err = s.inChunks(ctx, func(time.Time) (int, error) {
		n, err := s.settleStranded(ctx)
		swept.Sources += n
		return n, err
	})
	if err != nil {
		return swept, fmt.Errorf("sweep sources: %w", err)
	}
	err = s.sweepActs(ctx, &swept)
	return swept, err
}

// sweepActs forgets who did what long ago, and the e-mails that are not counted
// any more. // contract J25
func (s *Service) sweepActs(ctx context.Context, swept *Swept) error {
	if err := s.store.Write(ctx, &store.SweepMails{Before: s.time().Add(-store.MailWindow)}); err != nil {
		return fmt.Errorf("sweep e-mails: %w", err)
	}
	if s.settings.KeepActs == 0 {
		return nil
	}
	err := s.inChunks(ctx, func(now time.Time) (int, error) {
		o := &store.SweepActs{Below: firstActID(now.Add(-s.settings.KeepActs)), Max: sweepChunk}
		err := s.store.Write(ctx, o)
		swept.Acts += o.Count
		return o.Count, err
	})
	if err != nil {
		return fmt.Errorf("sweep acts: %w", err)
	}
	return nil
}

// inChunks sweeps until a chunk is not full.
func (s *Service) inChunks(ctx context.Context, sweep func(now time.Time) (int, error)) error {
	for ctx.Err() == nil {
		n, err := sweep(s.time())
		if err != nil || n < sweepChunk {
			return err
		}
	}
	return context.Cause(ctx)
}
