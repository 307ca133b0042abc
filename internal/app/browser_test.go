package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"docket/internal/testkit"
)

// samplePage is a page that follows a job.
const samplePage = "../../examples/samples/websocket.html"

// reporting tells the server of the page what the page shows, and when it has
// come to its end.
const reporting = `<script>
new MutationObserver(() => {
	const log = document.getElementById('log');
	fetch('/shown', {method: 'POST', body: log ? log.textContent : ''});
	if (document.title.endsWith('ended')) fetch('/ended' + location.search);
}).observe(document, {childList: true, subtree: true});
</script>
`

// pages serves an example from another origin than the server's.
type pages struct {
	*httptest.Server
	page  []byte
	shown chan string // what a page has in its log
	mu    sync.Mutex
	ended map[string]chan struct{} // by query
}

// servePage serves the page in a file, with one more script in it.
func servePage(t *testing.T, file, script string) *pages {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &pages{page: bytes.Replace(page, []byte("<script>"), []byte(script+reporting+"<script>"), 1), shown: make(chan string, 1000), ended: map[string]chan struct{}{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// ServeHTTP answers with the page, and ends the answer only when the page has
// come to its end: before that it is not loaded, and a browser that is to print
// a loaded page waits.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ended := p.end(r.URL.RawQuery)
	switch r.URL.Path {
	case "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, err := w.Write(append(p.page, bytes.Repeat([]byte("\n"), 4096)...))
		if err == nil {
			err = http.NewResponseController(w).Flush()
		}
		if err != nil {
			return // the browser has gone, which its test will see
		}
		select {
		case <-ended:
		case <-r.Context().Done():
		}
	case "/shown":
		if b, err := io.ReadAll(r.Body); err == nil {
			p.shown <- string(b)
		}
	case "/ended":
		select {
		case ended <- struct{}{}:
		default: // it was said before
		}
	default:
		http.NotFound(w, r)
	}
}

func (p *pages) end(query string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended[query] == nil {
		p.ended[query] = make(chan struct{}, 1)
	}
	return p.ended[query]
}

// until waits until a page shows the line in its log.
func (p *pages) until(t *testing.T, b *browser, line string) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	last := ""
	for {
		select {
		case last = <-p.shown:
			if strings.Contains(last, line+"\n") {
				return
			}
		case <-b.ended:
			t.Fatalf("Chromium: %v\n%s", b.err, &b.stderr)
		case <-deadline.C:
			t.Fatalf("no page shows %q; the last one %q", line, last)
		}
	}
}

// browser is a Chromium that prints a page when that is loaded.
type browser struct {
	t      *testing.T
	out    bytes.Buffer
	stderr bytes.Buffer
	ended  chan struct{}
	err    error
}

func browse(t *testing.T, address string) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("no Chromium: apt-get install chromium: %v", err)
	}
	home, err := os.MkdirTemp("", "docket-browser-") // t.TempDir is too long for the name of a socket
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, ended: make(chan struct{})}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	cmd := exec.CommandContext(ctx, program,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-extensions", "--user-data-dir="+home, "--dump-dom", address)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home}
	cmd.Stdout, cmd.Stderr = &b.out, &b.stderr
	// Its helpers end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		b.err = cmd.Wait()
		close(b.ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-b.ended
		if err := cmd.Cancel(); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Error(err)
		}
		_ = os.RemoveAll(home) // a helper that is just ending may still write
	})
	return b
}

// text gives what the page shows in an element at its end.
func (b *browser) text(id string) string {
	b.t.Helper()
	if <-b.ended; b.err != nil {
		b.t.Fatalf("Chromium: %v\n%s\n%s", b.err, &b.out, &b.stderr)
	}
	m := regexp.MustCompile(`(?s) id="` + id + `"[^>]*>(.*?)</`).FindSubmatch(b.out.Bytes())
	if m == nil {
		b.t.Fatalf("no element %s in\n%s\n%s", id, &b.out, &b.stderr)
	}
	return html.UnescapeString(string(m[1]))
}

// A page of another origin follows a job with the published client.
// contract A8, H57–H63, I1, J28, J30
func TestBrowserFollowsAJob(t *testing.T) {
	s, from := serve(t, dataFolder(t), "--workers", "1"), servePage(t, samplePage, "")
	open := func(t *testing.T, job string) *browser {
		t.Helper()
		return browse(t, fmt.Sprintf("%s/?server=%s&job=%s", from.URL, url.QueryEscape(strings.Replace(s.url, "http:", "ws:", 1)), job))
	}
	t.Run("from its making to its completion", func(t *testing.T) {
		s := s.on(t)
		created := s.send("/v2/parse/upload", map[string]any{"file_name": "a.pdf"}).json(t)
		id := created["job_id"].(string)
		b := open(t, s.get("/jobs/" + id).json(t)["alias_id"].(string))
		from.until(t, b, "Job "+id+": queued")
		upload := strings.TrimPrefix(created["upload_url"].(string), s.url)
		if a := s.do(http.MethodPut, upload, "application/pdf", bytes.NewReader(testkit.LongPDF(20))); a.StatusCode != http.StatusOK {
			t.Fatalf("upload: %d %s", a.StatusCode, a.body)
		}
		if got := b.text("outcome"); got != "completed "+id {
			t.Errorf("outcome %q", got)
		}
		log := b.text("log")
		for _, line := range []string{"Connected to job status stream", "Job " + id + ": queued", "Progress: 0%", "Job " + id + ": processing", "Progress: 100%", "Job completed!"} {
			if !strings.Contains(log, line+"\n") {
				t.Errorf("no %q in\n%s", line, log)
			}
		}
	})
	t.Run("to other ends", func(t *testing.T) {
		s := s.on(t)
		failed := s.submit("broken.pdf", []byte("%PDF-1.7 x"))
		s.wait(failed)
		cancelled := s.send("/v2/parse/upload", map[string]any{"file_name": "c.pdf"}).json(t)["job_id"].(string)
		const unknown = "job_01hm6f4yk0f8xa7zq3v5c9d2ft"
		shown := map[string]*browser{}
		for _, id := range []string{cancelled, failed, unknown} {
			shown[id] = open(t, id)
		}
		from.until(t, shown[cancelled], "Job "+cancelled+": queued")
		s.call("/jobs/" + cancelled + "/cancel")
		for id, want := range map[string]string{
			failed:    "failed " + failed + ": file_corrupted",
			cancelled: "closed 1000 the job is cancelled",
			unknown:   "closed 4404 Job with ID '" + unknown + "' does not exist",
		} {
			if got := shown[id].text("outcome"); got != want {
				t.Errorf("outcome %q, want %q\n%s", got, want, shown[id].text("log"))
			}
		}
	})
}
