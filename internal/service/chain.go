package service

import (
	"context"
	"fmt"
	"strings"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// source adds the result of another job, named by jobid://job_…, as a document.
// Only a job that is there already can be named, so none can wait for itself.
// The error is of code InvalidRequest. // contract J6
func (u *Submission) source(ctx context.Context, address string) error {
	return u.job(ctx, "url", address[len(job.SourceScheme):], "Send jobid:// and the id of a job, such as jobid://job_01h455vb4pex5vsknk084sn02q")
}

// Job adds the result of another job, whose id stands in a field of the
// request, with jobid:// before it or not. The error is of code InvalidRequest.
func (u *Submission) Job(ctx context.Context, field, id string) error {
	if isSource(id) {
		id = id[len(job.SourceScheme):]
	}
	return u.job(ctx, field, id, "Send the id of a job, such as job_01h455vb4pex5vsknk084sn02q")
}

func (u *Submission) job(ctx context.Context, field, text, example string) error {
	id, _, err := job.ParseID(text)
	if err != nil {
		return badSource(field, "it names no job", example)
	}
	if u.once.Again() { // the source may be gone, and so what
		u.inputs = append(u.inputs, job.Input{Source: id})
		return nil
	}
	j, err := u.service.store.Job(ctx, id)
	foreign := err == nil && j.Account != account.From(ctx).ID
	switch {
	case job.CodeOf(err) == job.NotFound, err == nil && j.Expired(u.service.now()), foreign && u.service.settings.HideForeign:
		return badSource(field, fmt.Sprintf("there is no job %s", id.In(job.TypeID)), "Check the id for typos; the job may have been deleted after its retention")
	case err != nil:
		return err
	case foreign:
		return badSource(field, fmt.Sprintf("job %s belongs to another account", id.In(job.TypeID)), "Name a job of the account that submits")
	}
	in := job.Input{Name: job.Unnamed, Source: id}
	if len(j.Inputs) == 1 && op.OneDocument(j) {
		in.Name = j.Inputs[0].Name
	}
	if !j.Status.Final() && u.awaits.IsZero() {
		u.awaits = id
	}
	u.inputs = append(u.inputs, in)
	u.sources = append(u.sources, origin{field, j})
	return nil
}

// origin is a job that a field of a request names as an input.
type origin struct {
	field string
	job   job.Job
}

// checkSources refuses jobs whose results the operation can make nothing of.
func (u *Submission) checkSources(operation job.Operation) error {
	for _, n := range u.sources {
		if problem, remedy := op.Unfit(n.job, operation); problem != "" {
			return badSource(n.field, problem, remedy)
		}
	}
	return nil
}

func badSource(field, problem, remedy string) error {
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": field, "problem": problem, "remedy": remedy}}
}

// NamesJobs says that jobs of the operation have the parameter job_ids: jobs
// whose results are the input.
func (s *Service) NamesJobs(o job.Operation) bool { return op.TakesJobs(o) || o == job.BatchEmbedding }

// TakesSource says that the address is that of another job's result, of which
// a job of the operation can make something.
func (s *Service) TakesSource(o job.Operation, address string) bool {
	return isSource(address) && (op.TakesJobs(o) || s.TakesDocuments(o))
}

// isSource says that an address is that of another job's result.
func isSource(address string) bool {
	const n = len(job.SourceScheme)
	return len(address) >= n && strings.EqualFold(address[:n], job.SourceScheme)
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
