package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// maxHanded is how many documents a job may have once its sources have given
// theirs.
const maxHanded = 1000

// source adds the result of another job, named by jobid://job_…, as a document.
// Only a job that is there already can be named, so none can wait for itself.
// The error is of code InvalidRequest. // contract J6
func (u *Submission) source(ctx context.Context, address string) error {
	id, _, err := job.ParseID(address[len(job.SourceScheme):])
	if err != nil {
		return badSource("it names no job", "Send jobid:// and the id of a job, such as jobid://job_01h455vb4pex5vsknk084sn02q")
	}
	if u.once.Again() { // the source may be gone, and so what
		u.inputs = append(u.inputs, job.Input{Source: id})
		return nil
	}
	j, err := u.service.store.Job(ctx, id)
	foreign := err == nil && j.Account != account.From(ctx).ID
	switch {
	case job.CodeOf(err) == job.NotFound, err == nil && j.Expired(u.service.now()), foreign && u.service.settings.HideForeign:
		return badSource(fmt.Sprintf("there is no job %s", id.In(job.TypeID)), "Check the id for typos; the job may have been deleted after its retention")
	case err != nil:
		return err
	case foreign:
		return badSource(fmt.Sprintf("job %s belongs to another account", id.In(job.TypeID)), "Name a job of the account that submits")
	case !op.HandsOn(j):
		return badSource(fmt.Sprintf("job %s is a %s, which has no documents to hand on", id.In(job.TypeID), j.Operation), "Name a job that parses or splits")
	}
	in := job.Input{Name: "unknown", Source: id}
	if len(j.Inputs) == 1 && op.OneDocument(j) {
		in.Name = j.Inputs[0].Name
	}
	if !j.Status.Final() && u.awaits.IsZero() {
		u.awaits = id
	}
	u.inputs = append(u.inputs, in)
	return nil
}

func badSource(problem, remedy string) error {
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "url", "problem": problem, "remedy": remedy}}
}

// isSource says that an address is that of another job's result.
func isSource(address string) bool {
	const n = len(job.SourceScheme)
	return len(address) >= n && strings.EqualFold(address[:n], job.SourceScheme)
}

// Adopt takes over, for the attempt, the documents of input n from its source:
// copies that are the job's own, so that the source can be deleted. The error
// is of code InputFailed when the source has none to give, ResourceLimit when
// they are too many.
func (s *Service) Adopt(ctx context.Context, j job.Job, n int) (inputs []job.Input, small []Small, err error) {
	id := j.Inputs[n].Source
	source, err := s.store.Job(ctx, id)
	if job.CodeOf(err) == job.NotFound {
		return nil, nil, lacking(job.Lacking(id, "deleted"))
	}
	if err != nil {
		return nil, nil, err
	}
	if f := source.Unusable(s.now()); f != nil {
		return nil, nil, lacking(f)
	}
	if source.Account != j.Account || source.Status != job.Completed {
		return nil, nil, job.Errorf(job.Internal, nil, "job %s may not be the source of %s", id, j.ID)
	}
	handed := op.Handed(source)
	if len(handed)+len(j.Inputs)-1 > maxHanded {
		return nil, nil, &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": "documents", "max": maxHanded}}
	}
	if !slices.ContainsFunc(handed, job.Input.Here) {
		return nil, nil, lacking(nothingHanded(id, handed))
	}
	defer func() {
		if err != nil {
			for _, in := range inputs {
				s.remove(j.ID, in.Files()...)
			}
		}
	}()
	for i, in := range handed {
		mine := job.Input{Name: in.Name, Type: in.Type, SHA256: in.SHA256, Source: id, Failure: in.Failure}
		if in.Here() {
			mine.File, err = s.copyInput(ctx, j, in.File, fmt.Sprintf("source-%d-%d", n, i), &small)
		}
		if err == nil && in.Pages != nil {
			var pages job.File
			pages, err = s.copyInput(ctx, j, *in.Pages, fmt.Sprintf("source-%d-%d.records", n, i), &small)
			mine.Pages = &pages
		}
		inputs = append(inputs, mine)
		if job.CodeOf(err) == job.ResultGone {
			return inputs, nil, lacking(job.Lacking(id, "deleted"))
		}
		if err != nil {
			return inputs, nil, err
		}
	}
	return inputs, small, nil
}

// nothingHanded is the failure of a job whose source has no document for it.
func nothingHanded(id job.ID, handed []job.Input) *job.Failure {
	if len(handed) > 0 {
		return handed[0].Failure
	}
	return job.Lacking(id, string(job.Completed))
}

func lacking(f *job.Failure) error { return &job.Error{Code: f.Code, Facts: f.Facts} }

func (s *Service) copyInput(ctx context.Context, j job.Job, f job.File, name string, small *[]Small) (job.File, error) {
	sealed, err := s.blobs.Copy(ctx, f, j.ID, j.Attempt, name)
	if err == nil && sealed.Inline != nil {
		*small = append(*small, *sealed.Inline)
	}
	return sealed.File, err
}

// settleStranded lets jobs go on whose source ended in the moment of a crash.
func (s *Service) settleStranded(ctx context.Context) (int, error) {
	sources, err := s.store.Stranded(ctx, sweepChunk)
	if err != nil {
		return 0, err
	}
	for _, id := range sources {
		if err := s.store.Write(ctx, &store.Settle{Source: id, Now: s.time(), Retention: s.settings.Retention}); err != nil {
			return 0, fmt.Errorf("let the jobs go on that wait for %s: %w", id, err)
		}
	}
	return len(sources), nil
}
