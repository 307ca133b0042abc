// Package job holds the nouns: a job, its states and moves, what it was asked
// to do, how far it is, how it ended. Rules are pure methods here; the verbs
// that change a stored job are in package service.
package job

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Job is one piece of work with a document, from its submit to its expiry.
type Job struct {
	ID       ID
	Spelling Spelling // of the id that the submit answered // contract J2
	Account  string   // whom it belongs to
	Route    string   // where it was submitted: "/parse", "/jobs", …; decides the shape of some results

	Operation  Operation
	Parameters json.RawMessage // JSON object, as checked by the operation
	Metadata   json.RawMessage // JSON object of the client's own, or nil
	Tags       []string
	Inputs     []Input

	Status   Status
	Version  int64 // rises with every change that a reader can see; the ETag
	Progress Progress
	Failure  *Failure // why it failed or who cancelled it; nil otherwise
	Result   *Result  // nil until completed

	CreatedAt  time.Time // µs, UTC, like all times here
	UpdatedAt  time.Time
	StartedAt  time.Time // zero until the first claim
	FinishedAt time.Time // zero until final
	ExpiresAt  time.Time // zero until final; then it is deleted

	Attempt    int // the fence: rises with every claim
	Tries      int // the budget: failed tries so far
	Lost       int // leases lost in a row without a checkpoint between
	Died       []Failure
	Checkpoint *Checkpoint

	CancelRequested bool
	RunAt           time.Time // from when a worker may take it; zero unless it waits for one
	WaitsFor        ID        // the job without whose end no worker may take it; zero: none

	Keep   time.Duration // how long it is kept once final; 0: as long as the server keeps any
	Notify *Notify       // who is to be told; nil: nobody but the account's own endpoints

	Batch    BatchID // zero: none
	Parent   ID      // the bulk job that made it; zero: none
	ChildN   int     // which of the parent's it is, from 0
	Original ID      // the job that it reruns; zero: none

	ReusedFrom ID // the job whose result it took over; zero: none // contract J12

	Trace string // where its submit was in a trace: traceparent, and tracestate after a space; empty: in none
}

// Waiting says that the job waits for a worker: it is queued, or was lost by one
// and not yet taken over.
func (j Job) Waiting() bool { return !j.RunAt.IsZero() }

// Input is one document of a job.
type Input struct {
	Name   string `json:"name"`             // as the client called it
	Type   string `json:"type,omitempty"`   // as the client declared it; never trusted
	URL    string `json:"url,omitempty"`    // where it is to be fetched from
	Source ID     `json:"source,omitzero"`  // the job whose documents these are; zero: none
	SHA256 string `json:"sha256,omitempty"` // hexadecimal, of the whole content
	File   File   `json:"file"`             // empty until it is there
	Pages  *File  `json:"pages,omitempty"`  // its page records, when the source has read it already

	Failure *Failure `json:"failure,omitempty"` // why it could not be fetched
}

// Here says that the document's bytes have arrived.
func (i Input) Here() bool { return i.File.Blob != "" }

// Files are those of the input that are here.
func (i Input) Files() []File {
	var files []File
	if i.Here() {
		files = append(files, i.File)
	}
	if i.Pages != nil {
		files = append(files, *i.Pages)
	}
	return files
}

// Owed says that the input is another job's result, which was not taken over
// yet and still may be.
func (i Input) Owed() bool { return !i.Source.IsZero() && !i.Here() && i.Failure == nil }

// Notify says who is told of one job's changes. // contract A12, J6
type Notify struct {
	Email          string   `json:"email,omitempty"`
	Events         []string `json:"events,omitempty"` // "completed", "failed"
	IncludeSummary bool     `json:"include_summary,omitempty"`
	WebhookURL     string   `json:"webhook_url,omitempty"`
}

// File is named bytes that belong to one job.
type File struct {
	Name   string `json:"name"`             // what the operation calls it
	Blob   string `json:"blob"`             // where it is kept: day/job/attempt/name
	Size   int64  `json:"size"`             // bytes
	Inline bool   `json:"inline,omitempty"` // kept in the database beside the job's row
}

// Files lists every file that the job has.
func (j Job) Files() []File {
	var files []File
	for _, in := range j.Inputs {
		files = append(files, in.Files()...)
	}
	if j.Result != nil {
		files = append(files, j.Result.Files...)
	}
	if j.Checkpoint != nil {
		files = append(append(files, j.Checkpoint.Parts...), j.Checkpoint.Files...)
	}
	return files
}

// Leftovers are the files of the checkpoint that nobody needs once the job has
// ended: all of them, unless the finished ones have become the result.
func (j Job) Leftovers(end Status) []File {
	switch {
	case j.Checkpoint == nil:
		return nil
	case end == Completed:
		return j.Checkpoint.Parts
	default:
		return slices.Concat(j.Checkpoint.Parts, j.Checkpoint.Files)
	}
}

// Fingerprint is a hash of what a result of the job is made of: the operation,
// its parameters, and the content of the documents in their order; of several,
// the result has their names too, and vectors always have them. It is nil while
// a document's content is not known, and of a crawl or an export: what they
// gather changes. // contract J12
func (j Job) Fingerprint() []byte {
	if j.Operation == WebCrawling || j.Operation == Export {
		return nil
	}
	what := fmt.Appendf(nil, "%q %q", j.Operation, j.Parameters)
	for _, in := range j.Inputs {
		if in.SHA256 == "" {
			return nil
		}
		what = fmt.Appendf(what, " %q", in.SHA256)
		if len(j.Inputs) > 1 || j.Operation == BatchEmbedding {
			what = fmt.Appendf(what, " %q", in.Name)
		}
	}
	sum := sha256.Sum256(what)
	return sum[:]
}

// Expired says that the job is to be forgotten: for clients it is not there.
// contract J23
func (j Job) Expired(now time.Time) bool { return !j.ExpiresAt.IsZero() && !now.Before(j.ExpiresAt) }

// Expiry is when the job is to be forgotten if it ends at a time: after what
// its submit asked for, else after the server's retention.
func (j Job) Expiry(end time.Time, retention time.Duration) time.Time {
	if j.Keep > 0 {
		return end.Add(j.Keep)
	}
	return end.Add(retention)
}

// Result is what a completed job has to show.
type Result struct {
	Files    []File          `json:"files"`
	Method   string          `json:"method,omitempty"`   // "model" or "heuristic" // contract J18
	Model    string          `json:"model,omitempty"`    // its name, when the method is "model"
	Tokens   *Tokens         `json:"tokens,omitempty"`   // nil without a model
	Warnings []string        `json:"warnings,omitempty"` // words like "no_text"
	Summary  json.RawMessage `json:"summary,omitempty"`  // the operation's own counters
}

// Tokens counts what a language model has read and written.
type Tokens struct {
	Input  int `json:"input"`
	Output int `json:"output"`
}

// Total is the number of all tokens.
func (t Tokens) Total() int { return t.Input + t.Output }

// Add counts more.
func (t *Tokens) Add(more Tokens) {
	t.Input += more.Input
	t.Output += more.Output
}

// File finds a file of the result by the operation's name for it.
func (r *Result) File(name string) (File, bool) {
	if r == nil {
		return File{}, false
	}
	for _, f := range r.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// Checkpoint is what a later attempt goes on from.
type Checkpoint struct {
	Version int             `json:"version"` // of the format of its parts
	Parts   []File          `json:"parts"`
	Files   []File          `json:"files,omitempty"` // of the result, that are finished
	State   json.RawMessage `json:"state,omitempty"`
}

// Size is the number of bytes in all parts.
func (c *Checkpoint) Size() int64 {
	var n int64
	if c != nil {
		for _, p := range c.Parts {
			n += p.Size
		}
	}
	return n
}
