package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// docs/CLI.md names every command of a client and every exit code.
func TestCommandsAreDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "CLI.md"))
	if err != nil {
		t.Fatal(err)
	}
	docs := string(b)
	var walk func(prefix string, all []*cobra.Command)
	walk = func(prefix string, all []*cobra.Command) {
		for _, c := range all {
			if !strings.Contains(docs, "`"+prefix+c.Use) && !c.HasSubCommands() {
				t.Errorf("docs/CLI.md does not show `%s%s`", prefix, c.Use)
			}
			walk(prefix+c.Name()+" ", c.Commands())
		}
	}
	walk("docket ", Commands(Parts{}))
	for _, code := range []int{ExitOK, ExitFailed, ExitUsage, ExitJobFailed, ExitForbidden, ExitNotFound, ExitUnavailable, ExitTimeout, ExitInterrupted} {
		if !strings.Contains(docs, fmt.Sprintf("| %d |", code)) {
			t.Errorf("docs/CLI.md does not list the exit code %d", code)
		}
	}
}

// Flags come before the environment, that before the file.
func TestFindSettings(t *testing.T) {
	home := t.TempDir()
	usual := filepath.Join(home, ".config", "docket", "client.toml")
	if err := os.MkdirAll(filepath.Dir(usual), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(usual, []byte("server = \"file:1\"\nkey = \"of-file\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		server, key, file string
		env               map[string]string
		want              Settings
		wrong             string
	}{
		"nothing":     {env: map[string]string{}, want: Settings{Server: usualServer}},
		"file":        {env: map[string]string{"HOME": home}, want: Settings{"http://file:1", "of-file", "file", "file"}},
		"environment": {env: map[string]string{"HOME": home, "DOCKET_URL": "https://env/base/", "DOCKET_KEY": " k\n"}, want: Settings{"https://env/base", "k", "DOCKET_URL", "DOCKET_KEY"}},
		"flags":       {server: "flag", key: "f", env: map[string]string{"HOME": home, "DOCKET_URL": "env"}, want: Settings{"http://flag", "f", "--server", "--key"}},
		"named file":  {file: "/nowhere", env: map[string]string{}, wrong: "/nowhere"},
		"no address":  {server: "http://", env: map[string]string{}, wrong: "--server"},
		"no key":      {key: "schlüssel", env: map[string]string{}, wrong: "--key"},
	} {
		got, err := FindSettings(test.server, test.key, test.file, func(n string) (string, bool) { v, ok := test.env[n]; return v, ok })
		if test.wrong != "" {
			if !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %s, %v", name, diff, err)
		}
	}
}

// A line has columns, glyphs and colour on a terminal, and tabs elsewhere;
// what a server sends cannot move the cursor.
func TestJobLine(t *testing.T) {
	var j jobState
	if err := json.Unmarshal([]byte(`{"job_id":"job_1","status":"processing","operation":"parse","file_name":"a\u001b[2J.pdf","progress":{"percentage":40,"pages_completed":4,"total_pages":10}}`), &j); err != nil {
		t.Fatal(err)
	}
	failed := jobState{ID: "job_2", Status: "failed", Operation: "parse", Name: "b.pdf"}
	if err := json.Unmarshal([]byte(`{"error_details":{"error_type":"x","message":"It\nis broken."}}`), &failed); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		screen *screen
		job    jobState
		want   string
	}{
		{&screen{}, j, "job_1\tprocessing\tparse\ta [2J.pdf\t40 %, page 4 of 10"},
		{&screen{terminal: true}, j, "◐ processing  parse     job_1  a [2J.pdf  40 %, page 4 of 10"},
		{&screen{terminal: true, names: 12}, failed, "✕ failed      parse     job_2  b.pdf         It is broken."},
		{&screen{terminal: true, colour: true}, jobState{ID: "job_3", Status: "completed", Operation: "x"}, "\x1b[32m● completed \x1b[0m  x         job_3"},
	} {
		if got := test.screen.jobLine(test.job); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// Bars fit their terminal, at 0 and at the end too.
func TestBars(t *testing.T) {
	for done, want := range map[int]string{
		0:  "a very long name of a docum…   0% ░░░░░░░░░░░░░░░░░░░░░░  page 0 of 9",
		50: "a very long name of a docum…  50% ███████████░░░░░░░░░░░  page 0 of 9",
	} {
		j := jobState{Name: "a very long name of a document.pdf", Status: "processing", Progress: progress{Percentage: done, PagesTotal: 9}}
		if got := barLine(j, 80); got != want {
			t.Errorf("at %d: %q, want %q", done, got, want)
		}
	}
	if got := allLine(3, 3, 40); len([]rune(got)) > 39 || !strings.Contains(got, "100%") {
		t.Errorf("all: %q", got)
	}
}

func TestParameters(t *testing.T) {
	name := filepath.Join(t.TempDir(), "p.json")
	if err := os.WriteFile(name, []byte(` {"a": 1} `), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		spec spec
		want string
	}{
		{spec{}, ""},
		{spec{parameters: "@" + name}, `{"a": 1}`},
		{spec{parameters: `{"a":1}`, set: []string{"a=2", "b=text", `c="3"`, "d=x=y", "e="}}, `{"a":2,"b":"text","c":"3","d":"x=y","e":""}`},
		{spec{parameters: "[1]", set: []string{"a=1"}}, "error"},
		{spec{set: []string{"=1"}}, "error"},
		{spec{parameters: "{"}, "error"},
	} {
		got, err := test.spec.parsed()
		if err != nil {
			got = []byte("error")
		}
		if string(got) != test.want {
			t.Errorf("%+v: %s, want %s", test.spec, got, test.want)
		}
	}
	list, err := categoryList(" invoice, letter,")
	if err != nil || string(list) != `[{"name":"invoice"},{"name":"letter"}]` {
		t.Errorf("categories: %s, %v", list, err)
	}
}

// A server that is busy is asked again, which is told; what it refuses in the
// end has its exit code.
func TestBusyServer(t *testing.T) {
	var tries int
	answer := func(w http.ResponseWriter, text string) {
		if _, err := io.WriteString(w, text); err != nil {
			t.Error(err)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tries++
		switch {
		case r.URL.Path == "/jobs/x":
			w.WriteHeader(http.StatusNotFound)
			answer(w, `{"detail":"Job x not found","error_code":"not_found","suggestions":["Check it"]}`)
		case r.URL.Path == "/html":
			w.WriteHeader(http.StatusForbidden)
			answer(w, "<html>")
		case tries < 3:
			w.WriteHeader(http.StatusServiceUnavailable)
			answer(w, `{"detail":"Busy."}`)
		default:
			answer(w, `{"ok":true}`)
		}
	}))
	defer server.Close()
	c := &cli{Parts: Parts{LookupEnv: func(string) (string, bool) { return "", false }, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}, server: server.URL, http: server.Client()}
	var out, errs bytes.Buffer
	s := &screen{out: &out, errs: &errs}
	r, err := c.connect(s)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := r.get(t.Context(), "/jobs", nil, nil); err != nil || string(body) != `{"ok":true}` || tries != 3 {
		t.Errorf("after %d tries: %s, %v", tries, body, err)
	}
	if got := errs.String(); strings.Count(got, "docket: Busy; trying again in ") != 2 {
		t.Errorf("said %q", got)
	}
	_, err = r.get(t.Context(), "/jobs/x", nil, nil)
	if ExitCode(err) != ExitNotFound || err.Error() != "Job x not found\n  Check it" {
		t.Errorf("not found: %v", err)
	}
	if _, err = r.get(t.Context(), "/html", nil, nil); ExitCode(err) != ExitForbidden || !strings.Contains(err.Error(), "is that a Docket server?") {
		t.Errorf("another server: %v", err)
	}
	server.Close()
	if _, err = r.get(t.Context(), "/jobs", nil, nil); ExitCode(err) != ExitUnavailable || !strings.Contains(err.Error(), "docket serve") {
		t.Errorf("gone: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTimeout)
	if _, err = r.get(ctx, "/jobs", nil, nil); ExitCode(err) != ExitTimeout {
		t.Errorf("too late: %v", err)
	}
}

func TestWordsOfTimesAndNumbers(t *testing.T) {
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for stamp, want := range map[string]string{
		"2026-01-31T11:59:30Z": "30 s ago", "2026-01-31T11:00:01Z": "59 min ago", "2026-01-30T12:00:00Z": "24 h ago", "2026-01-01T12:00:00Z": "30 days ago",
		"2026-01-31T12:00:09Z": "0 s ago", "what": "what",
	} {
		if got := ago(stamp, now); got != want {
			t.Errorf("%s was %s, want %s", stamp, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1\u2009000", 1234567: "1\u2009234\u2009567"} {
		if got := count(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestDocuments(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	const id = "job_01hm6f4yk0f8xa7zq3v5c9d2ft"
	got, err := documents([]string{name, "https://example.com/b.pdf", id, "jobid://" + id})
	want := []document{{path: name}, {url: "https://example.com/b.pdf"}, {url: "jobid://" + id}, {url: "jobid://" + id}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(document{})); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
	for _, bad := range []string{filepath.Join(t.TempDir(), "none.pdf"), t.TempDir(), os.DevNull} {
		if got, err := documents([]string{name, bad}); err == nil || !strings.HasPrefix(err.Error(), bad+": ") {
			t.Errorf("%s: %v, %v", bad, got, err)
		}
	}
}
