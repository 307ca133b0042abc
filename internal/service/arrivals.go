package service

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/store"
)

// How often the bucket is asked whether awaited documents have come.
const (
	uploadEvery  = 3 * time.Second        // while addresses hold
	lateEvery    = time.Minute            // afterwards: an upload may take long
	uploadPause  = 500 * time.Millisecond // at least, however many ask
	uploadSlots  = 4                      // documents that are taken over at the same time
	uploadLinger = time.Minute            // what nobody awaits is kept for so long
)

// uploads are the documents that are being taken over.
type uploads struct {
	looked time.Time // into the bucket
	slots  chan struct{}
	wg     sync.WaitGroup

	mu   sync.Mutex
	busy map[job.ID]bool
}

// TakeUploads takes over documents that clients put into the bucket, until the
// context ends; their jobs are queued then. It looks every few seconds while
// jobs wait for one, and sooner when somebody asks for such a job.
func (s *Service) TakeUploads(ctx context.Context) {
	if !s.blobs.Bucket() {
		return
	}
	u := &uploads{busy: map[job.ID]bool{}, slots: make(chan struct{}, uploadSlots)}
	defer u.wg.Wait()
	tick := time.NewTicker(uploadEvery)
	defer tick.Stop()
	for {
		if err := s.takeUploads(ctx, u); err != nil && ctx.Err() == nil {
			s.log.Warn("look for documents that were uploaded", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(uploadPause):
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.awaited:
		}
	}
}

// lookForUpload has the bucket looked into soon, when somebody asks for a job
// that waits for its document.
func (s *Service) lookForUpload(j job.Job) {
	if j.Status != job.AwaitingUpload {
		return
	}
	select {
	case s.awaited <- struct{}{}:
	default:
	}
}

// takeUploads looks once, unless no job waits for a document.
func (s *Service) takeUploads(ctx context.Context, u *uploads) error {
	newest, err := s.store.NewestAwaiting(ctx)
	now := s.now()
	if err != nil || newest.IsZero() || (now.Sub(newest) > UploadLife+lateEvery && now.Sub(u.looked) < lateEvery) {
		return err
	}
	u.looked = now
	found, err := s.blobs.Uploads(ctx)
	if err != nil {
		return err
	}
	return s.sortUploads(ctx, found, func(j job.Job, up blob.Uploaded) {
		if !u.begin(j.ID) {
			return
		}
		u.wg.Go(func() {
			defer u.end(j.ID)
			if err := s.takeUpload(ctx, j, up); err != nil && ctx.Err() == nil {
				s.log.Error("take over a document that was uploaded", "job", j.ID, "error", err)
			}
		})
	})
}

// begin says that a document is not being taken over yet, and waits until it
// can be.
func (u *uploads) begin(id job.ID) bool {
	u.mu.Lock()
	busy := u.busy[id]
	u.busy[id] = true
	u.mu.Unlock()
	if !busy {
		u.slots <- struct{}{}
	}
	return !busy
}

func (u *uploads) end(id job.ID) {
	u.mu.Lock()
	delete(u.busy, id)
	u.mu.Unlock()
	<-u.slots
}

// sortUploads gives take those that a job waits for, and removes those that
// none does: what was sent twice, or too late.
func (s *Service) sortUploads(ctx context.Context, found []blob.Uploaded, take func(job.Job, blob.Uploaded)) error {
	for page := range slices.Chunk(found, pageOfChanges) {
		ids := make([]job.ID, len(page))
		for i, up := range page {
			ids[i] = up.Job
		}
		jobs, err := s.store.Jobs(ctx, ids)
		if err != nil {
			return fmt.Errorf("find the jobs of uploads: %w", err)
		}
		waiting := map[job.ID]job.Job{}
		for _, j := range jobs {
			if j.Status == job.AwaitingUpload {
				waiting[j.ID] = j
			}
		}
		for _, up := range page {
			if j, ok := waiting[up.Job]; ok {
				take(j, up)
			} else if s.now().Sub(up.At) > uploadLinger {
				s.dropUpload(up.Job)
			}
		}
	}
	return nil
}

// takeUpload makes a document that came the job's, or fails the job when it is
// too large. // contract J7
func (s *Service) takeUpload(ctx context.Context, j job.Job, up blob.Uploaded) error {
	if up.Size > s.settings.MaxFile {
		return s.refuseUpload(ctx, j)
	}
	one, err := job.NewID()
	if err != nil {
		return err
	}
	sealed, err := s.blobs.TakeUpload(ctx, up, "input-0-"+one.String())
	if job.CodeOf(err) == job.ResultGone { // another node has taken it
		return nil
	}
	if err != nil {
		return err
	}
	if sealed.File.Size > s.settings.MaxFile { // it was sent again, and longer
		s.remove(j.ID, sealed.File)
		return s.refuseUpload(ctx, j)
	}
	if _, err := s.arrived(ctx, j, sealed); err != nil && job.CodeOf(err) != job.Forbidden {
		return err
	}
	s.dropUpload(j.ID)
	return nil
}

func (s *Service) refuseUpload(ctx context.Context, j job.Job) error {
	o := &store.RefuseUpload{
		ID: j.ID, Now: s.time(), Retention: s.settings.Retention,
		Failure: job.Failure{Code: job.ResourceLimit, Facts: job.Facts{"limit": "file_size", "bytes": s.settings.MaxFile}},
	}
	err := s.store.Write(ctx, o)
	if err != nil && !Fenced(err) {
		return fmt.Errorf("refuse the upload of job %s: %w", j.ID, err)
	}
	if err == nil {
		s.ended(o.Ended)
	}
	s.dropUpload(j.ID)
	return nil
}

func (s *Service) dropUpload(id job.ID) {
	if err := s.blobs.DropUpload(id); err != nil {
		s.log.Warn("remove what was uploaded", "job", id, "error", err)
	}
}

// sweepUploads removes what clients put into the bucket and no job awaits.
func (s *Service) sweepUploads(ctx context.Context) error {
	if !s.blobs.Bucket() {
		return nil
	}
	found, err := s.blobs.Uploads(ctx)
	if err != nil {
		return err
	}
	return s.sortUploads(ctx, found, func(job.Job, blob.Uploaded) {})
}
