package importer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"docket/internal/job"
	"docket/internal/op"
)

const (
	journalVersion = 3001
	// window is how many jobs are submitted at the same time: their writes
	// share a commit.
	window = 64
	// piece is how much of a document is read at once.
	piece = 64 << 10
	// maxListed is how many errors the result itself lists.
	maxListed = 100
)

// item is one document that was found.
type item struct {
	name       string
	open       func() (io.ReadCloser, error) // its content; nil when it is to be fetched
	url        string
	operation  string          // its own, or empty
	parameters json.RawMessage // its own, or nil
	tags       []string
	metadata   json.RawMessage
	fault      error // it cannot be taken
}

// line is what became of an item.
type line struct {
	N       int               `json:"n"` // from 0
	Name    string            `json:"name"`
	JobID   string            `json:"job_id,omitempty"`
	Details *job.ErrorDetails `json:"error_details,omitempty"`
}

// state is where the import is.
type state struct {
	Done      int    `json:"done"` // items
	Submitted int    `json:"submitted"`
	Errors    []line `json:"errors,omitempty"` // the first ones
	Failed    int    `json:"failed"`
}

// importing is one run.
type importing struct {
	*Operation
	ctx     context.Context //nolint:containedctx // of this run, for what it calls
	task    *op.Task
	p       Parameters
	journal *op.Journal
	state   state
	next    int // number of the next item
	total   int
	waiting []*submit
	wg      sync.WaitGroup
}

// submit is one item on its way.
type submit struct {
	line line
	err  error // that ends the import
}

// Run finds out what there is, and then submits a job for each item.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	m := &importing{Operation: o, ctx: ctx, task: t}
	if err := json.Unmarshal(t.Parameters, &m.p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	var err error
	if m.journal, err = op.OpenJournal(t, journalVersion, &m.state); err != nil {
		return op.Result{}, err
	}
	t.Progress(job.Progress{Stage: "scanning", TotalFiles: len(t.Inputs)})
	if err := m.scan(); err != nil {
		return op.Result{}, err
	}
	err = m.each(m.take)
	m.wg.Wait()
	if err == nil {
		err = m.flush()
	}
	if err != nil {
		return op.Result{}, err
	}
	return m.end()
}

// scan counts the items, and refuses an archive as a whole before any job was
// made of it.
func (m *importing) scan() error {
	err := m.each(func(item) error {
		if m.total++; m.total > m.limits.Items {
			return refused(job.ResourceLimit, fmt.Sprintf("it holds more than %d documents, which is --max-import-documents", m.limits.Items))
		}
		return m.ended()
	})
	if err == nil && m.total == 0 {
		return refused(job.Unreadable, "it holds no documents")
	}
	return err
}

func (m *importing) ended() error {
	if m.ctx.Err() != nil {
		return context.Cause(m.ctx)
	}
	return nil
}

// refused is the failure of an import as a whole.
func refused(code job.Code, why string) error {
	return &job.Error{Code: code, Facts: job.Facts{"archive": why}}
}

// take submits one item, or keeps what is wrong with it.
func (m *importing) take(i item) error {
	n := m.next
	if m.next++; n < m.state.Done {
		return nil
	}
	if err := m.ended(); err != nil {
		return err
	}
	s := &submit{line: line{N: n, Name: i.name}}
	m.waiting = append(m.waiting, s)
	if err := m.send(s, i); err != nil {
		return err
	}
	if len(m.waiting) < window {
		return nil
	}
	return m.flush()
}

// send submits an item; it is made while the next are read.
func (m *importing) send(s *submit, i item) error {
	child, err := m.child(i)
	if err == nil && i.open != nil {
		var body io.ReadCloser
		if body, err = i.open(); err == nil {
			defer func() { _ = body.Close() }() // what is wrong with it, reading has found
			peeked := bufio.NewReaderSize(body, piece)
			child.Body = peeked
			err = notNested(peeked)
		}
	}
	if err != nil {
		s.did(job.Job{}, err)
		return s.err
	}
	commit, err := m.task.Submit(s.line.N, child)
	if err != nil {
		s.did(job.Job{}, err)
		return s.err
	}
	m.wg.Go(func() { s.did(commit()) })
	return nil
}

// child is the job that an item asks for.
func (m *importing) child(i item) (op.Child, error) {
	c := op.Child{
		Operation: m.p.Operation, Parameters: m.p.Parameters, Reuse: m.p.Reuse, Name: i.name, URL: i.url,
		Tags: append(append([]string(nil), m.p.Tags...), i.tags...), Metadata: i.metadata,
	}
	if i.fault != nil || (i.operation == "" && i.parameters == nil) {
		return c, i.fault
	}
	word, parameters := i.operation, i.parameters
	if word == "" {
		word = string(m.p.Operation)
	}
	if parameters == nil && job.ParseOperation(word) == m.p.Operation {
		parameters = m.p.Parameters
	}
	var err error
	c.Operation, c.Parameters, err = m.check(word, parameters)
	return c, err
}

// did keeps what came of a submit: the job, a fault of the item alone, or an
// error that ends the import.
func (s *submit) did(made job.Job, err error) {
	if err == nil {
		s.line.JobID = made.ID.In(job.TypeID)
		return
	}
	e, ok := errors.AsType[*job.Error](err)
	if !ok || e.Code == job.Internal || e.Code == job.StorageError || e.Code == job.DiskFull || e.Code == job.Unavailable || e.Facts["archive"] != nil {
		s.err = err
		return
	}
	s.line.Details = details(e)
}

// details says what is wrong with an item.
func details(e *job.Error) *job.ErrorDetails {
	f := job.Failure{Code: e.Code, Facts: e.Facts}
	d := &job.ErrorDetails{ErrorType: e.Code, Message: f.Message()}
	if problem, ok := e.Facts["problem"].(string); ok {
		d.Message = problem
		if field, ok := e.Facts["field"].(string); ok {
			d.Message = field + ": " + problem
		}
	}
	if e.Code == job.FileTooLarge {
		d.Message = fmt.Sprintf("the document is larger than the limit of %v bytes", e.Facts["max"])
	}
	return d
}

// flush waits for what is under way and writes it down, in its order.
func (m *importing) flush() error {
	m.wg.Wait()
	for _, s := range m.waiting {
		if s.err != nil {
			return fmt.Errorf("submit item %d: %w", s.line.N, s.err)
		}
		if err := m.journal.Add(s.line); err != nil {
			return err
		}
		if s.line.Details == nil {
			m.state.Submitted++
			continue
		}
		if m.state.Failed++; len(m.state.Errors) < maxListed {
			m.state.Errors = append(m.state.Errors, s.line)
		}
	}
	m.state.Done += len(m.waiting)
	m.waiting = nil
	m.task.Progress(job.Progress{
		Stage: "submitting", FilesCompleted: m.state.Done, TotalFiles: m.total, Percentage: 99 * m.state.Done / max(m.total, 1),
		Message: fmt.Sprintf("Submitted %d of %d documents", m.state.Done, m.total),
	})
	if m.state.Done%(16*window) == 0 || m.journal.Full() {
		return m.journal.Save(m.state)
	}
	return nil
}
