package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Kind is what is done to a cluster.
type Kind string

// Troubles. Each lasts for a while and is then over: what was killed is
// started, what was cut is mended.
const (
	killNode     Kind = "kill -9 of a node"
	killIdle     Kind = "kill -9 of a node that sends no message" // which would wait for a minute
	stopNode     Kind = "SIGTERM to a node"
	stallNode    Kind = "SIGSTOP to a node"
	cutWire      Kind = "network cut"
	hangWire     Kind = "network hangs"
	deafWire     Kind = "answers to COMMIT lost"
	killDatabase Kind = "kill -9 of PostgreSQL"
	stopDatabase Kind = "immediate stop of PostgreSQL"
	fillDisk     Kind = "disk full"
	killBucket   Kind = "kill -9 of the S3 server"
	cutBucket    Kind = "network to S3 cut"
	hangBucket   Kind = "network to S3 hangs"
	busyBucket   Kind = "S3 answers 503"
	slowBucket   Kind = "S3 is slow"
	muteBucket   Kind = "answers of S3 to writes lost"
)

// Trouble is one thing that goes wrong.
type Trouble struct {
	Kind   Kind
	Target int // which node or wire; 0 where there is one
	At     time.Duration
	After  int // so many acknowledged jobs, if not at a time
	For    time.Duration
}

func (t Trouble) String() string {
	if t.After > 0 {
		return fmt.Sprintf("%s %d after %d acknowledged jobs for %v", t.Kind, t.Target, t.After, t.For)
	}
	return fmt.Sprintf("%s %d at %v for %v", t.Kind, t.Target, t.At.Round(time.Millisecond), t.For.Round(time.Millisecond))
}

// World is what there is to be troubled: how many targets of each kind.
type World map[Kind]int

// soleMost is how long a trouble lasts at most that is everybody's.
const soleMost = 10 * time.Second

// pace is how often something goes wrong, and for how long.
type pace struct {
	every time.Duration // on average
	least time.Duration // that a trouble lasts
	most  time.Duration
}

// Plan makes the troubles of a run of a length. The same seed makes the same
// plan; every trouble is over before the end; no target has two at the same
// time; every kind comes before one comes again.
func Plan(seed uint64, world World, length time.Duration, p pace) []Trouble {
	random := rand.New(rand.NewPCG(seed, 1))
	var (
		plan []Trouble
		hand []Kind
		busy = map[string]time.Duration{} // until when, by target
	)
	for at := p.every / 2; ; at += time.Duration(float64(p.every) * (0.25 + 1.5*random.Float64())) {
		if len(hand) == 0 {
			if hand = kinds(world); len(hand) == 0 {
				return nil
			}
			random.Shuffle(len(hand), func(i, j int) { hand[i], hand[j] = hand[j], hand[i] })
		}
		t := Trouble{Kind: hand[0], Target: random.IntN(world[hand[0]]), At: at}
		// Mostly short, and shorter where nothing goes on meanwhile.
		most := p.most
		if world[t.Kind] == 1 {
			most = min(most, soleMost)
		}
		t.For = p.least + time.Duration(random.Float64()*random.Float64()*float64(most-p.least))
		for busy[t.what()] > t.At {
			t.At = busy[t.what()]
		}
		hand, at = hand[1:], t.At
		if t.At+t.For > length {
			return plan
		}
		busy[t.what()] = t.At + t.For + p.least
		plan = append(plan, t)
	}
}

// kinds are those that the world has, in a fixed order.
func kinds(world World) []Kind {
	var all []Kind
	for kind, n := range world {
		if n > 0 {
			all = append(all, kind)
		}
	}
	slices.Sort(all)
	return all
}

// what names what the trouble happens to.
func (t Trouble) what() string {
	switch t.Kind {
	case killNode, killIdle, stopNode, stallNode:
		return fmt.Sprint("node ", t.Target)
	case cutWire, hangWire, deafWire:
		return fmt.Sprint("wire ", t.Target)
	case killDatabase, stopDatabase:
		return "database"
	case cutBucket, hangBucket:
		return fmt.Sprint("wire to S3 ", t.Target)
	case killBucket:
		return "S3 server"
	case busyBucket, slowBucket, muteBucket:
		return "front of S3"
	case fillDisk:
	}
	return "disk"
}
