package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"docket/internal/job"
	"docket/internal/op"
)

// operate runs an operation on a file and gives its result in a format.
func (s *scorer) operate(o op.Operation, path string, parameters json.RawMessage, format job.Format) ([]byte, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	checked, err := o.Check(parameters)
	if err != nil {
		return nil, fmt.Errorf("check parameters for %s: %w", filepath.Base(path), err)
	}
	id, err := job.NewID()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	files := map[string]*file{}
	t := &op.Task{
		Job: id, Parameters: checked,
		Inputs: []job.Input{{Name: filepath.Base(path), File: job.File{Name: "input-0", Size: stat.Size()}}},
		Open:   func(int) (io.ReadCloser, error) { return os.Open(path) },
		Create: func(name string) (io.WriteCloser, error) {
			files[name] = &file{}
			return files[name], nil
		},
		Progress:   func(job.Progress) {},
		Checkpoint: func(int, []byte, json.RawMessage) error { return nil },
		Resume:     func(int) (io.ReadCloser, json.RawMessage, error) { return nil, nil, nil },
	}
	result, err := o.Run(s.ctx, t)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", o.Name(), filepath.Base(path), err)
	}
	summary, err := json.Marshal(result.Summary)
	if err != nil {
		return nil, fmt.Errorf("encode the summary: %w", err)
	}
	done := job.Job{ID: id, Operation: o.Name(), Parameters: checked, Inputs: t.Inputs, Result: &job.Result{Method: result.Method, Summary: summary}}
	var out bytes.Buffer
	err = o.Render(&out, op.Rendering{Job: done, Format: format, Open: func(name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files[name].Bytes())), nil
	}})
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", filepath.Base(path), err)
	}
	return out.Bytes(), nil
}

// file is a file of a result, in memory.
type file struct{ bytes.Buffer }

// Close implements io.Closer.
func (*file) Close() error { return nil }
