package api

import (
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/testkit"
)

func TestCursor(t *testing.T) {
	at := testkit.Start()
	version := func(n byte, v int64, after time.Duration) job.Job {
		return job.Job{ID: job.ID{8: n}, Version: v, UpdatedAt: at.Add(after)}
	}
	c := cursor{from: at}
	for n := range byte(maxSeen + 3) {
		c = c.passed(version(n, 1, time.Second))
		c = c.passed(version(n, 5, time.Second)) // takes the place of the one before
	}
	if !c.from.Equal(at) {
		t.Errorf("begins at %v", c.from)
	}
	again, ok := parseCursor(c.String())
	if !ok || !again.from.Equal(at) {
		t.Fatalf("%v, %v", again, ok)
	}
	for n := range byte(maxSeen + 3) {
		if got, want := again.has(version(n, 5, 0)), n >= 3; got != want {
			t.Errorf("has version 5 of job %d: %v", n, got)
		}
		if again.has(version(n, 1, 0)) || again.has(version(n, 6, 0)) {
			t.Errorf("has another version of job %d", n)
		}
	}
	// It goes on from there, and holds no more than it did.
	again = again.passed(version(100, 1, time.Minute))
	if want := at.Add(time.Minute - overlap); !again.from.Equal(want) || len(again.seen) != maxSeen || !again.has(version(100, 1, 0)) {
		t.Errorf("%+v", again)
	}
	if later := again.passed(version(101, 1, 0)); !later.from.Equal(again.from) {
		t.Error("a change of an earlier time takes it back")
	}
	for _, wrong := range []string{"", "x", "AAAA", "1705314600", again.String() + "AAAAAAAAAAA"} {
		if _, ok := parseCursor(wrong); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}
