package app_test

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"docket/internal/testkit"
)

// kill -9 in the middle of a long document costs less than five seconds of
// work: what was read and not yet saved, at the speed at which it was read.
func TestKillMinusNineCostsFewPages(t *testing.T) {
	t.Parallel()
	pages := 1000
	if testing.Short() {
		pages = 200
	}
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	id := s.submit("long.pdf", testkit.LongPDF(pages))
	read := func() (attempt, done int) {
		v := s.get("/jobs/" + id).json(t)
		a, _ := v["attempt"].(float64)
		n, _ := at(v, "progress", "pages_completed").(float64)
		return int(a), int(n)
	}
	begin, done := time.Time{}, 0
	for ; done < pages/2; s.pause() {
		if _, done = read(); begin.IsZero() && done > 0 {
			begin = time.Now()
		}
	}
	speed := float64(done) / max(time.Since(begin).Seconds(), 0.5)
	s.kill()
	saved := savedPages(t, data)
	lost := float64(done-saved) / speed
	t.Logf("%d pages read at %.0f a second, %d saved: %.1f s of work lost", done, speed, saved, lost)
	if saved == 0 || lost >= 10 { // less than 5 when nothing else runs
		t.Errorf("%d of %d pages were saved, %.1f s of work", saved, done, lost)
	}
	s = serve(t, data, "--workers", "1")
	for attempt := 0; attempt < 2; s.pause() {
		if attempt, done = read(); attempt == 2 && done > 0 && done < saved {
			t.Errorf("attempt 2 began again at page %d; %d were saved", done, saved)
		}
	}
	if v := s.wait(id); v["status"] != "completed" || at(v, "progress", "total_pages") != float64(pages) {
		t.Errorf("ended as %v", v)
	}
}

// savedPages is up to which page the one job's checkpoint goes.
func savedPages(t *testing.T, data string) int {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "docket.db"))
	if err != nil {
		t.Fatal(err)
	}
	var text string
	err = db.QueryRowContext(t.Context(), `SELECT COALESCE(checkpoint, '{}') FROM jobs`).Scan(&text)
	if cerr := db.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	var c struct {
		State struct {
			Pages int `json:"pages"`
		} `json:"state"`
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("checkpoint %q: %v", text, err)
	}
	return c.State.Pages
}
