// Package harness measures rows: the same work done by ours and by others, in
// turn, several times, so that what else the machine does hits all of them.
package harness

import (
	"context"
	"time"
)

// Row is one line of the report: one kind of work, and who does it.
type Row struct {
	Name  string // short, of small letters, digits and hyphens: names files too
	Group string // the heading under which it stands
	Title string // what is done, in a few words
	Unit  string // of the figures, such as "requests/s"
	Aim   Aim
	// Big rows take minutes and gigabytes, and run only when they are asked for.
	Big bool
	// Rounds is how often each contestant runs; 0: as usual; 1: it can be
	// measured once only.
	Rounds int
	// Note says what a reader must know to judge the figures.
	Note string
	// Contestants are ours, the yardstick, and others. A row with a figure
	// alone has only ours.
	Contestants []Contestant
}

// Contestant does a row's work.
type Contestant struct {
	Name string
	// Start makes it ready. Every contestant of a row is started before the
	// first round, and all stay until the last.
	Start func(ctx context.Context, env *Env) (*Running, error)
}

// Running is a contestant that is ready.
type Running struct {
	// Round does the work once.
	Round func(ctx context.Context) (Round, error)
	// Stop ends it and removes what it has made; nil: there is nothing to do.
	Stop func() error
	// Versions are of what takes part besides, such as a database.
	Versions map[string]string
}

// Round is what one round has found.
type Round struct {
	Figure float64 `json:"figure"` // in the row's unit
	// CPU is processor time of the contestant for one unit of its work, which
	// says more than the figure when others use the machine; 0: not measured.
	CPU time.Duration `json:"cpu_ns,omitempty"`
	// More are figures besides, by their name and unit, such as "p99 ms".
	More map[string]float64 `json:"more,omitempty"`
}

// AimKind is what an aim is about.
type AimKind string

// What an aim is about. A ratio is our figure through the yardstick's.
const (
	NoAim        AimKind = ""
	RatioAtLeast AimKind = "ratio at least"
	RatioAtMost  AimKind = "ratio at most"
	AtLeast      AimKind = "at least"
	AtMost       AimKind = "at most"
)

// Aim is what a row should reach.
type Aim struct {
	Kind  AimKind `json:"kind,omitempty"`
	Value float64 `json:"value,omitempty"`
}

// Of says whether the aim is about the ratio.
func (a Aim) ofRatio() bool { return a.Kind == RatioAtLeast || a.Kind == RatioAtMost }

// reached says whether a figure, or a ratio, is what the aim asks for.
func (a Aim) reached(value float64) bool {
	switch a.Kind {
	case RatioAtLeast, AtLeast:
		return value >= a.Value
	case RatioAtMost, AtMost:
		return value <= a.Value
	}
	return true
}
