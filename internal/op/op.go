// Package op says what an operation is: it checks what it is asked, works on a
// task, and shows its result in the formats it knows. Every operation has a
// folder below this one.
package op

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"docket/internal/job"
)

// ErrAgain is wrapped by errors that may not come again: a child process that
// died, a service that did not answer.
var ErrAgain = errors.New("worth another try")

// Operation is one kind of work. It sees neither the database nor the blobs;
// everything it needs is in its task.
type Operation interface {
	// Name is the word of the operation on every route and in every column.
	Name() job.Operation

	// Check reads the parameters of a request, a JSON object or nothing, and
	// gives them as they are to be stored. Errors are of code InvalidRequest
	// with the facts "field", "problem" and "remedy".
	Check(parameters json.RawMessage) (json.RawMessage, error)

	// Run does the work. An error is the job's failure; one that wraps ErrAgain
	// may pass and is worth another try. When the context ends, Run returns
	// within a second.
	Run(ctx context.Context, t *Task) (Result, error)

	// Render writes the result in a format. Errors are of code InvalidRequest
	// when the operation has no such format.
	Render(w io.Writer, r Rendering) error
}

// DocumentChecker is an operation that decides itself how many documents a job
// takes; any other needs one at least.
type DocumentChecker interface {
	// CheckDocuments refuses a number of documents, addresses among them, that
	// a job with these parameters, checked or not, cannot have. Errors are
	// those of Check.
	CheckDocuments(n int, parameters json.RawMessage) error
}

// Task is one job as its operation sees it: values, and functions that are
// bound to the job.
type Task struct {
	Job        job.ID
	Parameters json.RawMessage
	Inputs     []job.Input

	// Open reads input n, counted from 0.
	Open func(n int) (io.ReadCloser, error)
	// OpenPages reads the page records of input n, when it has some.
	OpenPages func(n int) (io.ReadCloser, error)
	// Create begins a file of the result; closing it makes it durable.
	Create func(name string) (io.WriteCloser, error)
	// Progress tells how far the work is. It may be called as often as wanted.
	Progress func(job.Progress)
	// Checkpoint saves part of the work for an attempt that may come after
	// this one; parts add up. The version is that of the parts' format.
	Checkpoint func(version int, part []byte, state json.RawMessage) error
	// Resume gives what earlier attempts saved: the parts joined, and the last
	// state. It gives nil when there is nothing of that version.
	Resume func(version int) (io.ReadCloser, json.RawMessage, error)
	// Tokens is what a model has used for other documents of the job; what is
	// used for this one is added. It may be nil.
	Tokens *job.Tokens

	// Submit takes the document of child n of the job, counted from 0; commit
	// makes the child, in the batch of all children, and says what it is. One
	// that an earlier attempt has made stays as it is. Children stand in the
	// line in the order of Submit, and may be committed at the same time.
	Submit func(n int, child Child) (commit func() (job.Job, error), err error)
	// Jobs gives jobs of the account, as many as the filter's limit, and Count
	// how many it picks in all.
	Jobs  func(f job.Filter) ([]job.Job, error)
	Count func(f job.Filter) (int64, error)
	// Result writes the result of one of the account's jobs in a format. Errors
	// are those of its operation's Render, and of code NotFound and ResultGone
	// when it was deleted.
	Result func(id job.ID, format job.Format, w io.Writer) error
	// Document reads document n of one of the account's jobs. The errors are of
	// code NotFound and ResultGone.
	Document func(id job.ID, n int) (io.ReadCloser, error)
}

// Child is a job that another one makes, with its one document.
type Child struct {
	Operation  job.Operation
	Parameters json.RawMessage
	Tags       []string
	Metadata   json.RawMessage
	Reuse      bool // the result of an earlier job will do // contract J12

	Name string    // of the document
	Body io.Reader // its content; nil when it is to be fetched
	URL  string    // where from, or the other job whose result it is
}

// BatchOf is the batch of all children of a job: both are spelled with the same
// letters, so that whoever knows the one knows the other. // contract J13
func BatchOf(id job.ID) job.BatchID { return job.BatchID(id) }

// Result is what the operation says of its files.
type Result struct {
	Method   string      // "heuristic", "model", or empty
	Model    string      // its name, if the method is "model"
	Tokens   *job.Tokens // that it has used
	Warnings []string    // short words such as "no_text"
	Summary  any         // small; stored with the job as JSON
}

// Rendering is one result that is to be written.
type Rendering struct {
	Job    job.Job
	Format job.Format
	Open   func(name string) (io.ReadCloser, error) // a file of the result
	Link   func(name string) string                 // a link to a file of the result; nil where there are no links
	Book   *Book                                    // takes the sheets of a workbook over several documents; nil: write one

	Input int // the document that is shown, from 0
	// Picture gives the address of the picture of a place on a page of a
	// document of the job, from 0; nil where there are no links. The box is left,
	// top, width and height in pixels at 144 dpi.
	Picture func(input, page int, box [4]float64) string
}
