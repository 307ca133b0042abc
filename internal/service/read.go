package service

import (
	"context"
	"io"
	"time"

	"docket/internal/account"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
)

// Job reads a job for the caller in the context. Errors are of code NotFound,
// also when the job has expired, and Forbidden.
func (s *Service) Job(ctx context.Context, id job.ID) (job.Job, error) {
	j, err := s.store.Job(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	s.lookForUpload(j)
	return s.shown(j), s.may(ctx, j)
}

// may says whether the caller may have the job, and whether it is still there.
func (s *Service) may(ctx context.Context, j job.Job) error {
	if j.Expired(s.now()) {
		return job.Errorf(job.NotFound, nil, "job %s has expired", j.ID)
	}
	return s.own(ctx, j.Account, "job", j.ID)
}

// Jobs reads many jobs at once. Each id has its job or its error, of code
// NotFound or Forbidden.
func (s *Service) Jobs(ctx context.Context, ids []job.ID) (map[job.ID]job.Job, map[job.ID]error, error) {
	found, err := s.store.Jobs(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	jobs, faults := map[job.ID]job.Job{}, map[job.ID]error{}
	for _, j := range found {
		if err := s.may(ctx, j); err != nil {
			faults[j.ID] = err
			continue
		}
		s.lookForUpload(j)
		jobs[j.ID] = s.shown(j)
	}
	for _, id := range ids {
		if _, ok := jobs[id]; !ok && faults[id] == nil {
			faults[id] = job.Errorf(job.NotFound, nil, "no job %s", id)
		}
	}
	return jobs, faults, nil
}

// Newest gives the newest event of each of the jobs that are there.
func (s *Service) Newest(ctx context.Context, ids []job.ID) (map[job.ID]job.Event, error) {
	return s.store.Newest(ctx, ids)
}

// Events reads what happened to the job.
func (s *Service) Events(ctx context.Context, j job.Job) ([]job.Event, error) {
	return s.store.Events(ctx, j.ID)
}

// How long what was read of a job may be shown again. On one node a change is
// always heard of; another node may end between a change and the word of it.
const (
	holdsUnfinished = time.Second
	holdsShared     = time.Second
	holdsFinal      = 24 * time.Hour
)

// Holds is how long a job that was read now may be shown again, unless
// something happens to it; 0 when what happens elsewhere is not heard of. What
// waits for a document in a bucket must be looked for each time.
func (s *Service) Holds(j job.Job) time.Duration {
	switch {
	case s.hub.Deaf() || j.Status == job.AwaitingUpload:
		return 0
	case !j.Status.Final():
		return holdsUnfinished
	case s.store.Shared():
		return holdsShared
	}
	return holdsFinal
}

// MayShow says whether a job that was read before may be shown to the caller
// now, with nothing to be noted of it.
func (s *Service) MayShow(c account.Caller, j job.Job) bool {
	return c.ID == j.Account && !j.Expired(s.now()) && !s.hub.Deaf()
}

// Hear lets heard be told of every event before whoever made it goes on;
// heard must be quick. The listener is woken when nobody knows what happened.
func (s *Service) Hear(heard func(job.Event)) *event.Listener {
	return s.hub.Listen(func(e job.Event) bool {
		heard(e)
		return false
	})
}

// Listen is woken when something happens to the job.
func (s *Service) Listen(id job.ID) *event.Listener { return s.hub.ListenJob(id) }

// ListenAccount is woken when something happens to one of the caller's jobs.
func (s *Service) ListenAccount(ctx context.Context) *event.Listener {
	return s.hub.ListenAccount(account.From(ctx).ID)
}

// maxAhead is up to where a place in the line is counted; further back only
// the order of magnitude matters, and counting takes time.
const maxAhead = 10_000

// Place is where a job stands: how many of the account's own jobs are to start
// before it, and when it may be done.
type Place struct {
	Waiting bool
	Ahead   int
	Done    time.Duration // from now; 0 while nobody can tell
}

// Place finds where an unfinished job stands.
func (s *Service) Place(ctx context.Context, j job.Job) (Place, error) {
	ahead := 0
	if j.Waiting() {
		var err error
		if ahead, err = s.Ahead(ctx, j); err != nil {
			return Place{}, err
		}
	}
	return s.PlaceAfter(j, ahead), nil
}

// Ahead counts the account's own jobs that are to start before one that waits.
func (s *Service) Ahead(ctx context.Context, j job.Job) (int, error) {
	return s.store.Ahead(ctx, j, maxAhead)
}

// PlaceAfter is Place when it is known how many jobs are ahead.
func (s *Service) PlaceAfter(j job.Job, ahead int) Place {
	usual := s.pace.of(j.Operation)
	switch {
	case j.Waiting():
		if s.isPaused(string(j.Operation)) {
			usual = 0
		}
		rounds := ahead/max(int(s.slots.Load()), s.settings.Workers, 1) + 1
		return Place{Waiting: true, Ahead: ahead, Done: usual * time.Duration(rounds)}
	case j.Status == job.Processing && j.Progress.Percentage > 0:
		spent := s.now().Sub(j.StartedAt)
		return Place{Done: spent * time.Duration(100-j.Progress.Percentage) / time.Duration(j.Progress.Percentage)}
	case j.Status == job.Processing:
		return Place{Done: usual}
	}
	return Place{}
}

// RenderResult writes the result of a job in a format; base is where this
// server is reached, for links, or empty for none. Errors that come before the first byte is
// written are of code StillProcessing, InvalidRequest, ResultGone, or the job's
// own failure.
func (s *Service) RenderResult(ctx context.Context, w io.Writer, j job.Job, format job.Format, base string) error {
	return s.render(ctx, w, j, format, base, s.pictureLinker(j, base))
}

// RenderInline is RenderResult with pictures as data URIs, as far as they are
// not too large together; those that are left are links. // contract C2
func (s *Service) RenderInline(ctx context.Context, w io.Writer, j job.Job, format job.Format, base string) error {
	return s.render(ctx, w, j, format, base, s.pictureInliner(ctx, j, base))
}

func (s *Service) render(ctx context.Context, w io.Writer, j job.Job, format job.Format, base string, picture pictureMaker) error {
	if !j.Status.Final() {
		return job.Errorf(job.StillProcessing, nil, "job %s has no result yet", j.ID)
	}
	if f, failed := j.Reason(); failed {
		return &job.Error{Code: f.Code, Facts: f.Facts}
	}
	operation := s.operations[j.Operation]
	if operation == nil {
		return job.Errorf(job.Internal, nil, "no operation %q", j.Operation)
	}
	var link func(string) string
	if base != "" {
		link = s.resultLinker(j, base)
	}
	return operation.Render(w, op.Rendering{
		Job: j, Format: format,
		Open: func(name string) (io.ReadCloser, error) {
			f, ok := j.Result.File(name)
			if !ok {
				return nil, job.Errorf(job.ResultGone, nil, "job %s has no file %s", j.ID, name)
			}
			return s.blobs.Open(ctx, f)
		},
		Link:    link,
		Picture: picture,
	})
}

// resultLinker makes links to the files of the job's result.
func (s *Service) resultLinker(j job.Job, base string) func(string) string {
	return func(name string) string {
		for n, f := range j.Result.Files {
			if f.Name == name {
				return base + "/files/" + s.ResultLink(j, n)
			}
		}
		return ""
	}
}
