package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"docket/internal/job"
)

// Record is everything that was seen in a run, by all who looked. The checker
// knows nothing else.
type Record struct {
	Submits  []Submit
	Seen     []Sighting
	Webhooks []Webhook
	Results  []Result
	Kept     []Document
	Answers  []Answer // that should not have been
	Lapses   []Lapse
	Troubles []Done
	Rows     Rows // of the database, when all was over
}

// Submit is a job that a client was told of with a 2xx.
type Submit struct {
	At   time.Time
	Key  string // the Idempotency-Key, which all tries of one job have
	Job  string // job_…
	Kind string
	Ends []job.Status // that are right
	Code job.Code     // why it fails, if it may
	// SHA256 is that of its document in hexadecimals; empty: it has none of its
	// own.
	SHA256 string
	// Cancelled says that a cancel was answered with 2xx before the job's end.
	Cancelled bool
}

// Sighting is one answer to one who asked for a job.
type Sighting struct {
	Asked, At time.Time
	By        string // poll, list, or the name of a stream
	Job       string
	Code      int        // of HTTP, when it is not 200
	Status    job.Status // empty when there is a code
	Version   int64      // 0: not told
}

// Webhook is a message that was received.
type Webhook struct {
	At       time.Time
	ID       string // webhook-id
	Job      string
	Sequence int64
	Status   job.Status
	Forged   string // why its signature does not hold; empty: it does
}

// Result is what a client was given as a job's result.
type Result struct {
	Job   string
	Wrong string // what is wrong with it; empty: it is right
}

// Document is what a client was given, when all was over, as the document that
// it had handed in.
type Document struct {
	Job    string
	SHA256 string // hexadecimal
	Err    string // why there is none
}

// Answer is a refusal that no trouble explains.
type Answer struct {
	At   time.Time
	To   string // what was asked
	Code int
	Said string
}

// Lapse is a lease that had ended when the database was looked at.
type Lapse struct {
	At  time.Time
	Job string
	For time.Duration // since its end
}

// Done is a trouble that was made.
type Done struct {
	Trouble
	From, To time.Time
	Err      string // that it could not be made
}

// Rows are what the database has.
type Rows struct {
	Jobs       []JobRow
	Events     []EventRow
	Deliveries []DeliveryRow
	Counted    map[job.Status]int64 // what lists say that there is
}

// JobRow is a row of jobs.
type JobRow struct {
	Job     string
	Status  job.Status
	Attempt int
	Held    bool // it has a lease, or waits for a worker
}

// EventRow is a row of events.
type EventRow struct {
	Job     string
	Version int64
	At      time.Time
	Kind    job.EventKind
	From    job.Status
	To      job.Status
	Attempt int
	Code    job.Code
}

// DeliveryRow is a row of deliveries.
type DeliveryRow struct {
	ID       string
	Job      string
	Sequence int64
	Status   job.DeliveryStatus
}

// recorder takes what many see at the same time.
type recorder struct {
	mu     sync.Mutex
	record Record
}

func (r *recorder) note(add func(*Record)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	add(&r.record)
}

// acknowledged is how many jobs clients were told of.
func (r *Record) acknowledged() int {
	jobs := map[string]bool{}
	for _, s := range r.Submits {
		jobs[s.Job] = true
	}
	return len(jobs)
}

// sizes says how much there is of everything.
func (r *Record) sizes() string {
	return fmt.Sprintf("%d jobs, acknowledged %d times, %d sightings, %d webhooks, %d results, %d documents, %d events", r.acknowledged(), len(r.Submits), len(r.Seen), len(r.Webhooks), len(r.Results), len(r.Kept), len(r.Rows.Events))
}

// write keeps the record in a folder, a file for each kind, a line of JSON for
// each entry.
func (r *Record) write(folder string) error {
	return errors.Join(
		lines(folder, "submits", r.Submits), lines(folder, "seen", r.Seen), lines(folder, "webhooks", r.Webhooks), lines(folder, "results", r.Results),
		lines(folder, "documents", r.Kept), lines(folder, "answers", r.Answers),
		lines(folder, "lapses", r.Lapses), lines(folder, "troubles", r.Troubles),
		lines(folder, "jobs", r.Rows.Jobs), lines(folder, "events", r.Rows.Events), lines(folder, "deliveries", r.Rows.Deliveries),
	)
}

func lines[T any](folder, name string, entries []T) (err error) {
	f, err := os.Create(filepath.Join(folder, name+".jsonl"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	to := json.NewEncoder(f)
	for _, e := range entries {
		if err := to.Encode(e); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
