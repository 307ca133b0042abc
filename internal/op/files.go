package op

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"docket/internal/job"
)

// FilesVersion is the format of the checkpoints of jobs with several files.
const FilesVersion = 1001

// triesPerFile is how often one file of several is tried before it alone fails.
const triesPerFile = 3

// Outcome is how one file of several ended.
type Outcome struct {
	FileName string          `json:"file_name"`
	Failure  *job.Failure    `json:"failure,omitempty"` // nil: it succeeded
	Method   string          `json:"method,omitempty"`
	Model    string          `json:"model,omitempty"`
	Tokens   *job.Tokens     `json:"tokens,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
	Summary  json.RawMessage `json:"summary,omitempty"`
	Pages    int             `json:"pages"`
}

// FilesSummary is what is kept with a job of several files. // contract J8
type FilesSummary struct {
	FileCount int         `json:"file_count"`
	PageCount int         `json:"page_count"`
	Files     []Outcome   `json:"files"`
	Tokens    *job.Tokens `json:"tokens,omitempty"` // that models have used, also for files that failed
}

// Succeeded is the number of files that did.
func (s FilesSummary) Succeeded() int {
	n := 0
	for _, f := range s.Files {
		if f.Failure == nil {
			n++
		}
	}
	return n
}

// filesState is what a checkpoint says: the files that are done, and where the
// one that is being worked on has saved its own.
type filesState struct {
	Done    []Outcome       `json:"done"`
	Saved   int64           `json:"saved"` // bytes of all parts
	Skip    int64           `json:"skip"`  // bytes of parts of files that are done
	Version int             `json:"version,omitempty"`
	Inner   json.RawMessage `json:"inner,omitempty"`
	Tokens  job.Tokens      `json:"tokens"` // that models have used
}

// RunFiles works on each input of the task by itself and saves after each, so
// that a later attempt goes on with the next. A file that fails leaves the
// others alone. The error is only of the task: its context ended, or its
// storage failed.
func RunFiles(ctx context.Context, t *Task, inner Operation, parameters json.RawMessage) (FilesSummary, error) {
	r := &filesRun{task: t, inner: inner, parameters: parameters}
	if t.Tokens != nil {
		r.state.Tokens = *t.Tokens
	}
	parts, said, err := t.Resume(FilesVersion)
	if err != nil {
		return FilesSummary{}, fmt.Errorf("resume: %w", err)
	}
	if parts != nil {
		if err := errors.Join(json.Unmarshal(said, &r.state), parts.Close()); err != nil {
			return FilesSummary{}, fmt.Errorf("resume: %w", err)
		}
	}
	for n := len(r.state.Done); n < len(t.Inputs); n++ {
		outcome, err := r.file(ctx, n)
		if err != nil {
			return FilesSummary{}, err
		}
		r.state.Done = append(r.state.Done, outcome)
		r.state.Skip, r.state.Version, r.state.Inner = r.state.Saved, 0, nil
		if err := r.save(nil); err != nil {
			return FilesSummary{}, err
		}
		r.tell(n+1, job.Progress{})
	}
	sum := FilesSummary{FileCount: len(t.Inputs), Files: r.state.Done}
	if r.state.Tokens.Total() > 0 {
		sum.Tokens = &r.state.Tokens
	}
	for _, f := range sum.Files {
		sum.PageCount += f.Pages
	}
	return sum, nil
}

// Result is that of the whole job: by a model if one was asked for any file.
func (s FilesSummary) Result() Result {
	r := Result{Summary: s, Tokens: s.Tokens}
	for _, f := range s.Files {
		r.Method, r.Model = max(r.Method, f.Method), max(r.Model, f.Model)
		for _, w := range f.Warnings {
			if !slices.Contains(r.Warnings, w) {
				r.Warnings = append(r.Warnings, w)
			}
		}
	}
	return r
}

// NoneSucceeded is the failure of a job of which no file succeeded: that of
// the first, with a list of all.
func (s FilesSummary) NoneSucceeded() error {
	facts := job.Facts{}
	var list []map[string]any
	for i, f := range s.Files {
		if i == 0 {
			for k, v := range f.Failure.Facts {
				facts[k] = v
			}
		}
		list = append(list, map[string]any{"file_name": f.FileName, "error_type": f.Failure.Code, "message": f.Failure.Message()})
	}
	facts["files"] = list
	return &job.Error{Code: s.Files[0].Failure.Code, Facts: facts}
}

type filesRun struct {
	task       *Task
	inner      Operation
	parameters json.RawMessage
	state      filesState
	total      int // pages of the file at work
}

// file works on one input.
func (r *filesRun) file(ctx context.Context, n int) (Outcome, error) {
	outcome := Outcome{FileName: r.task.Inputs[n].Name}
	var (
		result Result
		err    error
	)
	if f := r.task.Inputs[n].Failure; f != nil { // it could not be fetched
		outcome.Failure = f
		return outcome, nil
	}
	for try := 1; ; try++ {
		r.total = 0
		result, err = r.inner.Run(ctx, r.only(n))
		if ctx.Err() != nil {
			return outcome, context.Cause(ctx)
		}
		if err == nil || !errors.Is(err, ErrAgain) || try == triesPerFile {
			break
		}
	}
	outcome.Pages = r.total
	if err != nil {
		if job.CodeOf(err) == job.StorageError {
			return outcome, err
		}
		f := job.FailureOf(err)
		outcome.Failure = &f
		return outcome, nil
	}
	outcome.Method, outcome.Model, outcome.Tokens, outcome.Warnings = result.Method, result.Model, result.Tokens, result.Warnings
	if outcome.Summary, err = json.Marshal(result.Summary); err != nil {
		return outcome, fmt.Errorf("encode summary: %w", err)
	}
	return outcome, nil
}

// only is the task as the operation sees it for input n alone.
func (r *filesRun) only(n int) *Task {
	t := r.task
	return &Task{
		Job: t.Job, Parameters: r.parameters, Inputs: t.Inputs[n : n+1],
		Tokens:    &r.state.Tokens,
		Open:      func(int) (io.ReadCloser, error) { return t.Open(n) },
		OpenPages: func(int) (io.ReadCloser, error) { return t.OpenPages(n) },
		Create:    func(name string) (io.WriteCloser, error) { return t.Create(fileOf(n, name)) },
		Progress:  func(p job.Progress) { r.total = max(p.TotalPages, r.total); r.tell(n, p) },
		Checkpoint: func(version int, part []byte, state json.RawMessage) error {
			if version != r.state.Version {
				r.state.Version, r.state.Skip = version, r.state.Saved
			}
			r.state.Inner = state
			return r.save(part)
		},
		Resume: func(version int) (io.ReadCloser, json.RawMessage, error) {
			if r.state.Inner == nil || version != r.state.Version {
				return nil, nil, nil
			}
			parts, _, err := t.Resume(FilesVersion)
			if err != nil {
				return nil, nil, err
			}
			if _, err := io.CopyN(io.Discard, parts, r.state.Skip); err != nil {
				return nil, nil, errors.Join(err, parts.Close())
			}
			return parts, r.state.Inner, nil
		},
	}
}

func (r *filesRun) save(part []byte) error {
	r.state.Saved += int64(len(part))
	said, err := json.Marshal(r.state)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	if err := r.task.Checkpoint(FilesVersion, part, said); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// tell makes the progress of one file that of the whole job.
func (r *filesRun) tell(done int, p job.Progress) {
	pages := 0
	for _, f := range r.state.Done {
		pages += f.Pages
	}
	p.PagesCompleted += pages
	p.TotalPages += pages
	p.TotalFiles = len(r.task.Inputs)
	p.FilesCompleted = done
	p.Percentage = min(99, (100*done+p.Percentage)/p.TotalFiles)
	r.task.Progress(p)
}

// fileOf names a file of the result of input n.
func fileOf(n int, name string) string { return strconv.Itoa(n) + "/" + name }

// OfFile narrows a rendering of a job of several files to file n.
func (r Rendering) OfFile(n int, o Outcome) Rendering {
	one := r
	one.Job.Inputs, one.Input = r.Job.Inputs[n:n+1], n
	one.Job.Result = &job.Result{Method: o.Method, Model: o.Model, Tokens: o.Tokens, Warnings: o.Warnings, Summary: o.Summary}
	one.Open = func(name string) (io.ReadCloser, error) { return r.Open(fileOf(n, name)) }
	if r.Link != nil {
		one.Link = func(name string) string { return r.Link(fileOf(n, name)) }
	}
	return one
}
