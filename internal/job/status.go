package job

import "time"

// Status is where a job is in its life.
type Status string

// awaiting_upload → queued → processing → completed | failed | cancelled.
const (
	AwaitingUpload Status = "awaiting_upload"
	Queued         Status = "queued"
	Processing     Status = "processing"
	Completed      Status = "completed"
	Failed         Status = "failed"
	Cancelled      Status = "cancelled"
)

// Final says that a job in this state will never change again.
func (s Status) Final() bool { return s == Completed || s == Failed || s == Cancelled }

// CanMove says whether a job may go from one state to another. A job that is
// taken over by another worker stays in processing, which is no move.
//
// queued → completed is the short cut of reuse (contract J12); queued → failed
// that of faults found at once (contract J9) and of inputs that never came.
func CanMove(from, to Status) bool {
	switch from {
	case AwaitingUpload:
		return to == Queued || to == Failed || to == Cancelled
	case Queued:
		return to == Processing || to == Completed || to == Failed || to == Cancelled
	case Processing:
		return to.Final()
	case Completed, Failed, Cancelled:
	}
	return false
}

// Move gives the job as it is after it went to another state, and the event
// that tells of it. The job it is called on does not change. The error is of
// code Internal: who asks for an illegal move has a fault in the program.
func (j Job) Move(to Status, at time.Time) (Job, Event, error) {
	if !CanMove(j.Status, to) {
		return j, Event{}, Errorf(Internal, nil, "job %s cannot go from %s to %s", j.ID, j.Status, to)
	}
	e := Event{Job: j.ID, Account: j.Account, Version: j.Version + 1, At: at, Operation: j.Operation, Took: at.Sub(j.since()), Kind: EventStatus, From: j.Status, To: to, Attempt: j.Attempt}
	j.Status = to
	j.Version++
	j.UpdatedAt = at
	switch {
	case to == Processing:
		j.StartedAt = at
	case to.Final():
		j.FinishedAt = at
		if to == Completed {
			j.Progress = j.Progress.done()
		}
		if j.Failure != nil {
			e.Code = j.Failure.Code
		}
	}
	return j, e, nil
}

// since is when the job came into its state: to a worker first, when it runs.
func (j Job) since() time.Time {
	if j.Status == Processing && !j.StartedAt.IsZero() {
		return j.StartedAt
	}
	return j.CreatedAt
}
