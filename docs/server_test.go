package docs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"docket/internal/testkit"
)

// patience is how long a stranger may have to wait for the server, which is
// compiled first.
const patience = 5 * time.Minute

// server is one that was started as the README says, and what stands for the
// other servers that documents name.
type server struct {
	env   []string
	names *strings.Replacer
}

// here puts the addresses of this test into a text.
func (s *server) here(text string) string { return s.names.Replace(text) }

func startServer(t *testing.T, script string) *server {
	t.Helper()
	home := t.TempDir()
	program := filepath.Join(home, "bin", "docket")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "docket/cmd/docket").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cache, data := filepath.Join(home, "cache"), filepath.Join(home, "data")
	compiled := filepath.Join(cache, "docket") // one engine for the server and the command line
	err := errors.Join(os.MkdirAll(data, 0o700), os.MkdirAll(compiled, 0o700), os.Symlink(compiled, filepath.Join(data, "cache")),
		os.Symlink(python(t), filepath.Join(home, "bin", "python3")))
	if err != nil {
		t.Fatal(err)
	}
	s := &server{env: append(os.Environ(),
		"PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"), "XDG_CACHE_HOME="+cache, "XDG_CONFIG_HOME="+home, "GOCACHE="+goEnv(t, "GOCACHE"),
		"PYTHONPATH="+absolute(t, filepath.Join(root, "sdk", "python")), "PYTHONDONTWRITEBYTECODE=1",
		"DOCKET_LISTEN=127.0.0.1:0", "DOCKET_DATA="+data, "DOCKET_PRIVATE_NETWORKS=127.0.0.0/8",
	)}
	address := s.serve(t, script)
	s.names = strings.NewReplacer(
		"127.0.0.1:8080", strings.TrimPrefix(address, "http://"),
		"https://handbook.example", handbook(t),
		"https://hooks.example", receiver(t),
		"http://127.0.0.1:11434/v1", model(t),
	)
	return s
}

// serve runs the script until the test ends, and gives the address on which it
// listens.
func (s *server) serve(t *testing.T, script string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Dir, cmd.Env = root, s.env
	// `go run` has a child, which is told to stop too.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	said, says, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = says, says
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was told to stop
		_ = said.Close()
	})
	_ = says.Close()
	if err := said.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	listens := regexp.MustCompile(`listens on (http://[0-9.:]+)`)
	text, part := "", make([]byte, 1024)
	for {
		n, err := said.Read(part)
		text += string(part[:n])
		if m := listens.FindStringSubmatch(text); m != nil {
			go discard(said)
			return m[1]
		}
		if err != nil {
			t.Fatalf("%s the server does not start: %v\n%s", script, err, text)
		}
	}
}

// discard reads what the server says later, so that it never waits for us.
func discard(said *os.File) {
	if said.SetReadDeadline(time.Time{}) != nil {
		return
	}
	for part := make([]byte, 1024); ; {
		if _, err := said.Read(part); err != nil {
			return
		}
	}
}

// workplace is a folder for one document, in which the examples stand.
func (s *server) workplace(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
		t.Fatal(err)
	}
	return folder
}

// python gives an interpreter that has what the examples use.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		program, err := exec.LookPath(name)
		if err == nil && exec.CommandContext(t.Context(), program, "-c", "import requests").Run() == nil {
			return program
		}
	}
	t.Fatal("no python3 with requests: apt-get install python3-requests")
	return ""
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	whole, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// handbook is the site that documents crawl.
func handbook(t *testing.T) string {
	t.Helper()
	pages := map[string]string{
		"/":      `<title>Handbook</title><h1>Handbook</h1><p>How we work here, in short.</p><p>See <a href="/leave">leave</a>.</p>`,
		"/leave": `<title>Leave</title><h1>Leave</h1><p>Everybody has thirty days of leave a year, and takes them.</p>`,
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if _, err := fmt.Fprint(w, "<!doctype html><html lang=en><body>", page); err != nil {
			return // the crawler has gone, which the document's output tells
		}
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// receiver takes webhooks.
func receiver(t *testing.T) string {
	t.Helper()
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(r.Close)
	return r.URL
}

// model stands for a model on the reader's machine.
func model(t *testing.T) string {
	t.Helper()
	return testkit.NewModel(t, func(_ int, q *testkit.Question) testkit.Reply {
		none := `{"line_ids":[],"quote":null,"value":null}`
		at := func(text, quote, value string) string {
			n := q.Line(text)
			if n == 0 {
				return none
			}
			return fmt.Sprintf(`{"line_ids":[%d],"quote":%q,"value":%s}`, n, quote, value)
		}
		return testkit.Reply{
			Content: fmt.Sprintf(`{"vendor":%s,"total":%s}`, at("Northwind Paper & Print", "Northwind Paper & Print", `"Northwind Paper & Print"`), at("2,173.65", "2,173.65", "2173.65")),
			Input:   700, Output: 60,
		}
	}).URL
}
