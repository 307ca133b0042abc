package app_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"docket/internal/testkit"
)

// sources is the folder of the dashboard's sources, with the tests that walk
// through it in a real browser.
const sources = "../../web"

// browserTests runs files of the dashboard's tests against a server.
func browserTests(t *testing.T, s *server, files ...string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(sources, "node_modules", "playwright-core")); err != nil {
		t.Fatalf("the tests of the dashboard are not installed: run tools/dashboard.sh install: %v", err)
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("no Chromium: apt-get install chromium: %v", err)
	}
	long := filepath.Join(t.TempDir(), "long.pdf")
	if err := os.WriteFile(long, testkit.LongPDF(1000), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(t.TempDir(), "locked.pdf")
	if err := os.WriteFile(locked, testkit.EncryptedPDF("sesame", "secret words"), 0o600); err != nil {
		t.Fatal(err)
	}
	home, err := os.MkdirTemp("", "docket-browser-") // t.TempDir is too long for the name of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	cmd := exec.CommandContext(t.Context(), "node", append([]string{"--test", "--test-concurrency=1", "--test-reporter=spec"}, files...)...)
	cmd.Dir = sources
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "DOCKET_URL=" + s.url, "DOCKET_LONG=" + long, "DOCKET_LOCKED=" + locked, "CHROMIUM=" + browser}
	// The browser ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, s.stderr)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "scrolled") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// Documents are handed in, watched, looked at, run again and told of in a real
// browser, and everybody can read and use the pages. // contract J31
func TestDashboard(t *testing.T) {
	t.Parallel()
	s := serve(t, dataFolder(t), "--workers", "1")
	browserTests(t, s, "tests/walk.test.mjs", "tests/list.test.mjs", "tests/pages.test.mjs")
}

// contract J27, J28
func TestDashboardWithKeys(t *testing.T) {
	t.Parallel()
	browserTests(t, serve(t, dataFolder(t), "--workers", "1"), "tests/keys.test.mjs")
}

// contract J31
func TestDashboardIsServed(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, test := range []struct {
		path, accept string
		status       int
		location     string
	}{
		{path: "/", accept: "text/html,application/xhtml+xml", status: http.StatusSeeOther, location: "/ui/"},
		{path: "/", accept: "*/*", status: http.StatusNotFound},
		{path: "/ui", status: http.StatusSeeOther, location: "/ui/"},
		{path: "/ui/webhooks", status: http.StatusOK},
		{path: "/ui/missing.js", status: http.StatusNotFound},
	} {
		a, err := s.try(http.MethodGet, test.path, "", nil, "Accept", test.accept)
		if err != nil {
			t.Fatal(err)
		}
		if location := a.Header.Get("Location"); a.StatusCode != test.status || location != test.location {
			t.Errorf("GET %s for %q: %d %q", test.path, test.accept, a.StatusCode, location)
		}
	}
	page := s.with("/ui/webhooks", "Accept-Encoding", "gzip;q=0, br")
	if page.Header.Get("Content-Encoding") != "" || !strings.Contains(string(page.body), "<!doctype html>") {
		t.Errorf("a client without gzip gets %q", page.Header.Get("Content-Encoding"))
	}
	if policy := page.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	again := s.with("/ui/webhooks", "If-None-Match", page.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("the same page again: %d", again.StatusCode)
	}
}
