package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// maxTold is the size in bytes up to which a result goes along with the
// message of its completion. // contract J24
const maxTold = 64 << 10

// told is what the last message of a completed job says of its result. It is
// made only when there is somebody to hear it.
func (s *Service) told(ctx context.Context, j job.Job, small []Small) (job.Told, error) {
	told := job.Told{ResultURL: s.settings.PublicURL + "/jobs/" + j.ID.In(job.TypeID) + "/result"}
	if j.Notify == nil {
		endpoints, err := s.store.Endpoints(ctx, j.Account)
		if err != nil {
			return told, err
		}
		if s.endpoints.saw(j.Account, len(endpoints) > 0); len(endpoints) == 0 {
			return told, nil
		}
	}
	operation := s.operations[j.Operation]
	if operation == nil {
		return told, nil
	}
	var b shortBuffer
	err := operation.Render(&b, op.Rendering{Job: j, Format: job.FormatJSON, Open: func(name string) (io.ReadCloser, error) {
		f, ok := j.Result.File(name)
		if !ok {
			return nil, job.Errorf(job.ResultGone, nil, "job %s has no file %s", j.ID, name)
		}
		for _, one := range small {
			if one.Name == f.Blob {
				return io.NopCloser(bytes.NewReader(one.Data)), nil
			}
		}
		return s.blobs.Open(ctx, f)
	}, Link: s.resultLinker(j, s.settings.PublicURL)})
	// Files that are gone went with the job, as the write will find.
	if b.over || job.CodeOf(err) == job.ResultGone {
		return told, nil
	}
	if err != nil {
		return told, fmt.Errorf("render the result of job %s: %w", j.ID, err)
	}
	told.Result = b.buffer.Bytes()
	return told, nil
}

// shortBuffer refuses more than may go along.
type shortBuffer struct {
	buffer bytes.Buffer
	over   bool
}

func (b *shortBuffer) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > maxTold {
		b.over = true
		return 0, fmt.Errorf("more than %d bytes", maxTold)
	}
	return b.buffer.Write(p)
}

// listeners are the accounts that had endpoints when they were last looked at.
// Most have none, and looking for each job costs more than to be told by the
// store, now and then, that one is there.
type listeners struct {
	mu sync.Mutex
	of map[string]bool
}

// maxListeners is how many accounts are remembered.
const maxListeners = 10_000

func (l *listeners) saw(account string, some bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !some {
		delete(l.of, account)
		return
	}
	if l.of == nil || len(l.of) >= maxListeners {
		l.of = map[string]bool{}
	}
	l.of[account] = true
}

func (l *listeners) has(account string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[account]
}

// finish writes the end of a job, with its result for those who are to be told
// of it.
func (s *Service) finish(ctx context.Context, o *store.Finish) (err error) {
	if o.Job.Status != job.Completed {
		return s.store.Write(ctx, o)
	}
	if o.Job.Notify == nil && !s.endpoints.has(o.Job.Account) {
		o.Untold = true
		if err := s.store.Write(ctx, o); !errors.Is(err, store.ErrUntold) {
			return err
		}
		o.Untold = false
	}
	if o.Told, err = s.told(ctx, o.Job, o.Blobs); err != nil {
		return err
	}
	return s.store.Write(ctx, o)
}
