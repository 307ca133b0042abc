package testkit

import (
	"context"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// Store opens a database of the test's own: on PostgreSQL where the run has a
// server, otherwise on SQLite in a folder.
func Store(t testing.TB) *store.Store {
	t.Helper()
	return OpenStore(t, NewPlace(t))
}

// tester is a test, or one try of a property.
type tester interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	Fatal(...any)
	Errorf(string, ...any)
}

// OpenStore opens the store of a place until the end of the test.
func OpenStore(t tester, p Place) *store.Store {
	t.Helper()
	s, err := p.Open(t.Context())
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
