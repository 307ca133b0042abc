package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func everywhere() World {
	return World{
		killNode: 4, stopNode: 4, stallNode: 4, cutWire: 4, hangWire: 4, deafWire: 4,
		killDatabase: 1, stopDatabase: 1, fillDisk: 1,
		killBucket: 1, cutBucket: 4, hangBucket: 4, busyBucket: 1, slowBucket: 1, muteBucket: 1,
	}
}

// A seed makes one plan, whose troubles have targets, do not overlap on one of
// them, and are over before the end.
func TestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		world := World{}
		for _, kind := range kinds(everywhere()) {
			world[kind] = rapid.IntRange(0, 3).Draw(t, string(kind))
		}
		length := time.Duration(rapid.Int64Range(0, int64(10*time.Minute)).Draw(t, "length"))
		p := pace{every: time.Second, least: 100 * time.Millisecond, most: 20 * time.Second}
		plan := Plan(seed, world, length, p)
		if diff := cmp.Diff(plan, Plan(seed, world, length, p)); diff != "" {
			t.Fatalf("another plan of the same seed: %s", diff)
		}
		busy := map[string]time.Duration{}
		before := time.Duration(0)
		for _, one := range plan {
			switch {
			case one.At < before || one.At < busy[one.what()]:
				t.Errorf("%v begins before the end of the one before", one)
			case one.Target < 0 || one.Target >= world[one.Kind]:
				t.Errorf("%v has no such target", one)
			case one.For < p.least || one.For > p.most || one.At+one.For > length:
				t.Errorf("%v does not end in time", one)
			}
			before, busy[one.what()] = one.At, one.At+one.For
		}
	})
}

func TestPlanHasEveryKind(t *testing.T) {
	seen := map[Kind]bool{}
	for _, one := range Plan(1, everywhere(), 5*time.Minute, pace{every: 2 * time.Second, least: time.Second, most: 20 * time.Second}) {
		seen[one.Kind] = true
	}
	for kind := range everywhere() {
		if !seen[kind] {
			t.Errorf("nothing has %s", kind)
		}
	}
	if diff := cmp.Diff(Plan(1, everywhere(), time.Minute, pace{every: time.Second, most: time.Second}), Plan(2, everywhere(), time.Minute, pace{every: time.Second, most: time.Second})); diff == "" {
		t.Error("two seeds make the same plan")
	}
}
