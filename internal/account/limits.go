package account

import "cmp"

// Limits are what a key may do in a minute, and how much its account may have
// waiting. Zero means the server's own. // contract A10, J29
type Limits struct {
	Reads   int `json:"reads,omitempty"`   // reads of one job a minute
	Batches int `json:"batches,omitempty"` // reads of many jobs a minute
	Lists   int `json:"lists,omitempty"`   // lists a minute
	Waiting int `json:"waiting,omitempty"` // jobs that wait for a worker
}

// Or gives the limits with the defaults in the places that are zero.
func (l Limits) Or(defaults Limits) Limits {
	return Limits{
		Reads:   cmp.Or(l.Reads, defaults.Reads),
		Batches: cmp.Or(l.Batches, defaults.Batches),
		Lists:   cmp.Or(l.Lists, defaults.Lists),
		Waiting: cmp.Or(l.Waiting, defaults.Waiting),
	}
}

// Class says together with what a request is counted.
type Class int

// Classes of requests; each has a window of its own.
const (
	Reads Class = iota
	Batches
	Lists
)

// String is the name of the class in headers.
func (c Class) String() string { return [...]string{"reads", "batches", "lists"}[c] }

// Of is how many requests of the class the key may make in a window.
func (l Limits) Of(c Class) int { return [...]int{l.Reads, l.Batches, l.Lists}[c] }
