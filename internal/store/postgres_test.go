//go:build postgres

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// What only PostgreSQL can be asked; the tag postgres says that there is one.

func connect(t *testing.T, address string, o store.PostgresOptions) *store.Store {
	t.Helper()
	s, err := store.OpenPostgres(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Log("close the store:", err) // its connections may be gone
		}
	})
	return s
}

// A node whose clock is wrong neither takes what others hold nor keeps what it
// has lost: leases end by the database's clock. // design 4: leases
func TestLeasesEndByTheDatabasesClock(t *testing.T) {
	address := testkit.Database(t)
	s := connect(t, address, store.PostgresOptions{})
	wrong := time.Now().Add(-24 * time.Hour)
	testkit.Submit(t, s, "local", wrong)
	j := claim(t, s, "a", wrong.Add(time.Minute), 1)[0]
	ahead := &store.Reap{Now: time.Now().Add(48 * time.Hour), Budget: 10}
	if err := s.Write(t.Context(), ahead); err != nil || len(ahead.Waiting) != 0 {
		t.Errorf("a node whose clock is ahead took %v away, %v", ahead.Waiting, err)
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only read
	var left int64
	if err := db.QueryRowContext(t.Context(), `SELECT lease_until - (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM jobs`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left := time.Duration(left) * time.Microsecond; left < lease-10*time.Second || left > lease {
		t.Errorf("the lease ends in %v, want about %v", left, lease)
	}
	o := &store.Renew{Owner: "a", Now: wrong, Lease: -time.Second, Held: []store.Held{held(j)}}
	if err := s.Write(t.Context(), o); err != nil || len(o.Leased) != 1 {
		t.Errorf("renewed %v, %v", o.Leased, err)
	}
	behind := &store.Reap{Now: wrong, Budget: 10}
	if err := s.Write(t.Context(), behind); err != nil || len(behind.Waiting) != 1 {
		t.Errorf("a node whose clock is behind found %v lost, %v", behind.Waiting, err)
	}
	if d := time.Since(s.Now()).Abs(); d > time.Minute {
		t.Errorf("the database's clock differs from its own machine's by %v", d)
	}
}

// Who is not told whether a write was stored is told that; a worker that tries
// again is not refused what it has done itself. // design 6: COMMIT's result
func TestUnknownOutcome(t *testing.T) {
	address := testkit.Database(t)
	wire, through := testkit.NewWire(t, address)
	direct, s, at := connect(t, address, store.PostgresOptions{CallersClock: true}), connect(t, through, store.PostgresOptions{CallersClock: true}), testkit.Start()
	testkit.Submit(t, s, "local", at)
	j := claim(t, s, "a", at, 1)[0]
	saved := &store.Checkpoint{Held: held(j), Checkpoint: job.Checkpoint{Version: 1}, Blobs: []store.Blob{{Name: j.ID.Folder() + "/1/part", Data: []byte("part")}}}
	for _, write := range []struct {
		name string
		once func() error
	}{
		{"checkpoint", func() error { return s.Write(t.Context(), saved) }},
		{"finish", func() error { return finish(t, s, j, job.Completed, at) }},
	} {
		wire.Deafen()
		if err := write.once(); job.CodeOf(err) != job.Unavailable || !errors.Is(err, store.ErrAway) {
			t.Errorf("%s without an answer: %v", write.name, err)
		}
		wire.Hear()
		if write.name == "finish" && read(t, direct, j.ID).Status != job.Completed {
			t.Error("what was not answered was not stored, so this tests nothing")
		}
		if err := write.once(); err != nil {
			t.Errorf("%s again: %v", write.name, err)
		}
	}
	if got := read(t, direct, j.ID); got.Status != job.Completed || got.Attempt != 1 {
		t.Errorf("ended as %+v", got)
	}
	if n := total(t, direct, job.Completed); n != 1 {
		t.Errorf("%d completed jobs are counted", n)
	}
	wire.Cut()
	if err := s.Write(t.Context(), waits(t, "a", 10)); job.CodeOf(err) != job.Unavailable {
		t.Errorf("without the database: %v", err)
	}
	if _, err := s.Job(t.Context(), j.ID); job.CodeOf(err) != job.Unavailable {
		t.Errorf("read without the database: %v", err)
	}
	if err := wire.Mend(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), waits(t, "a", 10)); err != nil {
		t.Errorf("with the database again: %v", err)
	}
}

// A node that other ones are newer than says what to do.
func TestNewerDatabaseIsRefused(t *testing.T) {
	address := testkit.Database(t)
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only one row is written
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, true)`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenPostgres(t.Context(), address, store.PostgresOptions{}); err == nil || !strings.Contains(err.Error(), "start a newer Docket") {
		t.Errorf("opened: %v", err)
	}
}

// Many nodes may start at the same time on a database that has no tables yet.
func TestNodesMigrateOneAfterAnother(t *testing.T) {
	address := testkit.EmptyDatabase(t)
	errs := make(chan error)
	for range 4 {
		go func() {
			s, err := store.OpenPostgres(context.WithoutCancel(t.Context()), address, store.PostgresOptions{})
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// One node at a time does what is to be done alone; one that dies lets the next
// one begin.
func TestAlone(t *testing.T) {
	address := testkit.Database(t)
	a, b := connect(t, address, store.PostgresOptions{}), connect(t, address, store.PostgresOptions{})
	inside := errors.New("inside")
	done, err := a.Alone(t.Context(), "sweep", func() error {
		if done, err := b.Alone(t.Context(), "sweep", func() error { return nil }); done || err != nil {
			t.Errorf("two at the same time: %v, %v", done, err)
		}
		if done, err := b.Alone(t.Context(), "fold", func() error { return nil }); !done || err != nil {
			t.Errorf("something else: %v, %v", done, err)
		}
		return inside
	})
	if !done || !errors.Is(err, inside) {
		t.Errorf("done %v, %v", done, err)
	}
	if done, err := b.Alone(t.Context(), "sweep", func() error { return nil }); !done || err != nil {
		t.Errorf("after it: %v, %v", done, err)
	}
}
