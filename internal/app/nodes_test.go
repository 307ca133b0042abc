//go:build postgres

package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/testkit"
)

// nodes share a database and a folder of blobs.
type nodes struct {
	t       *testing.T
	address string // of the database
	blobs   string
}

// newNodes is only for PostgreSQL: on SQLite there is one node.
func newNodes(t *testing.T) *nodes {
	t.Helper()
	return &nodes{t: t, address: testkit.Database(t), blobs: t.TempDir()}
}

// folder is a node's own.
func (n *nodes) folder() string {
	n.t.Helper()
	data := engineFolderIn(n.t)
	if err := os.WriteFile(filepath.Join(data, databaseFile), []byte(n.address), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return data
}

// serve starts a node with an API.
func (n *nodes) serve(flags ...string) *server {
	n.t.Helper()
	return serve(n.t, n.folder(), append([]string{"--blobs", n.blobs}, flags...)...)
}

// worker starts a node without one.
func (n *nodes) worker(of *server, flags ...string) *server {
	n.t.Helper()
	s := start(n.t, n.folder(), append([]string{"worker", "--blobs", n.blobs, "--public-url", of.url, "--workers", "2"}, flags...)...)
	s.said(`Docket (works) with`)
	return s
}

// What is done on one node is seen on the others: two with an API and no
// workers, and one that only works.
func TestNodesAreOneServer(t *testing.T) {
	n := newNodes(t)
	a := n.serve("--workers", "0")
	b := n.serve("--workers", "0", "--public-url", a.url)
	n.worker(a)

	id := a.submit("a.pdf", testkit.PDF("from a to b"))
	w := b.watch(id)
	frames, end := w.rest()
	if len(frames) == 0 || frames[len(frames)-1].Status != "completed" || end.Code != 1000 {
		t.Fatalf("watched on the other node: %v, %v", frames, end)
	}
	if v := a.get("/jobs/" + id + "/result?format=txt"); v.StatusCode != http.StatusOK || len(v.body) == 0 {
		t.Errorf("result: %d %s", v.StatusCode, v.body)
	}

	if here, there := a.get("/metrics").body, b.get("/metrics").body; !bytes.Contains(here, []byte(`to="queued"`)) || bytes.Contains(there, []byte(`to="queued"`)) {
		t.Error("the submit is not counted on the node that took it alone")
	}

	for range 2 { // keep both workers busy
		a.submit("busy.pdf", testkit.LongPDF(500))
	}
	waits := a.submit("waits.pdf", testkit.PDF("x"))
	if v := a.get("/jobs/" + waits).json(t); v["status"] == "queued" && at(v, "progress", "eta_seconds") == nil {
		t.Errorf("a node without workers cannot tell when a job may be done: %v", v)
	}
	a.wait(waits)

	long := a.submit("long.pdf", testkit.LongPDF(2000))
	b.until(long, "processing")
	begun := time.Now()
	if c := b.call("/jobs/" + long + "/cancel"); c.StatusCode != http.StatusAccepted {
		t.Errorf("cancel: %d %s", c.StatusCode, c.body)
	}
	if v := a.wait(long); v["status"] != "cancelled" {
		t.Errorf("cancelled on the other node: %v", v)
	}
	if took := time.Since(begun); took > 45*time.Second {
		t.Errorf("a cancel on another node took %v", took)
	}

	ticket := fmt.Sprint(a.send("/tickets", map[string]any{"job_id": id}).json(t)["ticket"])
	if _, refused := b.dial("/jobs/" + id + "/status?ticket=" + ticket); refused.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("a ticket of the other node: %d %s", refused.StatusCode, refused.body)
	}
	if _, refused := a.dial("/jobs/" + id + "/status?ticket=" + ticket); refused.StatusCode != http.StatusForbidden {
		t.Errorf("the ticket a second time, on another node: %d", refused.StatusCode)
	}
}

// Keys and limits hold on every node within moments.
func TestNodesShareKeysAndLimits(t *testing.T) {
	n := newNodes(t)
	a, b := n.serve("--workers", "0", "--max-reads", "40", "--max-websockets", "2"), n.serve("--workers", "0", "--max-reads", "40", "--max-websockets", "2")
	keyID, key := newKey(t, a.data, "acme", "read,write")
	b.eventually("the key opens the other node", func() bool { return b.as(key).get("/jobs").StatusCode == http.StatusOK })
	b.eventually("open mode has ended there", func() bool { return b.get("/jobs").StatusCode == http.StatusUnauthorized })
	id := a.as(key).submit("a.pdf", testkit.PDF("x"))

	a.dialWith(id, key)
	a.dialWith(id, key)
	b.eventually("the other node knows of the open sockets", func() bool {
		w, refused := b.dial("/jobs/"+id+"/status", "X-API-Key", key)
		if w != nil {
			_ = w.conn.CloseNow()
		}
		return refused.StatusCode == http.StatusTooManyRequests
	})

	for range 40 {
		a.as(key).get("/jobs/" + id)
	}
	b.eventually("the other node knows that the limit is reached", func() bool {
		return b.as(key).get("/jobs/"+id).StatusCode == http.StatusTooManyRequests
	})

	docket(t, "keys", "revoke", "--data", a.data, keyID)
	b.eventually("the key is revoked there", func() bool { return b.as(key).get("/usage").StatusCode == http.StatusUnauthorized })
}

// A command that finds no server in its own folder changes the database itself,
// and the servers hear of it.
func TestNodesHearCommands(t *testing.T) {
	n := newNodes(t)
	a := n.serve("--workers", "0")
	_, key := newKey(t, n.folder(), "acme", "read,write")
	begun := time.Now()
	a.eventually("open mode has ended", func() bool { return a.get("/usage").StatusCode == http.StatusUnauthorized })
	if v := a.as(key).get("/usage"); v.StatusCode != http.StatusOK {
		t.Errorf("with the key: %d %s", v.StatusCode, v.body)
	}
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("a server knows of a key after %v", took)
	}
}

// A worker that dies, or stands still for longer than its lease, loses its job
// to another, which ends it once.
func TestNodesTakeOver(t *testing.T) {
	n := newNodes(t)
	a := n.serve("--workers", "0")
	dies := n.worker(a, "--workers", "1")
	first := a.submit("long.pdf", testkit.LongPDF(2000))
	a.until(first, "processing")
	dies.kill()
	a.await("a node that only answers lets the job wait", func() bool {
		return strings.Contains(string(a.get("/jobs/"+first+"/events").body), "worker_lost") && at(a.get("/jobs/"+first).json(t), "progress", "stage") == job.StageWaiting
	})
	stalls := n.worker(a, "--workers", "1")
	second := a.submit("other.pdf", testkit.LongPDF(1999))
	a.until(second, "processing")
	if err := stalls.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	n.worker(a)
	for _, id := range []string{first, second} {
		if v := a.wait(id); v["status"] != "completed" || v["attempt"] == 1.0 {
			t.Errorf("ended as %v", v)
		}
	}
	if err := stalls.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	third := a.submit("third.pdf", testkit.PDF("x"))
	a.wait(third)
	endsOnce(t, a.data, 3)
}

// eventually waits until something holds that other nodes hear of in a moment.
func (s *server) eventually(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !holds(); s.pause() {
		if time.Now().After(end) {
			s.t.Fatalf("never: %s", what)
		}
	}
}

// dialWith watches a job with a key, until the test ends.
func (s *server) dialWith(id, key string) {
	s.t.Helper()
	if w, refused := s.dial("/jobs/"+id+"/status", "X-API-Key", key); w == nil {
		s.t.Fatalf("watch %s: %d", id, refused.StatusCode)
	}
}

// start runs the program on a data folder.
func start(t *testing.T, data string, args ...string) *server {
	t.Helper()
	return launch(t, data, func(*exec.Cmd) {}, append(args, "--data", data)...)
}
