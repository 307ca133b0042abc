package event

import (
	"encoding/json"
	"fmt"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// said is one text on the bus.
type said struct {
	Node   string          `json:"n"`           // who says it
	Look   bool            `json:"l,omitempty"` // at everything: more has happened than could be said
	Events []wired         `json:"e,omitempty"`
	Share  json.RawMessage `json:"s,omitempty"` // what nodes tell each other of themselves
}

// wired is an event as short as can be.
type wired struct {
	Job       string        `json:"j,omitempty"`
	Account   string        `json:"a,omitempty"`
	Operation job.Operation `json:"o,omitempty"`
	Took      time.Duration `json:"d,omitempty"`
	Version   int64         `json:"v,omitempty"`
	At        int64         `json:"t,omitempty"` // µs
	Kind      job.EventKind `json:"k"`
	From      job.Status    `json:"f,omitempty"`
	To        job.Status    `json:"s,omitempty"`
	Attempt   int           `json:"n,omitempty"`
	Code      job.Code      `json:"c,omitempty"`
}

func wire(e job.Event) wired {
	w := wired{
		Account: e.Account, Operation: e.Operation, Took: e.Took, Version: e.Version,
		Kind: e.Kind, From: e.From, To: e.To, Attempt: e.Attempt, Code: e.Code,
	}
	if !e.Job.IsZero() {
		w.Job = e.Job.In(job.UUID)
	}
	if !e.At.IsZero() {
		w.At = e.At.UnixMicro()
	}
	return w
}

func (w wired) event() (job.Event, error) {
	e := job.Event{
		Account: w.Account, Operation: w.Operation, Took: w.Took, Version: w.Version,
		Kind: w.Kind, From: w.From, To: w.To, Attempt: w.Attempt, Code: w.Code, Elsewhere: true,
	}
	if w.At != 0 {
		e.At = time.UnixMicro(w.At).UTC()
	}
	if w.Job == "" {
		return e, nil
	}
	id, _, err := job.ParseID(w.Job)
	if err != nil {
		return e, fmt.Errorf("read an event: %w", err)
	}
	e.Job = id
	return e, nil
}

// texts writes events into as few texts as they fit in.
func texts(node string, events []job.Event) ([]string, error) {
	const frame = 64 // bytes around the events, and more
	var all []string
	var some []wired
	size := frame + len(node)
	flush := func() error {
		text, err := json.Marshal(said{Node: node, Events: some})
		all, some, size = append(all, string(text)), nil, frame+len(node)
		return err
	}
	for _, e := range events {
		w := wire(e)
		one, err := json.Marshal(w)
		if err != nil {
			return nil, fmt.Errorf("write an event: %w", err)
		}
		if size+len(one)+1 > store.MaxSaid && len(some) > 0 {
			if err := flush(); err != nil {
				return nil, fmt.Errorf("write events: %w", err)
			}
		}
		some, size = append(some, w), size+len(one)+1
	}
	if len(some) == 0 {
		return all, nil
	}
	if err := flush(); err != nil {
		return nil, fmt.Errorf("write events: %w", err)
	}
	return all, nil
}
