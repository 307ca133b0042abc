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
	Trace      string // W3C traceparent of the request, or empty
}

// New makes the queued job that the spec asks for, and the event of its making.
func (s Spec) New(id ID, inputs []Input, at time.Time) (Job, Event) {
	j := Job{
		ID: id, Spelling: s.Spelling, Account: s.Account, Route: s.Route,
		Operation: s.Operation, Parameters: s.Parameters, Metadata: s.Metadata, Tags: s.Tags,
		Inputs: inputs, Status: Queued, Version: 1,
		Progress:  Progress{TotalFiles: len(inputs)},
		CreatedAt: at, UpdatedAt: at,
	}
	return j, Event{Job: id, Version: 1, At: at, Kind: EventCreated, To: Queued}
}
