package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"docket/internal/app"
	"docket/internal/testkit"
)

// The test binary is also the program under test: with asProgram set it runs
// the command, and its sandbox children are itself with the hidden subcommand.
const asProgram = "DOCKET_TEST_AS_PROGRAM"

// ending is how long a server may take to end. Ten seconds are promised; a busy
// machine may take longer to give it its turns.
const ending = 25 * time.Second

// patience is how long a test waits for what should take a moment.
const patience = 2 * time.Minute

// engineFolder names the variable of the folder in which the compiled engine
// is kept for all tests.
const engineFolder = "DOCKET_TEST_ENGINE"

func TestMain(m *testing.M) {
	child := len(os.Args) > 1 && os.Args[1] == "sandbox-child"
	if size := os.Getenv(diskSize); size != "" && !child {
		mountDisk(size)
	}
	if child || os.Getenv(asProgram) != "" {
		os.Exit(app.Main(os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	folder, err := os.MkdirTemp("", "docket-engine-")
	if err == nil {
		err = errors.Join(os.Setenv(engineFolder, folder), keepEngine(folder))
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// keepEngine has a folder share its engine with other packages and runs: to
// compile it takes half a minute under the race detector.
func keepEngine(folder string) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil //nolint:nilerr // then it is compiled for this run
	}
	kept := filepath.Join(cache, "docket-test")
	return errors.Join(os.MkdirAll(kept, 0o700), os.Symlink(kept, filepath.Join(folder, "docket")))
}

// command is the program with arguments, not yet started.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := os.Getenv(engineFolder)
	c := exec.CommandContext(t.Context(), self, args...)
	c.Env = []string{asProgram + "=1", databaseOf(args), "XDG_CACHE_HOME=" + folder, "HOME=" + folder, "TMPDIR=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	return c
}

// server is the program serving a data folder.
type server struct {
	t      *testing.T
	data   string
	url    string
	key    string // shown with each request, unless empty
	client *http.Client
	cmd    *exec.Cmd
	stdout *lockedBuffer
	stderr *lockedBuffer
	ended  chan struct{}
}

// engineFolderIn makes a folder whose engine is compiled already.
func engineFolderIn(t *testing.T) string {
	t.Helper()
	data, shared := t.TempDir(), filepath.Join(os.Getenv(engineFolder), "docket")
	if err := errors.Join(os.MkdirAll(shared, 0o700), os.Symlink(shared, filepath.Join(data, "cache"))); err != nil {
		t.Fatal(err)
	}
	return data
}

// dataFolder makes such a folder with a database of its own.
func dataFolder(t *testing.T) string {
	t.Helper()
	data := engineFolderIn(t)
	if address := testkit.Database(t); address != "" {
		if err := os.WriteFile(filepath.Join(data, databaseFile), []byte(address), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// databaseFile is in a data folder whose database is on PostgreSQL, with its
// address.
const databaseFile = "database"

// databaseOf is the variable that names the database of the data folder that
// the arguments name.
func databaseOf(args []string) string {
	for i, a := range args[1:] {
		if args[i] == "--data" {
			address, err := os.ReadFile(filepath.Join(a, databaseFile))
			if err == nil {
				return "DOCKET_DATABASE=" + string(address)
			}
		}
	}
	return "DOCKET_DATABASE="
}

func serve(t *testing.T, data string, flags ...string) *server {
	t.Helper()
	return serveAs(t, data, func(*exec.Cmd) {}, flags...)
}

// serveAs is serve with a change to the command.
func serveAs(t *testing.T, data string, change func(*exec.Cmd), flags ...string) *server {
	t.Helper()
	s := launch(t, data, change, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, flags...)...)
	s.url = s.said(`listens on (https?://\S+)`)
	return s
}

// launch runs the program until the test ends.
func launch(t *testing.T, data string, change func(*exec.Cmd), args ...string) *server {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 100, ExpectContinueTimeout: patience}
	t.Cleanup(transport.CloseIdleConnections)
	s := &server{t: t, data: data, client: &http.Client{Transport: testkit.NewContract(t).RoundTripper(transport)}, stdout: &lockedBuffer{}, stderr: &lockedBuffer{}, ended: make(chan struct{})}
	s.cmd = command(t, args...)
	s.cmd.Stdout, s.cmd.Stderr = s.stdout, s.stderr
	change(s.cmd)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		_ = s.cmd.Wait()
	}()
	t.Cleanup(s.kill)
	return s
}

// said waits until the server has printed what the pattern describes, and
// gives its last group.
func (s *server) said(pattern string) string {
	s.t.Helper()
	for p := regexp.MustCompile(pattern); ; s.pause() {
		m := p.FindStringSubmatch(s.stdout.String())
		if m != nil {
			return m[len(m)-1]
		}
		select {
		case <-s.ended:
			s.t.Fatalf("the server ended before it said %s: %s", pattern, s.stderr)
		default:
		}
	}
}

// kill is kill -9.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// stop is SIGTERM; it returns how long the server took to end.
func (s *server) stop() time.Duration {
	s.t.Helper()
	begin := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatalf("the server did not end after SIGTERM: %s", s.stderr)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("the server ended with %d: %s", code, s.stderr)
	}
	return time.Since(begin)
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body []byte
}

// json decodes the body as an object.
func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("%s answers with Content-Type %q", a.Request.URL.Path, got)
	}
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s answers %d with %q: %v", a.Request.URL.Path, a.StatusCode, a.body, err)
	}
	return v
}

func (s *server) do(method, path, contentType string, body io.Reader) answer {
	s.t.Helper()
	a, err := s.try(method, path, contentType, body)
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", method, path, err, s.stderr)
	}
	return a
}

// try sends a request; headers are pairs of name and value.
func (s *server) try(method, path, contentType string, body io.Reader, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		return answer{}, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if s.key != "" {
		r.Header.Set("X-API-Key", s.key)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	b, err := io.ReadAll(resp.Body)
	return answer{resp, b}, errors.Join(err, resp.Body.Close())
}

// with is a GET with headers, pairs of name and value.
func (s *server) with(path string, headers ...string) answer {
	s.t.Helper()
	a, err := s.try(http.MethodGet, path, "", nil, headers...)
	if err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
	return a
}

func (s *server) get(path string) answer {
	s.t.Helper()
	return s.do(http.MethodGet, path, "", nil)
}

// part is one part of a form; with a file name it is a file.
type part struct{ name, file, content string }

func form(parts ...part) (contentType string, body *bytes.Buffer) {
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, p := range parts {
		var err error
		var to io.Writer
		if p.file != "" {
			to, err = w.CreateFormFile(p.name, p.file)
		} else {
			to, err = w.CreateFormField(p.name)
		}
		if err == nil {
			_, err = io.WriteString(to, p.content)
		}
		if err != nil {
			panic(fmt.Sprintf("write a form: %v", err))
		}
	}
	if err := w.Close(); err != nil {
		panic(fmt.Sprintf("write a form: %v", err))
	}
	return w.FormDataContentType(), body
}

func (s *server) post(path string, parts ...part) answer {
	s.t.Helper()
	contentType, body := form(parts...)
	return s.do(http.MethodPost, path, contentType, body)
}

// submit parses a document and gives the job's id.
func (s *server) submit(name string, content []byte) string {
	s.t.Helper()
	a := s.post("/jobs", part{name: "operation", content: "parse"}, part{"file", name, string(content)})
	if a.StatusCode != http.StatusAccepted {
		s.t.Fatalf("submit %s: %d %s", name, a.StatusCode, a.body)
	}
	return a.json(s.t)["job_id"].(string)
}

// send posts JSON.
func (s *server) send(path string, body any) answer {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(http.MethodPost, path, "application/json", bytes.NewReader(b))
}

// call posts without a body.
func (s *server) call(path string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, path, "", nil)
}

// on is the same server for a subtest.
func (s *server) on(t *testing.T) *server {
	clone := *s
	clone.t = t
	return &clone
}

// as is the same server for the holder of a key.
func (s *server) as(key string) *server {
	clone := *s
	clone.key = key
	return &clone
}

// status is the word of the answer's JSON.
func (a answer) status(t *testing.T) string {
	t.Helper()
	return fmt.Sprint(a.json(t)["status"])
}

// at digs in JSON by keys and indices.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

// wait polls until the job is final.
func (s *server) wait(id string) map[string]any {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		v := s.get("/jobs/" + id).json(s.t)
		switch strings.ToLower(fmt.Sprint(v["status"])) {
		case "completed", "failed", "cancelled":
			return v
		}
		s.pause()
	}
	s.t.Fatalf("job %s is not done after %v: %s\n%s", id, patience, s.get("/jobs/"+id).body, s.stderr)
	return nil
}

// pause is the time between two polls.
func (s *server) pause() {
	select {
	case <-time.After(20 * time.Millisecond):
	case <-s.t.Context().Done():
	}
}

// lockedBuffer is written by one goroutine and read by another.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
