package notify

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"docket/internal/job"
)

// receivers is where the receivers are that users copy.
const receivers = "../../examples/webhook_receiver"

// program is a receiver that runs.
type program struct {
	url   string
	lines *bufio.Scanner // of its output
}

// run starts a receiver, which says in its first line where it listens.
func run(t *testing.T, secret, command string, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Env = append(os.Environ(), "WEBHOOK_SECRET="+secret, "PYTHONDONTWRITEBYTECODE=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // ended by the signal
	})
	p := &program{lines: bufio.NewScanner(out)}
	url, ok := strings.CutPrefix(p.line(), "Listens on ")
	if !ok {
		cancel()
		_ = cmd.Wait() // stderr is whole then
		t.Fatalf("%s did not start: %s", command, &stderr)
	}
	p.url = url
	return p
}

// line waits for the next line of output; empty at the end.
func (p *program) line() string {
	p.lines.Scan()
	return p.lines.Text()
}

// findPython gives an interpreter that has Flask.
func findPython(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import flask").Run() == nil {
			return python
		}
	}
	t.Fatal("no python3 with flask: apt-get install python3-flask")
	return ""
}

// installed copies the file to a folder in which Node finds the packages of
// the repository's tools.
func installed(t *testing.T, file string) string {
	t.Helper()
	packages, err := filepath.Abs("../../tools/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(packages, "standardwebhooks")); err != nil {
		t.Fatalf("run tools/contract.sh install: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(copied, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

// eventBody is a body such as a change of a classification has.
func eventBody(status, result, problem string) []byte {
	return []byte(fmt.Sprintf(`{"event":"job.status_changed","event_id":"evt_1","job_id":"job_1","status":%q,"current_status":%q,"previous_status":"processing",`+
		`"timestamp":"2024-01-15T10:35:42Z","progress":{"percentage":100,"files_completed":1,"total_files":1},"result":%s,"error":%s,"file_name":"Münze — a.pdf"}`,
		status, status, result, problem))
}

// contract H118, H119: the published receiver takes every kind of change.
func TestFlaskReceiver(t *testing.T) {
	tests := []struct {
		name, status, result, problem string
		answer, line                  string
	}{
		{"completed", "completed", `{"classification":"invoice","confidence":0.92}`, "null", `{"status":"processed"}`, "Classified as invoice (0.92)"},
		{"failed", "failed", "null", `"Failed to process PDF"`, `{"status":"error_logged"}`, "Failed: Failed to process PDF"},
		{"other", "cancelled", "null", "null", `{"status":"ignored"}`, ""},
	}
	python, w := findPython(t), newWebhooks(t, WebhookOptions{})
	for _, secret := range []string{"", specSecret} {
		p := run(t, secret, python, filepath.Join(receivers, "receiver.py"), "0")
		for _, tt := range tests {
			t.Run(fmt.Sprintf("%s signed=%t", tt.name, secret != ""), func(t *testing.T) {
				d := deliveryTo(p.url)
				d.Body = eventBody(tt.status, tt.result, tt.problem)
				if a := w.Send(t.Context(), d); !a.OK() || a.Status != 200 || strings.TrimSpace(a.Answer) != tt.answer {
					t.Fatalf("got %+v", a)
				}
				if tt.line != "" && p.line() != tt.line {
					t.Errorf("it printed %q", p.lines.Text())
				}
			})
		}
	}
}

// Verifiers that are not ours take what is signed, and nothing else.
func TestIndependentVerifiers(t *testing.T) {
	current, old := job.NewWebhookSecret(), job.NewWebhookSecret()
	tests := []struct {
		name    string
		secrets []string
		moved   time.Duration // of the sender's clock
		ok      bool
	}{
		{"one secret", []string{current}, 0, true},
		{"two secrets", []string{old, current}, 0, true},
		{"two secrets in the other order", []string{current, old}, 0, true},
		{"another secret", []string{old}, 0, false},
		{"too old", []string{current}, -10 * time.Minute, false},
		{"too new", []string{current}, 10 * time.Minute, false},
	}
	for name, p := range map[string]*program{
		"Python's standard library":      run(t, current, findPython(t), filepath.Join(receivers, "receiver.py"), "0"),
		"Node with the official library": run(t, current, "node", installed(t, filepath.Join(receivers, "verify.mjs")), "0"),
	} {
		for _, tt := range tests {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				w := newWebhooks(t, WebhookOptions{Now: func() time.Time { return time.Now().Add(tt.moved) }})
				d := deliveryTo(p.url)
				d.Secrets, d.Body = tt.secrets, eventBody("completed", `{"classification":"invoice","confidence":0.92}`, "null")
				a := w.Send(t.Context(), d)
				if a.OK() != tt.ok || !tt.ok && a.Status != 401 {
					t.Errorf("got %+v", a)
				}
				if refused := strings.HasPrefix(p.line(), "Refused: "); refused == tt.ok {
					t.Errorf("it printed %q", p.lines.Text())
				}
			})
		}
	}
}
