package store

import (
	"encoding/json"
	"fmt"

	"docket/internal/job"
)

// Blob is small named bytes that are written with the row that names them.
type Blob struct {
	Name string
	Data []byte
}

// Submit stores a new job with the event of its making and its small inputs.
type Submit struct {
	Job   job.Job
	Event job.Event
	Blobs []Blob
	Trace string // W3C traceparent, or empty
}

func (Submit) work() bool { return false }

func (o *Submit) apply(t *txn) error {
	j := o.Job
	inputs, err := json.Marshal(j.Inputs)
	if err != nil {
		return fmt.Errorf("encode inputs: %w", err)
	}
	progress, err := json.Marshal(j.Progress)
	if err != nil {
		return fmt.Errorf("encode progress: %w", err)
	}
	tags, err := text(j.Tags, len(j.Tags) == 0)
	if err != nil {
		return err
	}
	var runAt, trace any
	if j.Status == job.Queued {
		runAt = j.CreatedAt.UnixMicro()
	}
	if o.Trace != "" {
		trace = o.Trace
	}
	if _, err := t.exec(insertJob, j.ID[:], j.Account, j.Spelling, j.Route, j.Operation, j.Status, j.Version,
		micros(j.CreatedAt), micros(j.UpdatedAt), runAt, optionalID(j.Batch), optionalID(j.Parent), optionalID(j.Original),
		raw(j.Parameters), raw(j.Metadata), tags, string(inputs), string(progress), trace); err != nil {
		return fmt.Errorf("insert job %s: %w", j.ID, err)
	}
	for _, tag := range j.Tags {
		if _, err := t.exec(`INSERT INTO tags (account, tag, job_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, j.Account, tag, j.ID[:]); err != nil {
			return fmt.Errorf("insert tag of job %s: %w", j.ID, err)
		}
	}
	if err := insertBlobs(t, o.Blobs); err != nil {
		return err
	}
	return insertEvent(t, o.Event)
}

func insertBlobs(t *txn, blobs []Blob) error {
	for _, b := range blobs {
		if _, err := t.exec(`INSERT INTO blobs (name, data) VALUES ($1, $2)`, b.Name, b.Data); err != nil {
			return fmt.Errorf("insert blob %s: %w", b.Name, err)
		}
	}
	return nil
}

func insertEvent(t *txn, e job.Event) error {
	if _, err := t.exec(`INSERT INTO events (job_id, version, at, kind, from_status, to_status, attempt, code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Job[:], e.Version, micros(e.At), e.Kind, e.From, e.To, e.Attempt, e.Code); err != nil {
		return fmt.Errorf("insert event %d of job %s: %w", e.Version, e.Job, err)
	}
	return nil
}
