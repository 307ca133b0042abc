package app_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // to look at the events
	_ "modernc.org/sqlite"             // the same

	"docket/internal/testkit"
)

// Every job that was answered with 2xx is there after kill -9, runs, and ends
// exactly once.
func TestKillMinusNineLosesNothing(t *testing.T) {
	data := dataFolder(t)
	small, long := 30, 150
	if testing.Short() {
		small, long = 8, 20
	}
	s := serve(t, data)
	ids := []string{s.submit("long.pdf", testkit.LongPDF(long))}
	for i := range small {
		ids = append(ids, s.submit(fmt.Sprintf("%d.pdf", i), testkit.PDF(fmt.Sprintf("Document %d.", i))))
		if i%(small/3) == small/3-1 {
			s.kill()
			s = serve(t, data)
		}
	}
	for _, id := range ids {
		if v := s.wait(id); v["status"] != "completed" {
			t.Errorf("job %s ended as %v", id, v)
		}
	}
	if took := s.stop(); took > ending {
		t.Errorf("the idle server ended after %v", took)
	}
	endsOnce(t, data, len(ids))
}

func endsOnce(t *testing.T, data string, jobs int) {
	t.Helper()
	driver, name := "sqlite", filepath.Join(data, "docket.db")
	if address, err := os.ReadFile(filepath.Join(data, databaseFile)); err == nil {
		driver, name = "pgx", string(address)
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var all, ended, once, leased int
	row := db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM events WHERE to_status = 'completed'),
		(SELECT count(DISTINCT job_id) FROM events WHERE to_status = 'completed'), (SELECT count(*) FROM jobs WHERE lease_until IS NOT NULL OR run_at IS NOT NULL)`)
	if err := row.Scan(&all, &ended, &once, &leased); err != nil {
		t.Fatal(err)
	}
	if all != jobs || ended != jobs || once != jobs || leased != 0 {
		t.Errorf("%d jobs were submitted; %d are there, %d ends of %d jobs, %d still taken", jobs, all, ended, once, leased)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	out, err := command(t, "serve", "--listen", "127.0.0.1:0", "--data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(out), fmt.Sprintf("is in use by another process (pid %d)", s.cmd.Process.Pid)) {
		t.Errorf("ended with %v: %s", err, out)
	}
	if a := s.get("/healthz"); a.StatusCode != http.StatusOK {
		t.Errorf("the first answers %d", a.StatusCode)
	}
}

func TestSigtermEndsAndTheJobGoesOn(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	id := s.submit("long.pdf", testkit.LongPDF(1500))
	for s.get("/jobs/" + id).json(t)["status"] != "processing" {
		s.pause()
	}
	if took := s.stop(); took > ending {
		t.Errorf("ending took %v", took)
	}
	s = serve(t, data, "--workers", "1")
	if v := s.wait(id); v["status"] != "completed" || v["progress"].(map[string]any)["total_pages"] != 1500.0 {
		t.Errorf("ended as %v", v)
	}
}

func TestWrongSettingsAreReportedAtOnce(t *testing.T) {
	c := command(t, "serve", "--listen", "8080", "--workers", "many")
	c.Env = append(c.Env, "DOCKET_DATA= ", "DOCKET_MAX_FILE=huge")
	out, err := c.CombinedOutput()
	if err == nil || c.ProcessState.ExitCode() != 2 {
		t.Errorf("ended with %v", err)
	}
	for _, want := range []string{`--listen "8080": must be host:port`, `--workers "many": must be a number`, `DOCKET_DATA " ": must name a folder`, `DOCKET_MAX_FILE "huge": must be a number of bytes`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("does not say %s:\n%s", want, out)
		}
	}
}
