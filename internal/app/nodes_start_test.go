//go:build postgres

package app_test

import (
	"database/sql"
	"testing"

	"docket/internal/testkit"
)

// On an empty database one process after the other migrates. One that dies in
// the middle of it leaves nothing behind, and the nodes that wait for it start.
func TestNodesStartOnAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	n := &nodes{t: t, address: testkit.EmptyDatabase(t), blobs: t.TempDir()}
	db, err := sql.Open("pgx", n.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	tx, err := db.BeginTx(t.Context(), nil) // a migration that comes to this table waits
	if err == nil {
		_, err = tx.ExecContext(t.Context(), `CREATE TABLE deliveries (id text)`)
	}
	if err != nil {
		t.Fatal(err)
	}
	await := func(s *server, waiting int) {
		t.Helper()
		s.await("it waits for a lock", func() bool {
			var found int
			err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&found)
			return err == nil && found >= waiting
		})
	}
	dies := start(t, n.folder(), "migrate")
	await(dies, 1)
	var starting []*server
	for i := range 2 {
		s := start(t, n.folder(), "serve", "--listen", "127.0.0.1:0", "--blobs", n.blobs, "--workers", "1")
		await(s, 2+i)
		starting = append(starting, s)
	}
	dies.kill()
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	for _, s := range starting {
		s.url = s.said(`listens on (https?://\S+)`)
	}
	for i, s := range starting {
		id := s.submit("a.pdf", testkit.PDF("x"))
		if v := starting[1-i].wait(id); v["status"] != "completed" {
			t.Errorf("a job ended as %v", v)
		}
	}
	var migrated int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM goose_db_version WHERE version_id = 1 AND is_applied`).Scan(&migrated); err != nil || migrated != 1 {
		t.Errorf("it was migrated %d times, %v", migrated, err)
	}
}
