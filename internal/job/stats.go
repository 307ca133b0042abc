package job

import (
	"math"
	"time"
)

// StatsBucket is the time over which moves of jobs are counted together.
const StatsBucket = 15 * time.Minute

// Moves counts what happened to jobs in some time.
type Moves struct {
	Submitted int64
	Completed int64
	Failed    int64
	Cancelled int64
	Ran       Spread // completed jobs, from their first claim to their end
	Waited    Spread // jobs that began, from their making to their first claim
}

// Node is one process that serves or works.
type Node struct {
	ID      string // as in leases; no other process ever has the same
	Host    string
	Role    string // "serve" or "worker"
	Version string
	Slots   int // jobs at the same time
	Started time.Time
	Seen    time.Time // when it last said that it is there
}

// Spread counts times by their class; NoClass is not in it.
type Spread map[int]int64

// NoClass is for a time that was not measured.
const NoClass = -1

// Classes are a quarter of a doubling wide, so a time that is told from its
// class is at most 9 % off. The first holds all below a millisecond.
const (
	classesPerDoubling = 4
	maxClass           = 127
)

// ClassOf is the class of a time.
func ClassOf(d time.Duration) int {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 1 {
		return 0
	}
	return min(1+int(classesPerDoubling*math.Log2(ms)), maxClass)
}

// middle is the time that stands for a class.
func middle(class int) time.Duration {
	if class == 0 {
		return time.Millisecond / 2
	}
	return time.Duration(math.Exp2((float64(class)-0.5)/classesPerDoubling) * float64(time.Millisecond))
}

// Add counts the times of another spread too.
func (s Spread) Add(more Spread) {
	for class, n := range more {
		s[class] += n
	}
}

// Quantile is the time that a share of all times does not exceed, between 0
// and 1; false when there are none.
func (s Spread) Quantile(share float64) (time.Duration, bool) {
	var total int64
	for _, n := range s {
		total += n
	}
	if total == 0 {
		return 0, false
	}
	rank := max(int64(math.Ceil(share*float64(total))), 1)
	for class := 0; class <= maxClass; class++ {
		if rank -= s[class]; rank <= 0 {
			return middle(class), true
		}
	}
	return middle(maxClass), true
}

// Add counts the moves of another time too.
func (m Moves) Add(more Moves) Moves {
	sum := Moves{
		Submitted: m.Submitted + more.Submitted, Completed: m.Completed + more.Completed, Failed: m.Failed + more.Failed, Cancelled: m.Cancelled + more.Cancelled,
		Ran: Spread{}, Waited: Spread{},
	}
	for _, part := range []Moves{m, more} {
		sum.Ran.Add(part.Ran)
		sum.Waited.Add(part.Waited)
	}
	return sum
}
