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
}

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
}
