package worker

import (
	"context"
	"errors"
	"io"
	"slices"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/op"
)

// file is one file of the result while it is written.
type file struct {
	*blob.Writer
	attempt *attempt
}

func (a *attempt) create(ctx context.Context, name string) (io.WriteCloser, error) {
	f := &file{Writer: a.worker.service.Create(ctx, a.job, name), attempt: a}
	a.files = append(a.files, f)
	return f, nil
}

// Close makes the file durable and part of the result.
func (f *file) Close() error {
	sealed, err := f.Seal()
	if err != nil {
		return storing(err)
	}
	f.attempt.sealed = append(f.attempt.sealed, sealed)
	f.attempt.files = slices.DeleteFunc(f.attempt.files, func(other *file) bool { return other == f })
	return nil
}

func (f *file) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	return n, storing(err)
}

// open reads a file of the job.
func (a *attempt) open(ctx context.Context, f job.File) (io.ReadCloser, error) {
	return opened(a.worker.service.Open(ctx, f))
}

// opened is a file whose errors say that they are ours.
func opened(r io.ReadCloser, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, ourFault(err)
	}
	if _, onDisk := r.(io.ReaderAt); onDisk {
		return r, nil
	}
	return &stored{r}, nil
}

// stored is what is kept far away: that it cannot be read is our fault and not
// that of a document.
type stored struct{ io.ReadCloser }

func (s *stored) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	return n, ourFault(err)
}

// storing marks errors of storage: they may pass, and if they do not the job
// says that it was the storage's fault. // contract J10
func storing(err error) error {
	if err == nil {
		return nil
	}
	return &job.Error{Code: job.StorageError, Err: errors.Join(op.ErrAgain, err)}
}

// abort removes what the attempt has written and no row can name.
func (a *attempt) abort() {
	for _, f := range a.files {
		if err := f.Abort(); err != nil {
			a.worker.log.Warn("remove an unfinished file", "job", a.job.ID, "error", err)
		}
	}
	if a.unsure {
		a.saved = len(a.sealed)
	}
	for _, s := range a.sealed[a.saved:] {
		a.worker.service.Remove(a.job, s.File)
	}
	a.files, a.sealed = nil, a.sealed[:a.saved]
}
