package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/store"
)

// Submission is a job that is being handed in: its id is known and its
// documents are stored while they arrive, but it does not exist before Submit.
type Submission struct {
	service *Service
	id      job.ID
	inputs  []job.Input
	inline  []store.Blob
	done    bool
}

// Begin starts a submission; it must end with Submit or Discard.
func (s *Service) Begin() (*Submission, error) {
	id, err := job.NewID()
	if err != nil {
		return nil, err
	}
	return &Submission{service: s, id: id}, nil
}

// Input stores one document while it is read. Errors are of code FileTooLarge,
// DiskFull or Unavailable, or come from the reader.
func (u *Submission) Input(name, mediaType string, r io.Reader) error {
	limit := u.service.settings.MaxFile
	w := u.service.blobs.Create(u.id, 0, fmt.Sprintf("input-%d", len(u.inputs)))
	sealed, err := take(w, r, limit)
	if err != nil {
		return errors.Join(fmt.Errorf("store %d bytes of an upload: %w", w.Size(), err), w.Abort())
	}
	u.inputs = append(u.inputs, job.Input{Name: name, Type: mediaType, SHA256: sealed.SHA256, File: sealed.File})
	if sealed.Inline != nil {
		u.inline = append(u.inline, *sealed.Inline)
	}
	return nil
}

func take(w *blob.Writer, r io.Reader, limit int64) (blob.Sealed, error) {
	n, err := io.Copy(w, io.LimitReader(r, limit+1))
	if err != nil {
		return blob.Sealed{}, err
	}
	if n > limit {
		return blob.Sealed{}, &job.Error{Code: job.FileTooLarge, Facts: job.Facts{"max": limit}}
	}
	return w.Seal()
}

// Inputs is the number of documents so far.
func (u *Submission) Inputs() int { return len(u.inputs) }

// Submit makes the job. When it returns without an error the job is on disk
// and will run. Errors are of code InvalidRequest, DiskFull or Unavailable.
func (u *Submission) Submit(ctx context.Context, spec job.Spec) (job.Job, error) {
	s := u.service
	operation := s.operations[spec.Operation]
	if operation == nil {
		return job.Job{}, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "operation", "problem": fmt.Sprintf("%q is not an operation", spec.Operation), "allowed": s.Operations(),
		}}
	}
	if len(u.inputs) == 0 {
		return job.Job{}, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "file", "problem": fmt.Sprintf("%s needs a document and none was sent", spec.Operation), "remedy": "Send one as the multipart field `file`.",
		}}
	}
	parameters, err := operation.Check(spec.Parameters)
	if err != nil {
		return job.Job{}, err
	}
	spec.Parameters = parameters
	j, e := spec.New(u.id, u.inputs, s.time())
	if err := s.store.Write(ctx, &store.Submit{Job: j, Event: e, Blobs: u.inline, Trace: spec.Trace}); err != nil {
		return job.Job{}, fmt.Errorf("submit job %s: %w", u.id, err)
	}
	u.done = true
	s.hub.Publish(e)
	return j, nil
}

// Discard removes what was stored, unless the job was made.
func (u *Submission) Discard() {
	if u.done {
		return
	}
	for _, in := range u.inputs {
		if err := u.service.blobs.Remove(in.File); err != nil {
			u.service.log.Warn("remove an input that came to nothing", "job", u.id, "error", err)
		}
	}
}

// Operations lists what this server can do, in order.
func (s *Service) Operations() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.operations)) {
		names = append(names, string(name))
	}
	return names
}
