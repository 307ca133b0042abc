//go:build postgres

package app_test

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// addition is what a release may do to the tables while servers of the one
// before it run: columns that may be empty or have a value, tables, indexes.
const addition = `
ALTER TABLE jobs ADD COLUMN later_reason text;
ALTER TABLE jobs ADD COLUMN later_count bigint NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN later_note text NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN later_note text;
ALTER TABLE blobs ADD COLUMN later_kind bigint NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN later_note text;
CREATE TABLE later (id bigint PRIMARY KEY, job_id text);
CREATE INDEX jobs_later ON jobs (later_count) WHERE later_count > 0;
INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, true);`

// A rolling upgrade: the new release has brought the tables up to date while
// servers of the old one run. They go on, with the statements that they have
// prepared, until they are replaced; one that starts anew says what to do.
func TestNodesLiveWithNewerTables(t *testing.T) {
	n := newNodes(t)
	a := n.serve("--workers", "0")
	n.worker(a)
	before := a.submit("before.pdf", testkit.PDF("x"))
	a.wait(before)
	running := a.submit("running.pdf", testkit.LongPDF(1000))
	a.until(running, "processing")

	db, err := sql.Open("pgx", n.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.ExecContext(t.Context(), addition); err != nil {
		t.Fatal(err)
	}

	after := a.submit("after.pdf", testkit.PDF("y"))
	again := a.call("/jobs/" + before + "/rerun").json(t)["job_id"].(string)
	for _, id := range []string{running, after, again} {
		if v := a.wait(id); v["status"] != "completed" || v["attempt"] != 1.0 {
			t.Errorf("ended as %v", v)
		}
	}
	if v := at(a.get("/jobs?status=completed").json(t), "pagination", "total"); v != 4.0 {
		t.Errorf("%v are listed", v)
	}
	if v := a.get("/jobs/" + after + "/result?format=txt"); v.StatusCode != http.StatusOK || !strings.Contains(string(v.body), "y") {
		t.Errorf("result: %d %s", v.StatusCode, v.body)
	}
	endsOnce(t, a.data, 4)

	var said strings.Builder
	late := command(t, "serve", "--data", n.folder(), "--database", n.address, "--blobs", n.blobs, "--listen", "127.0.0.1:0")
	late.Stderr = &said
	if err := late.Run(); err == nil || !strings.Contains(said.String(), "start a newer Docket") {
		t.Errorf("on newer tables a server starts: %v, %q", err, said.String())
	}
}
