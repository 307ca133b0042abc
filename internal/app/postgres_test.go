//go:build postgres

package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"docket/internal/testkit"
)

// These tests are of many servers on one PostgreSQL, and of its absence; the
// tag postgres says that there is one.

// sharing makes the data folder of one more node of the same database, which
// has the same documents.
func sharing(t *testing.T, first string) string {
	t.Helper()
	data := t.TempDir()
	address, err := os.ReadFile(filepath.Join(first, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(filepath.Join(data, databaseFile), address, 0o600), os.MkdirAll(filepath.Join(first, "blobs"), 0o700))
	for _, name := range []string{"cache", "blobs"} {
		err = errors.Join(err, os.Symlink(filepath.Join(first, name), filepath.Join(data, name)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A job that one node takes runs on another, and each of them tells of it. When
// the node is killed, the next one goes on once its lease has ended; a node
// that starts takes nothing away. // design 4: leases
func TestJobsOfManyNodes(t *testing.T) {
	data := dataFolder(t)
	front := serve(t, data, "--workers", "0")
	back := serve(t, sharing(t, data), "--workers", "1")
	for i := range 5 {
		front.submit(fmt.Sprintf("%d.pdf", i), testkit.PDF("One."))
	}
	id := front.submit("a.pdf", testkit.PDF("Shared."))
	front.wait(id)
	for _, s := range []*server{front, back} {
		if a := s.get("/jobs/" + id + "/result"); a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), "Shared.") {
			t.Errorf("the result is %d %s", a.StatusCode, a.body)
		}
	}
	long := front.submit("long.pdf", testkit.LongPDF(1500))
	for front.get("/jobs/" + long).json(t)["status"] != "processing" {
		front.pause()
	}
	other := serve(t, sharing(t, data), "--workers", "1")
	other.wait(front.submit("b.pdf", testkit.PDF("Two.")))
	if v := front.get("/jobs/" + long).json(t); v["attempt"] != 1.0 {
		t.Errorf("a node that started took a job away: %v", v)
	}
	back.kill()
	if v := front.wait(long); v["status"] != "completed" || v["attempt"] != 2.0 {
		t.Errorf("ended as %v", v)
	}
	endsOnce(t, data, 8)
}

// What is changed of keys and pauses on one node holds on the others within
// seconds.
func TestKeysAndPausesOfManyNodes(t *testing.T) {
	data := dataFolder(t)
	a := serve(t, data, "--workers", "0")
	b := serve(t, sharing(t, data), "--workers", "0")
	docket(t, "pause", "--data", data)
	for b.get("/readyz").StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(b.get("/readyz").body), "paused") {
		b.pause()
	}
	docket(t, "resume", "--data", data)
	for b.get("/readyz").StatusCode != http.StatusOK {
		b.pause()
	}
	_, key := newKey(t, data, "acme", "read,write")
	for b.get("/jobs").StatusCode != http.StatusUnauthorized {
		b.pause()
	}
	for _, s := range []*server{a.as(key), b.as(key)} {
		if got := s.get("/jobs"); got.StatusCode != http.StatusOK {
			t.Errorf("with the key: %d %s", got.StatusCode, got.body)
		}
	}
}

// While the database is away every route says so in its dialect, no job moves,
// and all goes on when it is back. // contract J10
func TestDatabaseIsAway(t *testing.T) {
	data := dataFolder(t)
	wire := cutInto(t, data)
	s := serve(t, data, "--workers", "1")
	done := s.submit("a.pdf", testkit.PDF("One."))
	s.wait(done)
	running := s.submit("long.pdf", testkit.LongPDF(1500))
	for s.get("/jobs/" + running).json(t)["status"] != "processing" {
		s.pause()
	}
	wire.Cut()
	pdf := string(testkit.PDF("x"))
	for path, answers := range map[string]func() answer{
		"POST /jobs": func() answer {
			return s.post("/jobs", part{name: "operation", content: "parse"}, part{"file", "a.pdf", pdf})
		},
		"POST /parse":      func() answer { return s.post("/parse", part{"file", "a.pdf", pdf}) },
		"GET /v1/api/jobs": func() answer { return s.get("/v1/api/jobs") },
		"GET /jobs":        func() answer { return s.get("/jobs") },
		"GET /jobs/{id}/events": func() answer {
			return s.get("/jobs/" + done + "/events")
		},
	} {
		if a := answers(); a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s answers %d %s", path, a.StatusCode, a.body)
		}
	}
	for s.get("/readyz").StatusCode != http.StatusServiceUnavailable {
		s.pause()
	}
	if a := s.get("/healthz"); a.StatusCode != http.StatusOK {
		t.Errorf("/healthz answers %d", a.StatusCode)
	}
	time.AfterFunc(5*time.Second, func() {
		if err := wire.Mend(); err != nil {
			t.Error(err)
		}
	})
	for s.get("/readyz").StatusCode != http.StatusOK {
		s.pause()
	}
	if took := wire.SinceMended(); took > 30*time.Second {
		t.Errorf("the server needed %v after the database was back", took)
	}
	if v := s.wait(running); v["status"] != "completed" || v["attempt"] != 1.0 {
		t.Errorf("the job that ran meanwhile: %v", v)
	}
	s.wait(s.submit("b.pdf", testkit.PDF("Two.")))
	endsOnce(t, data, 3)
}

// A database that takes requests and answers none keeps a server that is told
// to end no longer than TestEndIsBounded says: it ends while the database hangs.
func TestDatabaseIsAwayAtTheEnd(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	wire := cutInto(t, data)
	s := serve(t, data, "--workers", "1")
	id := s.submit("long.pdf", testkit.LongPDF(1500))
	s.await("it runs", func() bool {
		return at(s.get("/jobs/"+id).json(t), "progress", "pages_completed").(float64) > 20
	})
	wire.Hang()
	s.stop()
	if said := s.stderr.String(); !strings.Contains(said, "ended without closing the database") {
		t.Errorf("it says %s", said)
	}
}

// cutInto lets the servers of a data folder reach their database through a
// wire that can be cut.
func cutInto(t *testing.T, data string) *testkit.Wire {
	t.Helper()
	file := filepath.Join(data, databaseFile)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w, address := testkit.NewWire(t, string(b))
	if err := os.WriteFile(file, []byte(address), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}
