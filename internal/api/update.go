package api

import (
	"time"

	"docket/internal/job"
)

// update is one frame of a stream: a job as it is, or one past change of its
// status. // contract A8, J2
type update struct {
	JobID          string            `json:"job_id"`
	AliasID        string            `json:"alias_id"`
	Status         string            `json:"status"`
	PreviousStatus string            `json:"previous_status,omitempty"` // when this tells of a change
	Operation      string            `json:"operation,omitempty"`
	Progress       *job.Progress     `json:"progress,omitempty"` // absent in past changes
	Details        *job.ErrorDetails `json:"error_details,omitempty"`
	Version        int64             `json:"version"`
	Timestamp      string            `json:"timestamp"`
}

func updateOf(j job.Job, spelling job.Spelling) update {
	v := j.View(spelling, job.JobsWords)
	return update{
		JobID: v.JobID, AliasID: v.AliasID, Status: v.Status, Operation: v.Operation,
		Progress: &v.Progress.Progress, Details: v.ErrorDetails, Version: j.Version, Timestamp: v.UpdatedAt,
	}
}

// final says that nothing comes after this.
func (u update) final() bool { return job.Status(u.Status).Final() }

// follower knows what the reader of one job's stream has been told, and finds
// what is new: every change of the status once, and of everything else the
// newest state.
type follower struct {
	id       job.ID
	spelling job.Spelling
	last     update // its version is 0 before the snapshot
}

func follow(j job.Job) follower {
	return follower{id: j.ID, spelling: j.Spelling, last: update{Operation: string(j.Operation)}}
}

// resume says that the reader has everything up to a version.
func (f *follower) resume(version int64, events []job.Event) {
	f.last.Version = version
	for _, e := range events {
		if e.Version <= version {
			f.last.Status = e.To.In(job.JobsWords)
		}
	}
}

// news reads the job and gives what to tell of it. A job that is not there any
// more was deleted, which ends its stream too.
func (f *follower) news(read *reading) ([]update, error) {
	j, gone, err := read.state()
	switch {
	case err != nil:
		return nil, err
	case gone:
		return []update{f.gone(time.Now())}, nil
	}
	now := updateOf(j, f.spelling)
	if now.Version <= f.last.Version {
		return nil, nil
	}
	var told []update
	switch {
	case f.last.Version == 0:
		told = []update{now}
	case now.Status != f.last.Status:
		past, err := read.history()
		if err != nil {
			return nil, err
		}
		// The history may be gone already, when the job was deleted in between.
		if told = f.changes(now, past); len(told) == 0 {
			first := now
			first.PreviousStatus = f.last.Status
			told = append(told, first)
		} else if told[len(told)-1].Version < now.Version {
			told = append(told, now)
		}
	case f.last.Progress == nil || *f.last.Progress != *now.Progress:
		told = []update{now}
	}
	f.last = now
	return told, nil
}

// changes are those of the status that the reader has not seen. Other words
// for the same state are no change. // contract J24
func (f *follower) changes(now update, events []job.Event) []update {
	var told []update
	before := f.last.Status
	for _, e := range events {
		word := e.To.In(job.JobsWords)
		if e.Version <= f.last.Version || e.Version > now.Version || word == before {
			continue
		}
		u := update{JobID: now.JobID, AliasID: now.AliasID, Operation: now.Operation, Status: word, Version: e.Version, Timestamp: e.At.Format(job.Seconds)}
		if e.Version == now.Version {
			u = now
		}
		u.PreviousStatus, before = before, word
		told = append(told, u)
	}
	return told
}

// gone is what to tell when the job was deleted: for its readers it ends
// cancelled. // contract J22
func (f *follower) gone(at time.Time) update {
	u := updateOf(job.Job{ID: f.id, Operation: job.Operation(f.last.Operation), Status: job.Cancelled, Version: f.last.Version + 1, UpdatedAt: at}, f.spelling)
	u.PreviousStatus, u.Progress = f.last.Status, f.last.Progress
	f.last = u
	return u
}
