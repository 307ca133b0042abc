package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// large is a document, and a result, that the database does not hold.
func large() []byte { return append(testkit.LongPDF(60), bytes.Repeat([]byte("%"), 100_000)...) }

// long says that a text has something of each page of such a document.
func long(text []byte) bool { return bytes.Count(text, []byte("quick brown fox")) >= 60 }

// serveS3 serves with the bucket docs of a gateway.
func serveS3(t *testing.T, data string, g *testkit.Gateway, flags ...string) *server {
	t.Helper()
	keys := func(c *exec.Cmd) {
		c.Env = append(c.Env, "DOCKET_S3_ACCESS_KEY="+testkit.S3AccessKey, "DOCKET_S3_SECRET="+testkit.S3Secret)
	}
	return serveAs(t, data, keys, append([]string{"--blobs", strings.Replace(g.URL("docs"), "?", "/some/prefix?", 1)}, flags...)...)
}

// plain asks an address as a client without a key does, who follows it to
// other servers.
func plain(t *testing.T, method, address, contentType string, body []byte) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Error(err)
	}
	return answer{resp, b}
}

// unfollowed is the server for a client that shows where it is sent.
func (s *server) unfollowed() *server {
	clone, client := *s, *s.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	clone.client = &client
	return &clone
}

// of counts the objects of a job.
func of(g *testkit.Gateway, v map[string]any) (n int) {
	for _, name := range g.Objects("docs") {
		if strings.Contains(name, strings.TrimPrefix(v["alias_id"].(string), "job_")) || strings.Contains(name, v["job_id"].(string)) {
			n++
		}
	}
	return n
}

// Everything that is done with documents is done in a bucket.
func TestBucket(t *testing.T) {
	t.Parallel()
	data, g := dataFolder(t), testkit.NewGateway(t, "docs")
	s := serveS3(t, data, g, "--workers", "2")
	document := large()
	id := s.submit("a.pdf", document)
	v := s.wait(id)
	if v["status"] != "completed" || of(g, v) < 2 {
		t.Fatalf("ended as %v with %v", v, g.Objects("docs"))
	}
	result := s.get("/jobs/" + id + "/result?format=txt").body
	if !long(result) {
		t.Errorf("the result is %.100q", result)
	}
	if a := s.get("/jobs/" + id + "/input/1"); !bytes.Equal(a.body, document) {
		t.Errorf("the document is answered %d with %d bytes", a.StatusCode, len(a.body))
	}
	if a := s.get("/jobs/" + id + "/pages/60.png"); a.StatusCode != http.StatusOK || len(a.body) == 0 {
		t.Errorf("a page is answered %d", a.StatusCode)
	}
	link := s.get("/parse/" + v["alias_id"].(string)).json(t)["pdf_url"].(string)
	if a := plain(t, http.MethodGet, link, "", nil); a.StatusCode != http.StatusOK || !bytes.Equal(a.body, document) || !strings.HasPrefix(a.Request.URL.String(), s.url) {
		t.Errorf("the link is answered %d with %d bytes by %s", a.StatusCode, len(a.body), a.Request.URL.Host)
	}
	again := s.wait(s.call("/jobs/" + id + "/rerun").json(t)["job_id"].(string))
	reused := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "reuse", content: "true"}, part{"file", "b.pdf", string(document)}).json(t)
	if again["status"] != "completed" || reused["status"] != "completed" || reused["reused_from"] == nil {
		t.Errorf("the rerun is %v, the one that reuses is %v", again["status"], reused)
	}
	chained := s.send("/jobs", map[string]any{"operation": "extract", "url": "jobid://" + id, "parameters": map[string]any{"schema": map[string]any{"type": "object", "properties": map[string]any{"page": map[string]any{"type": "string"}}}}}).json(t)
	if v := s.wait(chained["job_id"].(string)); v["status"] != "completed" {
		t.Errorf("a chained job is %v", v)
	}
	for _, name := range []string{id, again["job_id"].(string), chained["job_id"].(string)} {
		gone := s.get("/jobs/" + name).json(t)
		if a := s.do(http.MethodDelete, "/jobs/"+name, "", nil); a.StatusCode != http.StatusOK || of(g, gone) != 0 {
			t.Errorf("deleted with %d, %v are left", a.StatusCode, g.Objects("docs"))
		}
	}
	if got := s.get("/jobs/" + reused["job_id"].(string) + "/result?format=txt").body; !bytes.Equal(got, result) {
		t.Errorf("the copy has another result: %.100q", got)
	}
	if files, err := os.ReadDir(filepath.Join(data, "blobs")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the data folder has blobs: %v, %v", files, err)
	}
	s.backUp(g)
}

// backUp copies the database alone, on a running server and without one, and
// finds the documents again.
func (s *server) backUp(g *testkit.Gateway) {
	s.t.Helper()
	kept := s.submit("kept.pdf", large())
	s.wait(kept)
	for _, running := range []bool{true, false} {
		if !running {
			s.stop()
		}
		to := filepath.Join(s.t.TempDir(), "backup")
		if got := docket(s.t, "backup", to, "--data", s.data); !strings.Contains(got, "are in s3://docs/some/prefix and not in this backup") {
			s.t.Errorf("backup says %q", got)
		}
		if running {
			continue
		}
		restored := s.t.TempDir()
		if got := docket(s.t, "restore", to, "--data", restored); !strings.Contains(got, "s3://docs/some/prefix: start the server with --blobs") {
			s.t.Errorf("restore says %q", got)
		}
		r := serveS3(s.t, restored, g, "--workers", "0")
		if a := r.get("/jobs/" + kept + "/result?format=txt"); !long(a.body) {
			s.t.Errorf("after the restore: %d %.100q", a.StatusCode, a.body)
		}
		r.stop()
	}
}

// A server that would not find the documents of its database does not start.
func TestBlobsThatBelongElsewhere(t *testing.T) {
	data, g := dataFolder(t), testkit.NewGateway(t, "docs", "other")
	serveS3(t, data, g, "--workers", "0").stop()
	refused := func(says string, args ...string) {
		t.Helper()
		c := command(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--workers", "0"}, args...)...)
		c.Env = append(c.Env, "AWS_ACCESS_KEY_ID="+testkit.S3AccessKey, "AWS_SECRET_ACCESS_KEY="+testkit.S3Secret)
		out, err := c.CombinedOutput()
		if err == nil || !strings.Contains(string(out), says) {
			t.Errorf("serve %v: %v, %s", args, err, out)
		}
	}
	refused("last s3://docs/some/prefix", "--data", data)
	refused("last s3://docs/some/prefix", "--data", data, "--blobs", t.TempDir())
	refused("last s3://docs/some/prefix", "--data", data, "--blobs", g.URL("other"))
	refused("belongs to another database", "--data", t.TempDir(), "--blobs", strings.Replace(g.URL("docs"), "?", "/some/prefix?", 1))
	refused("make the bucket none", "--data", data, "--blobs", g.URL("none"))
	refused("wrong settings", "--data", data, "--blobs", "s3://docs?endpoint=localhost")
	shared, second := t.TempDir(), dataFolder(t)
	s := serve(t, second, "--blobs", shared)
	id := s.submit("a.pdf", large())
	s.wait(id)
	s.stop()
	refused("last "+shared, "--data", second)
	s = serve(t, second, "--blobs", shared)
	if a := s.get("/jobs/" + id + "/result?format=txt"); !long(a.body) {
		t.Errorf("in a folder of its own: %d %.100q", a.StatusCode, a.body)
	}
}

// Documents are sent to the bucket, and fetched there, without passing through
// the server. // contract C3
func TestPresignedUploads(t *testing.T) {
	t.Parallel()
	g := testkit.NewGateway(t, "docs")
	s := serveS3(t, dataFolder(t), g, "--s3-presign", "all", "--max-file", "3MB")
	await := func() (id, address string) {
		v := s.send("/v2/parse/upload", map[string]any{"file_name": "a.pdf"}).json(t)
		return v["job_id"].(string), v["upload_url"].(string)
	}
	for _, document := range [][]byte{testkit.PDF("Small."), append(large(), bytes.Repeat([]byte("%"), 1<<20)...)} {
		id, address := await()
		if !strings.HasPrefix(address, g.Endpoint().String()+"/docs/some/prefix/uploads/") {
			t.Fatalf("the address is %s", address)
		}
		if a := plain(t, http.MethodPut, address, "text/plain", []byte("x")); a.StatusCode != http.StatusForbidden {
			t.Errorf("another type is answered %d", a.StatusCode)
		}
		if v := s.get("/parse/" + id).json(t); v["status"] != "AwaitingUpload" {
			t.Errorf("before it is sent: %v", v)
		}
		if a := plain(t, http.MethodPut, address, "application/pdf", document); a.StatusCode != http.StatusOK {
			t.Fatalf("the document is answered %d %s", a.StatusCode, a.body)
		}
		sum := sha256.Sum256(document)
		if v := s.wait(id); v["status"] != "COMPLETED" || v["pdf_hash"] != "sha256:"+hex.EncodeToString(sum[:]) {
			t.Errorf("ended as %v", v)
		}
		// What comes again changes nothing, and is not kept.
		if a := plain(t, http.MethodPut, address, "application/pdf", []byte("other")); a.StatusCode != http.StatusOK {
			t.Errorf("a second time: %d", a.StatusCode)
		}
		if a := s.get("/jobs/" + id + "/input/1"); !bytes.Equal(a.body, document) {
			t.Errorf("the document is now %d bytes", len(a.body))
		}
		link := s.get("/parse/" + id).json(t)["pdf_url"].(string)
		a := plain(t, http.MethodGet, link, "", nil)
		if !bytes.Equal(a.body, document) || !strings.Contains(a.Header.Get("Content-Disposition"), "a.pdf") || a.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("the link is answered %d with %d bytes, %v", a.StatusCode, len(a.body), a.Header)
		}
		first := s.unfollowed().get(strings.TrimPrefix(link, s.url))
		if (first.StatusCode == http.StatusTemporaryRedirect) != (len(document) > 1<<20) || first.StatusCode >= http.StatusBadRequest {
			t.Errorf("the link of %d bytes is answered %d", len(document), first.StatusCode)
		}
		if there := a.Request.URL.Host == g.Endpoint().Host; there != (len(document) > 1<<20) {
			t.Errorf("%d bytes came from %s", len(document), a.Request.URL.Host)
		}
	}
	id, address := await()
	if a := plain(t, http.MethodPut, address, "application/pdf", make([]byte, 4<<20)); a.StatusCode != http.StatusOK {
		t.Fatalf("the large document is answered %d", a.StatusCode)
	}
	v := s.wait(id)
	if message, _ := v["error"].(string); v["status"] != "FAILED" || !strings.Contains(message, "3000000 bytes") {
		t.Errorf("ended as %v", v)
	}
	s.await("its object is removed", func() bool { return !strings.Contains(strings.Join(g.Objects("docs"), " "), "uploads/"+id) })
}

// Addresses of the server itself work with a bucket too.
func TestUploadsThroughTheServerIntoABucket(t *testing.T) {
	t.Parallel()
	g := testkit.NewGateway(t, "docs")
	s := serveS3(t, dataFolder(t), g, "--s3-presign", "none")
	v := s.send("/v2/parse/upload", map[string]any{"file_name": "a.pdf"}).json(t)
	address := v["upload_url"].(string)
	if !strings.HasPrefix(address, s.url+"/uploads/") {
		t.Fatalf("the address is %s", address)
	}
	if a := plain(t, http.MethodPut, address, "application/pdf", large()); a.StatusCode != http.StatusOK {
		t.Errorf("the document is answered %d %s", a.StatusCode, a.body)
	}
	if v := s.wait(v["job_id"].(string)); v["status"] != "COMPLETED" || of(g, v) == 0 {
		t.Errorf("ended as %v with %v", v, g.Objects("docs"))
	}
}

// A bucket that is away for a while costs no job anything, and nothing that was
// answered with 2xx is lost. // contract J10
func TestBucketGoesAway(t *testing.T) {
	t.Parallel()
	data, g := dataFolder(t), testkit.NewGateway(t, "docs")
	s := serveS3(t, data, g, "--workers", "1")
	done := s.submit("done.pdf", large())
	s.wait(done)
	running := s.submit("running.pdf", testkit.LongPDF(600))
	waiting := s.submit("waiting.pdf", large())
	s.await("it runs", func() bool {
		return at(s.get("/jobs/"+running).json(t), "progress", "pages_completed").(float64) > 20
	})
	g.Stop()
	before := s.get("/jobs").json(t)
	for _, path := range []string{"/parse", "/jobs"} {
		a := s.post(path, part{name: "operation", content: "parse"}, part{"file", "a.pdf", string(large())})
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s is answered %d %s", path, a.StatusCode, a.body)
		}
	}
	if after := s.get("/jobs").json(t); at(before, "pagination", "total") != at(after, "pagination", "total") {
		t.Errorf("what was refused left a job: %v", after)
	}
	for _, path := range []string{"/result", "/input/1"} {
		if a := s.get("/jobs/" + done + path); a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s is answered %d %.200s", path, a.StatusCode, a.body)
		}
	}
	s.await("/readyz says it", func() bool {
		a := s.get("/readyz")
		return a.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(a.body), "the bucket of the documents does not answer")
	})
	small := s.submit("small.pdf", testkit.PDF("It needs no bucket yet."))
	s.await("the running job is let go", func() bool { return strings.Contains(string(s.get("/jobs/"+running+"/events").body), "storage_error") })
	for _, id := range []string{running, waiting, small} {
		if v := s.get("/jobs/" + id).json(t); v["status"] != "processing" && v["status"] != "queued" {
			t.Errorf("while it is away a job is %v", v)
		}
	}
	g.Start()
	for _, id := range []string{running, waiting, small, done} {
		if v := s.wait(id); v["status"] != "completed" {
			t.Errorf("a job ended as %v", v)
		}
		if a := s.get("/jobs/" + id + "/result"); a.StatusCode != http.StatusOK {
			t.Errorf("its result: %d %.200s", a.StatusCode, a.body)
		}
	}
	s.await("/readyz is content", func() bool { return s.get("/readyz").StatusCode == http.StatusOK })
	for _, says := range []string{"jobs wait until it does", "answers again"} {
		if n := strings.Count(s.stderr.String(), says); n != 1 {
			t.Errorf("the log says %d times %q: %s", n, says, s.stderr)
		}
	}
}
