package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/service"
)

func (a *attempt) checkpoint(ctx context.Context, version int, part []byte, state json.RawMessage) error {
	next := job.Checkpoint{Version: version, State: state}
	if c := a.job.Checkpoint; c != nil && c.Version == version {
		next.Parts = slices.Clone(c.Parts)
	}
	var (
		small []service.Small
		files []job.File // that are nobody's if the checkpoint is refused
	)
	if len(part) > 0 {
		w := a.worker.service.Create(ctx, a.job, fmt.Sprintf("checkpoint-%d", len(next.Parts)))
		if _, err := w.Write(part); err != nil {
			return errors.Join(storing(err), w.Abort())
		}
		sealed, err := w.Seal()
		if err != nil {
			return storing(err)
		}
		next.Parts, small, files = append(next.Parts, sealed.File), inline(sealed), []job.File{sealed.File}
	}
	// What is finished of the result is saved with it, for the attempt after.
	for _, s := range a.sealed {
		next.Files = append(next.Files, s.File)
	}
	small = append(small, inline(a.sealed[a.saved:]...)...)
	err := a.untilSaved(ctx, func() error { return a.worker.service.Checkpoint(ctx, a.job, next, small) })
	if service.Unknown(err) {
		a.saved = len(a.sealed) // the next attempt may find them
	} else if err != nil {
		a.worker.service.Remove(a.job, files...)
	}
	if err != nil {
		return storing(fmt.Errorf("save a checkpoint: %w", err))
	}
	a.job.Checkpoint, a.saved = &next, len(a.sealed)
	return nil
}

// untilSaved tries again while the database is away: as long as the attempt
// lasts, its work need not be done again. The error is one that service.Unknown
// knows when any of the tries may have been stored.
func (a *attempt) untilSaved(ctx context.Context, save func() error) error {
	var doubt error
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := save()
		if service.Unknown(err) {
			doubt = err
		}
		switch {
		case err == nil:
			return nil
		case !service.Away(err):
			return errors.Join(err, doubt)
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, doubt)
		case <-time.After(pause):
		}
	}
}

// inline are those of the blobs that go into the database.
func inline(blobs ...blob.Sealed) []service.Small {
	var small []service.Small
	for _, b := range blobs {
		if b.Inline != nil {
			small = append(small, *b.Inline)
		}
	}
	return small
}

func (a *attempt) resume(ctx context.Context, version int) (io.ReadCloser, json.RawMessage, error) {
	c := a.job.Checkpoint
	if c == nil || c.Version != version {
		return nil, nil, nil
	}
	open := func(f job.File) (io.ReadCloser, error) { return a.open(ctx, f) }
	return &parts{open: open, left: c.Parts, current: io.NopCloser(bytes.NewReader(nil))}, c.State, nil
}

// parts reads the parts of a checkpoint as one, with one of them open.
type parts struct {
	open    func(job.File) (io.ReadCloser, error)
	left    []job.File
	current io.ReadCloser
}

func (p *parts) Read(b []byte) (int, error) {
	for {
		n, err := p.current.Read(b)
		if n > 0 || (err != nil && !errors.Is(err, io.EOF)) {
			return n, err
		}
		if err == nil {
			continue
		}
		if len(p.left) == 0 {
			return 0, io.EOF
		}
		next, err := p.open(p.left[0])
		if err != nil {
			return 0, fmt.Errorf("open part of a checkpoint: %w", err)
		}
		if err := p.current.Close(); err != nil {
			return 0, errors.Join(err, next.Close())
		}
		p.current, p.left = next, p.left[1:]
	}
}

func (p *parts) Close() error { return p.current.Close() }
