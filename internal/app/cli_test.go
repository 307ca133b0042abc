package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"docket/internal/testkit"
)

// client runs a command of a client of the server, in a folder of its own, and
// gives what it printed and how it ended.
func (s *server) docket(env []string, args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	c := command(s.t, args...)
	var out, errs strings.Builder
	c.Stdout, c.Stderr = &out, &errs
	c.Env = append(append(c.Env, "DOCKET_URL="+s.url, "DOCKET_KEY="+s.key), env...)
	if err := c.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			s.t.Fatal(err)
		}
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// TestCommandLine goes the way of a user: submit, list, wait, read, do it
// again, end it. Without a terminal a line has tabs.
func TestCommandLine(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	good, bad := file(t, "good.pdf", testkit.PDF("Hello.", "Goodbye.")), file(t, "bad.pdf", []byte("%PDF-1.7 broken"))
	do := func(code int, args ...string) string {
		t.Helper()
		out, errs, got := s.docket(nil, args...)
		if got != code {
			t.Errorf("docket %v ended with %d, want %d: %s%s", args, got, code, out, errs)
		}
		return out
	}
	says := func(out, pattern string) string {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("%q does not match %s", out, pattern)
		}
		return m[len(m)-1]
	}
	id := says(do(0, "submit", "parse", good, "--tag", "march"), `^(job_\w{26})\tqueued\tparse\tgood.pdf\n$`)
	says(do(0, "jobs", "wait", id), `^`+id+`\tcompleted\tparse`)
	if got := do(0, "jobs", "result", id, "-f", "md"); got != "Hello.\n\nGoodbye.\n" {
		t.Errorf("the result is %q", got)
	}
	output := filepath.Join(t.TempDir(), "result.html")
	do(0, "jobs", "result", id, "--format", "html", "--output", output)
	if b, err := os.ReadFile(output); err != nil || !strings.Contains(string(b), "Goodbye.") {
		t.Errorf("the file holds %q, %v", b, err)
	}
	out := do(3, "submit", "parse", good, bad, "--wait")
	says(out, `(?m)^job_\w{26}\tcompleted\tparse\tgood.pdf`)
	failed := says(out, `(?m)^(job_\w{26})\tfailed\tparse\tbad.pdf\tFailed to process PDF`)
	says(do(3, "jobs", "watch", failed), `failed`)
	says(do(0, "jobs", "list", "good", "tag:march"), `^`+id+`\tcompleted\tparse\tgood.pdf\t?.*\n$`)
	if got := do(0, "jobs", "list", "--status", "queued"); got != "" {
		t.Errorf("queued are %q", got)
	}
	if lines := strings.Count(do(0, "jobs", "list", "--all"), "\n"); lines != 3 {
		t.Errorf("%d jobs are listed", lines)
	}
	if lines := strings.Count(do(0, "jobs", "list", "-n", "2"), "\n"); lines != 2 {
		t.Errorf("%d of 2 jobs are listed", lines)
	}
	again := says(do(0, "jobs", "rerun", id), `^(job_\w{26})\tqueued\t\treruns `+id)
	do(0, "jobs", "wait", "--query", "good")
	do(1, "jobs", "cancel", again)
	do(2, "jobs", "delete", "--status", "failed")
	says(do(0, "jobs", "delete", "--status", "failed", "--yes"), failed+"\tdeleted")
	do(5, "jobs", "get", failed)
	do(5, "jobs", "wait", failed)
	do(5, "jobs", "result", "job_00000000000000000000000000")
	do(5, "jobs", "delete", failed, again)
	do(5, "batch", "get", "batch_00000000000000000000000000")
	batch := says(do(0, "batch", "submit", "parse", good, bad), `^(batch_\w{26})\tqueued\t2\t2 queued`)
	says(do(3, "batch", "wait", batch), `(?m)^job_\w{26}\tfailed`)
	says(do(0, "batch", "list"), `^`+batch+`\tcompleted\t2\t1 completed, 1 failed`)
	rerun := says(do(0, "batch", "rerun", batch), `^(batch_\w{26})`)
	do(3, "batch", "wait", rerun)
	hook := says(do(0, "webhooks", "create", listen(t).URL, "--event", "completed"), `^(whe_\w{26})\twhsec_`)
	says(do(0, "webhooks", "list"), `^`+hook+`\thttp\S+\tcompleted\tenabled`)
	do(0, "webhooks", "test", hook)
	delivery := says(do(0, "webhooks", "deliveries", hook), `^(\w+)\t`)
	do(0, "webhooks", "replay", hook, delivery)
	do(0, "webhooks", "delete", hook)
	says(do(0, "stats"), `3 completed, 2 failed.*\n.*\nlast day\t7 submitted, 4 completed, 3 failed`)
}

// Everything that a command can say, it says in JSON too.
func TestCommandLineInJSON(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	good := file(t, "good.pdf", testkit.PDF("Hello."))
	var id string
	for _, args := range [][]string{
		{"submit", "parse", good}, {"jobs", "wait", "ID"}, {"jobs", "watch", "ID"}, {"jobs", "get", "ID"}, {"jobs", "list"}, {"jobs", "rerun", "ID"},
		{"submit", "parse", good, "--wait"}, {"batch", "submit", "parse", good}, {"batch", "list"}, {"webhooks", "list"}, {"stats"}, {"jobs", "delete", "ID"},
		{"version"}, {"config", "show"}, {"pause", "--data", data}, {"resume", "--data", data}, {"keys", "list", "--data", data}, {"backup", "--data", data, filepath.Join(t.TempDir(), "b")},
	} {
		for i := range args {
			if args[i] == "ID" {
				args[i] = id
			}
		}
		out, errs, code := s.docket(nil, append(args, "--json")...)
		d := json.NewDecoder(strings.NewReader(out))
		values := 0
		for d.More() {
			var v any
			if err := d.Decode(&v); err != nil {
				t.Errorf("%v prints %q: %v", args, out, err)
				break
			}
			if found, ok := at(v, "job_id").(string); ok && id == "" {
				id = found
			}
			values++
		}
		if code != 0 || values == 0 {
			t.Errorf("%v ended with %d and %d values: %s%s", args, code, values, out, errs)
		}
	}
}

// What goes wrong has an exit code and says what to do.
func TestCommandLineRefuses(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	good := file(t, "good.pdf", testkit.PDF("Hello."))
	_, reader := newKey(t, data, "ann", "read")
	gone, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + gone.Addr().String()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	settings := file(t, "client.toml", fmt.Appendf(nil, "server = %q\nkey = %q\n", s.url, reader))
	wrong := file(t, "wrong.toml", []byte("servre = 'x'\n"))
	for _, test := range []struct {
		code int
		says string
		env  []string
		args []string
	}{
		{2, "is not a command", nil, []string{"jobs", "lsit"}},
		{2, "needs an operation", nil, []string{"submit"}},
		{2, "unknown flag", nil, []string{"jobs", "list", "--colour"}},
		{2, "--limit 0", nil, []string{"jobs", "list", "-n", "0"}},
		{2, "takes the id of a job; 2 arguments given", nil, []string{"jobs", "result", "a", "b"}},
		{2, "give one of them", nil, []string{"submit", "parse", good, "--batch", "--together"}},
		{2, "is not JSON", nil, []string{"submit", "extract", good, "-p", "{"}},
		{2, "NAME=VALUE", nil, []string{"submit", "parse", good, "--set", "strategy"}},
		{2, "no such file", nil, []string{"submit", "parse", good, "-p", "@nowhere.json"}},
		{2, "is not an address", []string{"DOCKET_URL=ftp://x"}, []string{"jobs", "list"}},
		{2, "allowed are server and key", []string{"DOCKET_CLIENT_CONFIG=" + wrong}, []string{"jobs", "list"}},
		{2, "--timeout", nil, []string{"jobs", "list", "--timeout", "-1s"}},
		{2, "name jobs by their ids", nil, []string{"jobs", "wait"}},
		{2, "choose md", nil, []string{"parse", good, "--format", "docx"}},
		{2, "--output", nil, []string{"split", good, "--categories", "a,b"}},
		{1, "nowhere.pdf: no such file", nil, []string{"submit", "parse", "nowhere.pdf"}},
		{1, "it is a folder", nil, []string{"submit", "parse", t.TempDir()}},
		{4, "API key is required", []string{"DOCKET_KEY="}, []string{"jobs", "list"}},
		{4, "Invalid API key", []string{"DOCKET_KEY=nonsense"}, []string{"jobs", "list"}},
		{4, "lacks the scope write", nil, []string{"submit", "parse", good}},
		{0, "", []string{"DOCKET_URL=", "DOCKET_KEY=", "DOCKET_CLIENT_CONFIG=" + settings}, []string{"jobs", "list"}},
		{0, "", []string{"DOCKET_URL=http://127.0.0.1:1"}, []string{"jobs", "list", "--server", s.url}},
		{5, "not found", nil, []string{"jobs", "get", "job_00000000000000000000000000"}},
		{6, "docket serve", []string{"DOCKET_URL=" + nobody}, []string{"jobs", "list"}},
		{1, "status:", nil, []string{"jobs", "list", "state:failed"}},
	} {
		out, errs, code := s.as(reader).docket(test.env, test.args...)
		if code != test.code || !strings.Contains(errs, test.says) || (code != 0 && out != "") {
			t.Errorf("docket %v with %v ended with %d, want %d, and said %q, %q", test.args, test.env, code, test.code, out, errs)
		}
	}
	writer := s.as(func() string { _, key := newKey(t, data, "ann", "read,write"); return key }())
	out, errs, code := writer.docket(nil, "submit", "parse", good, "--wait", "--timeout", "1s")
	if code != 124 || !strings.Contains(errs, "the jobs go on") {
		t.Errorf("a time-out ended with %d: %s%s", code, out, errs)
	}
	for range 2 { // the same job
		out, _, _ := writer.docket(nil, "submit", "parse", good, "--idempotency-key", "once", "--json")
		var j struct {
			ID string `json:"job_id"`
		}
		if err := json.Unmarshal([]byte(out), &j); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
	}
	if v := writer.get("/jobs").json(t); at(v, "pagination", "total") != 2.0 {
		t.Errorf("jobs are made twice: %v", v)
	}
}

// parse, extract, classify and split give the same with a server and without.
func TestRunsHereAndThere(t *testing.T) {
	t.Parallel()
	s := serve(t, dataFolder(t), "--workers", "1")
	letter, locked := file(t, "letter.pdf", testkit.PDF(letterText)), file(t, "locked.pdf", testkit.EncryptedPDF("sesame", "secret words"))
	run := func(code int, env []string, args ...string) (string, string) {
		t.Helper()
		out, errs, got := s.docket(env, args...)
		if got != code {
			t.Errorf("docket %v with %v ended with %d, want %d: %s%s", args, env, got, code, out, errs)
		}
		return out, errs
	}
	here, there := []string{"DOCKET_URL="}, []string(nil)
	volatile := regexp.MustCompile(`"(processing_time|path|fileId|full_path)":("[^"]*"|[0-9.e-]+)`)
	for _, args := range [][]string{
		{"parse", letter}, {"parse", letter, "-f", "html"}, {"parse", locked, "--password", "sesame"},
		{"extract", letter, "--schema", `{"type":"object","properties":{"date":{"type":"string"}}}`},
		{"classify", letter, "--categories", "invoice,letter"},
		{"classify", letter, "--categories", `[{"name":"invoice"},{"name":"letter"}]`, "-f", "txt"},
		{"split", letter, "--categories", "invoice,letter", "--output", t.TempDir()},
	} {
		a, _ := run(0, here, args...)
		b, _ := run(0, there, args...)
		a, b = volatile.ReplaceAllString(strings.TrimSpace(a), ""), volatile.ReplaceAllString(strings.TrimSpace(b), "")
		if a != b || a == "" {
			t.Errorf("docket %v prints %q here and %q there", args, a, b)
		}
	}
	for name, env := range map[string][]string{"here": here, "there": there} {
		folder := filepath.Join(t.TempDir(), "out")
		_, errs := run(map[string]int{"here": 1, "there": 3}[name], env, "parse", letter, locked, "--output", folder)
		if !strings.Contains(errs, "locked.pdf: The PDF is password-protected") || !strings.Contains(errs, "--password") {
			t.Errorf("%s: %s", name, errs)
		}
		if got, err := os.ReadDir(folder); err != nil || len(got) != 1 || got[0].Name() != "letter.pdf.md" {
			t.Errorf("%s: the folder has %v, %v", name, got, err)
		}
		parts := filepath.Join(t.TempDir(), "parts")
		run(0, env, "split", letter, "--categories", "invoice,letter", "--output", parts)
		if got, err := filepath.Glob(filepath.Join(parts, "*.pdf")); err != nil || len(got) != 1 {
			t.Errorf("%s: the parts are %v, %v", name, got, err)
		}
	}
	for _, args := range [][]string{{"extract", letter}, {"extract", letter, "--schema", "{}"}, {"classify", letter}, {"parse", letter, "--set", "nonsense=1"}} {
		if out, errs := run(2, here, args...); out != "" || len(errs) < 20 {
			t.Errorf("docket %v says %q", args, errs)
		}
	}
}

// A command that is interrupted leaves the jobs alone and says how to go on.
func TestInterruptedWait(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id := s.submit("a.pdf", testkit.PDF("x"))
	c := command(t, "jobs", "wait", id, "--server", s.url)
	var errs strings.Builder
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`docket_http_requests_total\{method="GET",route="/jobs/status",status="200"\} [1-9]`)
	for end := time.Now().Add(patience); time.Now().Before(end) && !asked.MatchString(metric(s)); {
		s.pause()
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != 130 || !strings.Contains(errs.String(), "docket jobs wait "+id) {
		t.Errorf("ended with %d: %s", code, errs.String())
	}
	if got := s.get("/jobs/" + id).status(t); got != "queued" {
		t.Errorf("the job is %s", got)
	}
}

// metric is what /metrics says.
func metric(s *server) string {
	a := s.get("/metrics")
	if a.StatusCode != http.StatusOK {
		s.t.Fatalf("metrics: %d", a.StatusCode)
	}
	return string(a.body)
}
