package account

import "time"

// Act is one thing that somebody did and that may be asked about later.
type Act struct {
	ID      string // act_…
	At      time.Time
	Account string // whose things were touched
	By      string // account of the caller
	Key     string // id of the caller's key; empty in open mode and for the operator
	Address string // where the request came from; empty for the operator
	Action  Action
	Subject string // id of what it was done to
	Detail  string
}

// Action is what was done.
type Action string

// Acts that are kept.
const (
	KeyCreated     Action = "key.created"
	KeyRotated     Action = "key.rotated"
	KeyRevoked     Action = "key.revoked"
	KeyUsed        Action = "key.used" // once an hour for each address
	KeyRefused     Action = "key.refused"
	SessionOpened  Action = "session.opened"
	JobDeleted     Action = "job.deleted"
	JobRead        Action = "job.read"      // of another account, by an admin
	JobCancelled   Action = "job.cancelled" // of another account, by an admin
	JobsBulk       Action = "jobs.bulk"     // something was done to many at once
	WebhookDeleted Action = "webhook.deleted"
	ServerPaused   Action = "server.paused"
	ServerResumed  Action = "server.resumed"
	ServerBackedUp Action = "server.backed_up"
)

// ActFilter picks acts. Empty fields pick all.
type ActFilter struct {
	Account, Key  string
	Action        Action
	After, Before time.Time // [After, Before)
	Limit, Offset int
}
