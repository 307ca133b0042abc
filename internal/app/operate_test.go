package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/testkit"
)

// A paused intake refuses every way to make a job, in the words of its
// dialect, and nothing else; it outlives a restart.
func TestPausedIntake(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data)
	done := s.submit("a.pdf", testkit.PDF("One."))
	s.wait(done)
	if got := docket(t, "pause", "--data", data); got != "Paused: intake.\n" {
		t.Errorf("pause says %q", got)
	}
	s.kill()
	s = serve(t, data)
	pdf := string(testkit.PDF("x"))
	for _, path := range []string{"/jobs", "/parse", "/v1/api/jobs", "/jobs/batch", "/classify", "/jobs/" + done + "/rerun", "/v2/parse/upload"} {
		var a answer
		switch path {
		case "/parse":
			a = s.post(path, part{"file", "a.pdf", pdf})
		case "/jobs":
			a = s.post(path, part{name: "operation", content: "parse"}, part{"file", "a.pdf", pdf})
		case "/classify":
			a = s.post(path, part{"pdf_file", "a.pdf", pdf}, part{name: "categories", content: categories})
		case "/jobs/batch":
			a = s.send(path, map[string]any{"jobs": []any{map[string]any{"operation": "parse", "url": "https://example.com/a.pdf"}}})
		case "/v1/api/jobs":
			a = s.send(path, map[string]any{"name": "n", "type": "document_processing", "input": map[string]any{"operation": "parse", "urls": []string{"https://example.com/a.pdf"}}})
		case "/v2/parse/upload":
			a = s.send(path, map[string]string{"file_name": "a.pdf"})
		default:
			a = s.call(path)
		}
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || !strings.Contains(string(a.body), "paused the intake") {
			t.Errorf("%s answers %d %s", path, a.StatusCode, a.body)
		}
	}
	if a := s.get("/jobs/" + done); a.status(t) != "completed" {
		t.Errorf("a read answers %d %s", a.StatusCode, a.body)
	}
	a := s.get("/readyz")
	if v := a.json(t); a.StatusCode != http.StatusServiceUnavailable || v["status"] != "not_ready" || at(v, "checks", 0, "name") != "intake" || at(v, "checks", 0, "reason") == nil || at(v, "paused", 0) != "intake" {
		t.Errorf("/readyz answers %d %s", a.StatusCode, a.body)
	}
	if got := docket(t, "resume", "--data", data); got != "Nothing is paused.\n" {
		t.Errorf("resume says %q", got)
	}
	s.wait(s.submit("a.pdf", testkit.PDF("Two.")))
	acts := s.get("/audit").json(t)
	if at(acts, "acts", 0, "action") != "server.resumed" || at(acts, "acts", 1, "action") != "server.paused" || at(acts, "acts", 1, "subject") != "intake" {
		t.Errorf("the audit log has %v", acts)
	}
	if strings.Contains(s.stderr.String(), "a request failed") {
		t.Errorf("what the operator wanted is logged as a failure: %s", s.stderr)
	}
}

// Jobs of a paused operation are taken and wait; others run.
func TestPausedOperation(t *testing.T) {
	data := dataFolder(t)
	if got := docket(t, "pause", "parse", "--data", data); got != "Paused: parse.\n" { // no server runs
		t.Errorf("pause says %q", got)
	}
	s := serve(t, data)
	waits := s.submit("a.pdf", testkit.PDF("One."))
	other := s.post("/classify", part{"pdf_file", "a.pdf", string(testkit.PDF("An invoice."))}, part{name: "categories", content: categories}).json(t)["job_id"].(string)
	s.wait(other)
	v := s.get("/jobs/" + waits).json(t)
	if v["status"] != "queued" || at(v, "progress", "stage") != "paused" || !strings.Contains(fmt.Sprint(at(v, "progress", "message")), "paused parse") || at(v, "progress", "queue_position") != 0.0 || at(v, "progress", "eta_seconds") != nil {
		t.Errorf("the job shows %v", v)
	}
	if v := s.get("/jobs/status?include_progress=true&job_ids=" + waits).json(t); at(v, "jobs", 0, "progress", "stage") != "paused" {
		t.Errorf("among many it shows %v", v)
	}
	s.await("the server is ready", func() bool { return s.get("/readyz").StatusCode == http.StatusOK })
	if v := s.get("/readyz").json(t); at(v, "paused", 0) != "parse" {
		t.Errorf("/readyz answers %v", v)
	}
	metrics := string(s.get("/metrics").body)
	for _, line := range []string{`docket_paused{what="parse"} 1`, `docket_paused{what="intake"} 0`, `docket_jobs{operation="parse",status="queued"} 1`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("/metrics has no %s", line)
		}
	}
	docket(t, "resume", "parse", "--data", data)
	if v := s.wait(waits); v["status"] != "completed" {
		t.Errorf("it ended as %v", v)
	}
	for _, args := range [][]string{{"pause", "shred"}, {"resume", "INTAKE"}} {
		if _, said, err := tryDocket(t, append(args, "--data", data)...); err == nil || !strings.Contains(said, "cannot be paused") {
			t.Errorf("docket %v: %v, %q", args, err, said)
		}
	}
}

// The server says that it is about to stop while it still answers, on both
// doors, and what it measures.
func TestHealth(t *testing.T) {
	s := serve(t, dataFolder(t), "--metrics-listen", "127.0.0.1:0", "--stop-delay", "6s")
	health := s.on(t)
	health.client = &http.Client{} // the contract describes the other door
	health.url = strings.TrimSuffix(s.said(`Metrics: (\S+)`), "/metrics")
	s.await("the server is ready", func() bool { return s.get("/readyz").StatusCode == http.StatusOK })
	s.wait(s.submit("a.pdf", testkit.PDF("One.")))
	s.wait(s.submit("broken.pdf", []byte("%PDF-1.7\n")))
	for range 20 {
		s.get("/jobs/job_01m81cqznvfcgbm28pxa9h2vrq")
	}
	for _, door := range []*server{s, health} {
		metrics := string(door.get("/metrics").body)
		for _, line := range []string{
			`docket_job_transitions_total{from="queued",operation="parse",to="processing"} 2`,
			`docket_job_transitions_total{from="",operation="parse",to="queued"} 2`,
			`docket_job_failures_total{code="file_corrupted",operation="parse"} 1`,
			`docket_job_duration_seconds_count{operation="parse",status="completed"} 1`,
			`docket_job_duration_seconds_count{operation="parse",status="failed"} 1`,
			`docket_job_wait_seconds_count{operation="parse"} 2`,
			`docket_http_requests_total{method="GET",route="/jobs/{id}",status="404"} 20`,
			`docket_http_request_duration_seconds_count{method="POST",route="/jobs"} 2`,
			`docket_watchers{kind="websocket"} 0`,
			`docket_queue_oldest_seconds{operation="parse"} 0`,
			`docket_jobs{operation="parse",status="completed"} 1`,
			"docket_deliveries_pending 0", "docket_store_commit_operations_count ", "docket_store_commit_duration_seconds_count ",
			"docket_sandbox_children ", "docket_disk_free_bytes ", "go_goroutines ", "go_build_info",
		} {
			if !strings.Contains(metrics, line) {
				t.Errorf("%s/metrics has no %s", door.url, line)
			}
		}
		if strings.Contains(metrics, "local\"") || strings.Contains(metrics, "job_01") {
			t.Errorf("a label names an account or a job")
		}
		if a := door.get("/healthz"); a.StatusCode != http.StatusOK {
			t.Errorf("%s/healthz answers %d", door.url, a.StatusCode)
		}
	}
	if a := health.get("/jobs"); a.StatusCode != http.StatusNotFound {
		t.Errorf("the door for health leads to jobs: %d", a.StatusCode)
	}
	stopped := make(chan time.Duration, 1)
	go func() { stopped <- s.stop() }()
	for _, door := range []*server{s, health} {
		door.await("it is not ready any more", func() bool {
			a := door.get("/readyz")
			return a.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(a.body), "the server is stopping")
		})
	}
	if took := <-stopped; took < 6*time.Second {
		t.Errorf("it stopped after %v", took)
	}
}

// contract H19
func TestMetricsAreForAdmins(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	_, writer := newKey(t, data, "acme", "read,write")
	_, admin := newKey(t, data, "acme", "admin")
	for path, want := range map[string][3]int{"/metrics": {401, 403, 200}, "/pauses": {401, 403, 200}, "/healthz": {200, 200, 200}, "/readyz": {200, 200, 200}} {
		for i, key := range []string{"", writer, admin} {
			if a := s.as(key).get(path); a.StatusCode != want[i] {
				t.Errorf("%s answers %d to key %d", path, a.StatusCode, i)
			}
		}
	}
	// A page elsewhere needs a key, and may not read the answer.
	if a := s.as(admin).with("/jobs", "Origin", "https://evil.example"); a.StatusCode != http.StatusOK || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a page elsewhere: %d %v", a.StatusCode, a.Header)
	}
	if a := s.as(admin).with("/jobs", "Origin", "http://localhost:3000"); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("with keys, pages of this machine are as others: %v", a.Header)
	}
}

// contract J30
func TestAllowedOriginsWithKeys(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0", "--allowed-origins", "https://app.example.com,*")
	_, key := newKey(t, data, "acme", "read,write")
	for origin, want := range map[string][2]string{"https://app.example.com": {"https://app.example.com", "true"}, "https://other.example.com": {"*", ""}} {
		a := s.as(key).with("/jobs", "Origin", origin)
		if got := [2]string{a.Header.Get("Access-Control-Allow-Origin"), a.Header.Get("Access-Control-Allow-Credentials")}; got != want || a.StatusCode != http.StatusOK {
			t.Errorf("%s is answered %d with %q", origin, a.StatusCode, got)
		}
		if refused := s.with("/jobs", "Origin", origin); refused.StatusCode != http.StatusUnauthorized || refused.Header.Get("Access-Control-Allow-Origin") != want[0] {
			t.Errorf("without a key %s cannot read why: %d %v", origin, refused.StatusCode, refused.Header)
		}
		before, err := s.try(http.MethodOptions, "/jobs", "", nil, "Origin", origin, "Access-Control-Request-Method", "POST")
		if err != nil || before.StatusCode != http.StatusNoContent || before.Header.Get("Access-Control-Allow-Origin") != want[0] {
			t.Errorf("preflight of %s: %d %v, %v", origin, before.StatusCode, before.Header, err)
		}
	}
	if a := s.with("/healthz", "Host", "anything.example"); a.StatusCode != http.StatusOK {
		t.Errorf("with keys any name will do: %d", a.StatusCode)
	}
}

// A backup of a busy server, restored, has every job that was there when it
// began, whole.
func TestBackupOfABusyServer(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "2")
	large := testkit.LongPDF(60) // a file of its own, and so is its result
	if len(large) <= 64<<10 {
		large = append(large, make([]byte, 64<<10)...)
	}
	var before []string
	for n := range 6 {
		before = append(before, s.submit(fmt.Sprintf("%d.pdf", n), large), s.submit("small.pdf", testkit.PDF("Small.")))
	}
	s.wait(before[0])
	stop := make(chan struct{})
	var churn sync.WaitGroup
	for range 2 {
		churn.Go(func() { // jobs come, end and are deleted all the while
			for {
				select {
				case <-stop:
					return
				default:
				}
				id := s.submit("churn.pdf", large)
				s.do(http.MethodDelete, "/jobs/"+id, "", nil)
			}
		})
	}
	backups := []string{filepath.Join(t.TempDir(), "new", "one"), filepath.Join(t.TempDir(), "two")}
	for i, to := range backups {
		if got := docket(t, "backup", to, "--data", data); !strings.Contains(got, "Backed up ") {
			t.Errorf("backup says %q", got)
		}
		if i == 0 {
			s.wait(before[len(before)-1])
		}
	}
	close(stop)
	churn.Wait()
	want := map[string]string{}
	for _, id := range before {
		s.wait(id)
		want[id] = string(s.get("/jobs/" + id + "/result?format=txt").body)
	}
	s.kill()
	for _, backup := range backups {
		restored := t.TempDir()
		docket(t, "restore", backup, "--data", restored)
		if err := errors.Join(os.MkdirAll(filepath.Join(restored, "cache"), 0o700), os.Remove(filepath.Join(restored, "cache")), os.Symlink(filepath.Join(os.Getenv(engineFolder), "docket"), filepath.Join(restored, "cache"))); err != nil {
			t.Fatal(err)
		}
		r := serve(t, restored)
		for _, id := range before {
			if v := r.wait(id); v["status"] != "completed" {
				t.Errorf("after the restore job %s is %v", id, v)
			}
			if got := string(r.get("/jobs/" + id + "/result?format=txt").body); got != want[id] {
				t.Errorf("after the restore the result of job %s is another: %.100q", id, got)
			}
			link, err := url.Parse(r.get("/parse/" + id).json(t)["pdf_url"].(string))
			if err != nil {
				t.Fatal(err)
			}
			if a := r.get(link.Path); a.StatusCode != http.StatusOK || !strings.HasPrefix(string(a.body), "%PDF") {
				t.Errorf("after the restore the document of job %s answers %d", id, a.StatusCode)
			}
		}
		r.stop()
	}
}

func TestBackupsThatCannotBe(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	s.wait(s.submit("a.pdf", append(testkit.PDF("One."), make([]byte, 100_000)...)))
	s.stop()
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "mine.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "backup")
	docket(t, "backup", backup, "--data", data) // no server runs
	refused := func(says string, args ...string) {
		t.Helper()
		if _, said, err := tryDocket(t, args...); err == nil || !strings.Contains(said, says) {
			t.Errorf("docket %v: %v, %q", args, err, said)
		}
	}
	refused("is not empty: it has mine.txt", "backup", taken, "--data", data)
	refused("is not empty", "backup", backup, "--data", data)
	refused("inside the data folder", "backup", filepath.Join(data, "blobs", "x"), "--data", data)
	refused("takes one argument", "backup", "--data", data)
	refused("no data folder", "backup", filepath.Join(t.TempDir(), "x"), "--data", filepath.Join(data, "none"))
	refused("is not empty", "restore", backup, "--data", taken)
	refused("is no backup", "restore", taken, "--data", t.TempDir())
	files := manifestFiles(t, backup)
	if !slices.Contains(files, "docket.db") || len(files) < 2 {
		t.Fatalf("the manifest lists %v", files)
	}
	for _, name := range files {
		whole, err := os.ReadFile(filepath.Join(backup, name))
		if err != nil {
			t.Fatal(err)
		}
		for what, damage := range map[string][]byte{"cut off": whole[:len(whole)-1], "changed": append(whole[:len(whole)-1:len(whole)-1], whole[len(whole)-1]^1), "longer": append(whole[:len(whole):len(whole)], 0), "missing": nil} {
			damaged, target := copied(t, backup, name, damage), t.TempDir()
			if _, said, err := tryDocket(t, "restore", damaged, "--data", target); err == nil || !strings.Contains(said, "damaged at "+name) {
				t.Errorf("%s %s: %v, %q", name, what, err, said)
			}
			if left, err := os.ReadDir(target); err != nil || len(left) > 0 {
				t.Errorf("%s %s left %v, %v", name, what, left, err)
			}
		}
	}
	escape := copied(t, backup, "manifest.json", []byte(`{"format":1,"files":[{"name":"docket.db"},{"name":"blobs/../../x","size":1}]}`))
	refused("no part of a backup", "restore", escape, "--data", t.TempDir())
	newer := copied(t, backup, "manifest.json", []byte(`{"format":2}`))
	refused("format 2", "restore", newer, "--data", t.TempDir())
	if b, err := os.ReadFile(filepath.Join(taken, "mine.txt")); err != nil || string(b) != "mine" {
		t.Errorf("what was there is %q, %v", b, err)
	}
}

func manifestFiles(t *testing.T, backup string) (names []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(backup, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct{ Files []struct{ Name string } }
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	return names
}

// copied is a copy of a backup with another content for one of its files, or
// without it.
func copied(t *testing.T, backup, name string, content []byte) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(backup)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(to, name)
	err := os.Remove(path)
	if content != nil {
		err = errors.Join(err, os.WriteFile(path, content, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// The socket through which commands come is its owner's alone, and commands
// find the folder that the configuration file names.
func TestControlSocketIsPrivate(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	info, err := os.Stat(filepath.Join(data, "control.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("control.sock has %v, %v", info.Mode(), err)
	}
	file := filepath.Join(t.TempDir(), "docket.toml")
	if err := os.WriteFile(file, fmt.Appendf(nil, "data = %q\nworkers = 0\n", data), 0o600); err != nil {
		t.Fatal(err)
	}
	c := command(t, "pause")
	c.Env = append(c.Env, "DOCKET_CONFIG="+file)
	if out, err := c.Output(); err != nil || string(out) != "Paused: intake.\n" || s.get("/readyz").StatusCode != http.StatusServiceUnavailable {
		t.Errorf("pause says %q, %v", out, err)
	}
}
