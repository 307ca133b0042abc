package testkit

import (
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// Store opens a database in a folder of the test's own.
func Store(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

// Submit stores a queued job of the account, as made at the time given, or
// fails the test.
func Submit(t testing.TB, s *store.Store, account string, at time.Time) job.Job {
	t.Helper()
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	spec := job.Spec{Account: account, Operation: job.Parse, Spelling: job.TypeID, Route: "/jobs", Tags: []string{"a", "b"}}
	j, e := spec.New(id, []job.Input{{Name: "a.pdf", SHA256: "00", File: job.File{Name: "input-0", Blob: "b", Size: 1, Inline: true}}}, at)
	if err := s.Write(t.Context(), &store.Submit{Job: j, Events: []job.Event{e}}); err != nil {
		t.Fatal(err)
	}
	return j
}

// Start is when tests begin, on clocks of their own.
func Start() time.Time { return time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC) }
