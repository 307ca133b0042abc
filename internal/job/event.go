package job

import "time"

// EventKind says what an event tells of.
type EventKind string

// Kinds of events.
const (
	EventCreated EventKind = "job.created"
	EventStatus  EventKind = "job.status_changed"
	EventAttempt EventKind = "job.attempt" // another worker goes on with it, or will try again
	EventDeleted EventKind = "job.deleted"

	// EventDelivery says that there is a message to send that tells of no job.
	EventDelivery EventKind = "delivery"

	// These are told inside the server and never stored.
	EventCancelRequested EventKind = "job.cancel_requested"
	EventProgress        EventKind = "job.progress"
	EventExpired         EventKind = "job.expired" // it was removed at its time
	EventSettings        EventKind = "settings"    // keys, or what is paused, have changed
)

// Event is one thing that happened to a job, numbered by the job's version.
type Event struct {
	Job       ID
	Account   string // whose job it is; told, not stored, like the next two
	Operation Operation
	Took      time.Duration // how long the job was in the state that it left; 0 when that is not known
	Version   int64
	At        time.Time
	Kind      EventKind
	From      Status // empty at creation
	To        Status
	Attempt   int
	Code      Code // why, where there is a reason
	// Elsewhere says that it happened on another node; told, not stored.
	Elsewhere bool
}
