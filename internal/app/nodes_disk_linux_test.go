//go:build postgres

package app_test

import (
	"net/http"
	"testing"

	"docket/internal/testkit"
)

// A node keeps nothing in its data folder that it needs: on a full disk it
// starts, answers and works, since the documents are elsewhere.
func TestNodesOnAFullDisk(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	front, folder := n.serve("--workers", "0"), n.folder()
	full := serveAs(t, folder, onDisk(t, "1m full", folder), "--blobs", n.blobs, "--workers", "1")
	for _, id := range []string{full.submit("a.pdf", testkit.PDF("x")), full.submit("b.pdf", large()), front.submit("c.pdf", testkit.PDF("y"))} {
		if v := front.wait(id); v["status"] != "completed" || v["attempt"] != 1.0 {
			t.Errorf("a job ended as %v", v)
		}
		if a := full.get("/jobs/" + id + "/result"); a.StatusCode != http.StatusOK {
			t.Errorf("its result: %d %s", a.StatusCode, a.body)
		}
	}
	full.await("it is ready", func() bool { return full.get("/readyz").StatusCode == http.StatusOK })
	full.stop()
}
