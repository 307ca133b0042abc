// Package service holds the verbs: it is the only code that changes a job.
// Everything else asks it or watches.
package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"time"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// Service does what clients and workers ask for.
type Service struct {
	store      *store.Store
	blobs      *blob.Store
	hub        *event.Hub
	operations map[job.Operation]op.Operation
	now        func() time.Time
	log        *slog.Logger
	secret     []byte
	settings   Settings
}

// Settings are the limits and promises of the service.
type Settings struct {
	MaxFile   int64         // bytes of one document
	Retention time.Duration // how long a final job is kept
}

// Parts are what a service is made of.
type Parts struct {
	Store      *store.Store
	Blobs      *blob.Store
	Hub        *event.Hub
	Operations []op.Operation
	Now        func() time.Time
	Log        *slog.Logger
}

// New makes the service; it reads the database's secret, or makes it.
func New(ctx context.Context, p Parts, settings Settings) (*Service, error) {
	s := &Service{
		store: p.Store, blobs: p.Blobs, hub: p.Hub, operations: map[job.Operation]op.Operation{},
		now: p.Now, log: p.Log, settings: settings,
	}
	for _, o := range p.Operations {
		s.operations[o.Name()] = o
	}
	secret, err := p.Store.Setting(ctx, "secret", newSecret)
	if err != nil {
		return nil, err
	}
	if s.secret, err = hex.DecodeString(secret); err != nil {
		return nil, fmt.Errorf("read the database's secret: %w", err)
	}
	return s, nil
}

func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Ready says whether work can be taken.
func (s *Service) Ready(ctx context.Context) error { return s.store.Ping(ctx) }

// time is now as it is stored: µs, UTC.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Job reads a job for the caller in the context. Errors are of code NotFound,
// also when the job has expired, and Forbidden.
func (s *Service) Job(ctx context.Context, id job.ID) (job.Job, error) {
	j, err := s.store.Job(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	if !j.ExpiresAt.IsZero() && !s.now().Before(j.ExpiresAt) {
		return job.Job{}, job.Errorf(job.NotFound, nil, "job %s has expired", id)
	}
	if j.Account != account.From(ctx).ID {
		return job.Job{}, job.Errorf(job.Forbidden, nil, "job %s is of another account", id)
	}
	return j, nil
}

// RenderResult writes the result of a job in a format. Errors that come before
// the first byte is written are of code StillProcessing, InvalidRequest,
// ResultGone, or the job's own failure.
func (s *Service) RenderResult(ctx context.Context, w io.Writer, j job.Job, format job.Format) error {
	if !j.Status.Final() {
		return job.Errorf(job.StillProcessing, nil, "job %s has no result yet", j.ID)
	}
	if f, failed := j.Reason(); failed {
		return &job.Error{Code: f.Code, Facts: f.Facts}
	}
	return s.operations[j.Operation].Render(w, op.Rendering{Job: j, Format: format, Open: func(name string) (io.ReadCloser, error) {
		f, ok := j.Result.File(name)
		if !ok {
			return nil, job.Errorf(job.ResultGone, nil, "job %s has no file %s", j.ID, name)
		}
		return s.blobs.Open(ctx, f)
	}})
}
