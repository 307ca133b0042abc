package job

import (
	"bytes"
	"cmp"
	"time"
)

// Filter picks jobs of an account; what is empty does not narrow it. Jobs come
// newest first by creation, then by id. // contract A5, J20
type Filter struct {
	Account    string
	Statuses   []Status
	Operations []Operation
	After      time.Time // created after it, not at it
	Before     time.Time // created before it, not at it
	Tags       []string  // all of which the job carries
	Batch      BatchID
	IDs        []ID   // one of which the job has
	Words      []Word // all of which are found in the job
	Oldest     bool   // first
	Past       Mark   // only jobs behind it, in the order of their making; zero: all

	Now    time.Time // jobs that have expired by then do not count; zero: all do
	Limit  int
	Offset int
}

// Mark is a place between jobs in the order of their making: behind one job.
type Mark struct {
	At time.Time `json:"at"`
	ID ID        `json:"id"`
}

// Compare orders marks as jobs are, oldest first.
func (m Mark) Compare(other Mark) int {
	return cmp.Or(m.At.Compare(other.At), bytes.Compare(m.ID[:], other.ID[:]))
}
