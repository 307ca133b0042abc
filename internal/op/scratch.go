package op

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"docket/internal/job"
)

// Scratch is a document that an operation came by on its way, in files that
// nobody sees and that are gone with the process.
type Scratch struct {
	name     string
	document *os.File
	size     int64
	records  *os.File
	state    json.RawMessage
}

// NewScratch keeps all that the reader gives. Close frees it.
func NewScratch(name string, from io.Reader) (*Scratch, error) {
	s := &Scratch{name: name}
	var err error
	if s.document, err = unseen(); err == nil {
		s.records, err = unseen()
	}
	if err != nil {
		return nil, errors.Join(storing(err), s.Close())
	}
	if s.size, err = io.Copy(&storingFile{s.document}, from); err != nil {
		return nil, errors.Join(fmt.Errorf("keep %s: %w", name, err), s.Close())
	}
	return s, nil
}

// unseen makes a file without a name.
func unseen() (*os.File, error) {
	f, err := os.CreateTemp("", "docket-")
	if err != nil {
		return nil, fmt.Errorf("make a file for a while: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("unlink a file: %w", err), f.Close())
	}
	return f, nil
}

// Task is one whose only document this is. What it saves lasts as long as the
// scratch; its progress is nobody's.
func (s *Scratch) Task(id job.ID) *Task {
	return s.Reading(&Task{
		Job:      id,
		Inputs:   []job.Input{{Name: s.name, File: job.File{Name: s.name, Size: s.size}}},
		Open:     func(int) (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(s.document, 0, s.size)), nil },
		Progress: func(job.Progress) {},
	})
}

// Reading is a task as it is, but what it saves lasts as long as the scratch:
// for one whose checkpoints hold something else.
func (s *Scratch) Reading(t *Task) *Task {
	one := *t
	one.Checkpoint = func(_ int, part []byte, state json.RawMessage) error {
		s.state = state
		_, err := s.records.Write(part)
		return storing(err)
	}
	one.Resume = func(int) (io.ReadCloser, json.RawMessage, error) {
		if s.state == nil {
			return nil, nil, nil
		}
		end, err := s.records.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, nil, storing(err)
		}
		return io.NopCloser(io.NewSectionReader(s.records, 0, end)), s.state, nil
	}
	return &one
}

// Close frees the files.
func (s *Scratch) Close() error {
	var errs []error
	for _, f := range []*os.File{s.document, s.records} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// storingFile tells what fails on our side from what the reader does.
type storingFile struct{ *os.File }

func (f *storingFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	return n, storing(err)
}

func storing(err error) error {
	if err == nil {
		return nil
	}
	return &job.Error{Code: job.StorageError, Err: errors.Join(ErrAgain, err)}
}
