package service

import (
	"context"
	"slices"

	"docket/internal/job"
	"docket/internal/store"
)

// reusedAttempt is the number in the names of result files that were taken over: no
// worker has made an attempt.
const reusedAttempt = 1

// reuse lets the job end at once with a copy of the result of the account's
// newest job that did the same with the same documents. Without one, the job
// runs. // contract J12
func (u *Submission) reuse(ctx context.Context, o *store.Submit) error {
	s, j := u.service, o.Job
	fingerprint := j.Fingerprint()
	if fingerprint == nil { // a document is still to be fetched
		return nil
	}
	source, ok, err := s.store.Reusable(ctx, j.Account, fingerprint, s.time())
	if err != nil || !ok {
		return err
	}
	result := *source.Result
	result.Files = nil
	var small []Small
	for _, f := range source.Result.Files {
		sealed, err := s.blobs.Copy(ctx, f, u.id, reusedAttempt, f.Name)
		if job.CodeOf(err) == job.ResultGone { // it was deleted in this moment
			s.remove(u.id, u.reused...)
			u.reused = nil
			return nil
		}
		if err != nil {
			return err
		}
		result.Files, u.reused = append(result.Files, sealed.File), append(u.reused, sealed.File)
		if sealed.Inline != nil {
			small = append(small, *sealed.Inline)
		}
	}
	j.Result, j.ReusedFrom, j.Progress = &result, source.ID, source.Progress
	j.StartedAt = j.CreatedAt // it takes no time
	done, e, err := j.Move(job.Completed, j.CreatedAt)
	if err != nil {
		return err
	}
	done = s.expiring(done)
	if o.Told, err = s.told(ctx, done, small); err != nil {
		return err
	}
	o.Job, o.Events, o.Blobs = done, append(o.Events, e), slices.Concat(o.Blobs, small)
	return nil
}
