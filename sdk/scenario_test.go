// Package sdk_test runs one scenario with each of the clients, against the
// real server behind a proxy that makes trouble when it is asked to.
package sdk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// patience is how long one client may take for all of it.
const patience = 3 * time.Minute

// scenario is sdk/scenario.json, and the webhooks that every client judges.
type scenario struct {
	Documents map[string]string `json:"documents"`
	Steps     []step            `json:"steps"`
	Webhooks  []webhook         `json:"webhooks"`
}

type webhook struct {
	Name    string            `json:"name"`
	Body    string            `json:"body"`
	Headers map[string]string `json:"headers"`
	Secrets []string          `json:"secrets"`
	Genuine bool              `json:"genuine"`
}

func TestScenario(t *testing.T) {
	sc, file := readScenario(t)
	server := startServer(t)
	for name, run := range map[string]func(t *testing.T, url, key string){
		"go":         func(t *testing.T, url, key string) { runGo(t, url, key, sc) },
		"python":     func(t *testing.T, url, key string) { command(t, python(t), "python/tests/scenario.py", url, key, file) },
		"typescript": func(t *testing.T, url, key string) { command(t, typescript(t), url, key, file) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, startProxy(t, server.url), server.key(t, name))
		})
	}
}

// readScenario adds the webhooks, which must be of this minute, and writes all
// of it to a file.
func readScenario(t *testing.T) (sc scenario, file string) {
	t.Helper()
	data, err := os.ReadFile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &sc); err != nil {
		t.Fatal(err)
	}
	sc.Webhooks = webhooks(t)
	if data, err = json.Marshal(sc); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "scenario.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return sc, file
}

func webhooks(t *testing.T) []webhook {
	t.Helper()
	const secret, other, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_Zm9yZ2V0IG1lLCBJIGFtIG90aGVy", `{"event":"job.status_changed","job_id":"é"}`
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(at time.Time) map[string]string {
		signature, err := signer.Sign("msg_1", at, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"webhook-id": "msg_1", "webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": "v1,bm90IHRoaXMgb25l " + signature}
	}
	now := time.Now()
	unsigned := signed(now)
	delete(unsigned, "webhook-signature")
	return []webhook{
		{"genuine", body, signed(now), []string{secret}, true},
		{"after a rotation", body, signed(now), []string{other, secret}, true},
		{"tampered", strings.Replace(body, "é", "e", 1), signed(now), []string{secret}, false},
		{"old", body, signed(now.Add(-time.Hour)), []string{secret}, false},
		{"from the future", body, signed(now.Add(time.Hour)), []string{secret}, false},
		{"of somebody else", body, signed(now), []string{other}, false},
		{"unsigned", body, unsigned, []string{secret}, false},
	}
}

// server is the real one, built for the test.
type server struct{ program, data, url string }

var listening = regexp.MustCompile(`http://[0-9.:]+`)

func startServer(t *testing.T) server {
	t.Helper()
	s := server{program: filepath.Join(t.TempDir(), "docket"), data: t.TempDir()}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", s.program, "docket/cmd/docket").CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	said, says, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, s.program, "serve", "--listen", "127.0.0.1:0", "--data", s.data)
	cmd.Stdout = says
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
		_ = said.Close()
	})
	text := make([]byte, 0, 4096)
	for s.url == "" {
		block := make([]byte, 512)
		n, err := said.Read(block)
		if err != nil {
			t.Fatalf("the server does not start: %v\n%s", err, text)
		}
		text = append(text, block[:n]...)
		s.url = string(listening.Find(text))
	}
	return s
}

// key is one for an account of the client's own.
func (s server) key(t *testing.T, account string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), s.program, "keys", "create", "--data", s.data, "--account", account, "--scopes", "read,write,admin").Output()
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	key := regexp.MustCompile(`docket_\w+`).Find(out)
	if key == nil {
		t.Fatalf("no key in %s", out)
	}
	return string(key)
}

// command runs a client's own runner.
func command(t *testing.T, cmd []string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, cmd[0], append(cmd[1:], args...)...)
	c.Env = append(os.Environ(), "PYTHONPATH=python", "PYTHONDONTWRITEBYTECODE=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "steps, ") {
		t.Errorf("it said %q", out)
	}
}

// python gives an interpreter that has requests.
func python(t *testing.T) []string {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import requests").Run() == nil {
			return []string{python}
		}
	}
	t.Fatal("no python3 with requests: apt-get install python3-requests")
	return nil
}

// typescript builds the client and gives the runner that uses it as a package.
func typescript(t *testing.T) []string {
	t.Helper()
	if _, err := os.Stat("typescript/node_modules"); err != nil {
		t.Fatal("npm ci in sdk/typescript first, as make test does")
	}
	build := exec.CommandContext(t.Context(), "npx", "tsc")
	build.Dir = "typescript"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the TypeScript client: %v\n%s", err, out)
	}
	return []string{"node", "typescript/test/scenario.mjs"}
}

func TestMain(m *testing.M) {
	if _, err := exec.LookPath("node"); err != nil {
		fmt.Fprintln(os.Stderr, "no node: apt-get install nodejs npm")
		os.Exit(1)
	}
	http.DefaultClient.Timeout = time.Minute
	os.Exit(m.Run())
}
