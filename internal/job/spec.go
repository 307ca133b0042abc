package job

import (
	"encoding/json"
	"time"
)

// Spec is what a client asks for, checked and without a word of its dialect.
type Spec struct {
	Account    string
	Spelling   Spelling // in which the answer will spell the id
	Route      string
	Operation  Operation
	Parameters json.RawMessage
	Metadata   json.RawMessage
	Tags       []string
	Trace      string // as in Job
	Keep       time.Duration
	Notify     *Notify
	Batch      BatchID
	Parent     ID
	ChildN     int // which of the parent's it is, from 0
	Original   ID
	Reuse      bool // the result of an earlier job will do // contract J12
	FailAtOnce bool // a fault in the parameters makes a job that fails at once // contract J9
}

// New makes the job that the spec asks for, and the event of its making. It is
// queued, unless a document is still to be uploaded.
func (s Spec) New(id ID, inputs []Input, at time.Time) (Job, Event) {
	j := Job{
		ID: id, Spelling: s.Spelling, Account: s.Account, Route: s.Route,
		Operation: s.Operation, Parameters: s.Parameters, Metadata: s.Metadata, Tags: s.Tags,
		Trace: s.Trace, Keep: s.Keep, Notify: s.Notify, Batch: s.Batch, Parent: s.Parent, ChildN: s.ChildN, Original: s.Original,
		Inputs: inputs, Status: Queued, Version: 1,
		Progress:  Progress{TotalFiles: len(inputs)},
		CreatedAt: at, UpdatedAt: at,
	}
	for _, in := range inputs {
		if !in.Here() && in.URL == "" && in.Source.IsZero() {
			j.Status = AwaitingUpload
		}
	}
	return j, Event{Job: id, Account: s.Account, Operation: s.Operation, Version: 1, At: at, Kind: EventCreated, To: j.Status}
}
