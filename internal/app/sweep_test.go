package app_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// stored lists the files of the blob folder.
func (s *server) stored() []string {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.data, "blobs", "2*", "*", "*", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	unfinished, err := filepath.Glob(filepath.Join(s.data, "blobs", "tmp", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	return append(files, unfinished...)
}

// contract A11, H99, H100, J23
func TestRetention(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--retention", "1s")
	id := s.submit("a.pdf", testkit.LongPDF(150))
	kept := s.post("/parse", part{"file", "b.pdf", string(testkit.LongPDF(150))}, part{name: "expires_in", content: "3600"}).json(t)["job_id"].(string)
	v := s.wait(kept)
	if v["expires_at"] == nil {
		t.Errorf("no expires_at: %v", v)
	}
	for s.get("/jobs/"+id).StatusCode == http.StatusOK {
		s.pause()
	}
	for _, path := range []string{"/jobs/" + id, "/jobs/" + id + "/result", "/jobs/" + id + "/events", "/jobs/" + id + "/status", "/jobs/" + id + "/deliveries", "/v1/api/jobs/" + id, "/parse/" + id} {
		a := s.get(path)
		if a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
		if strings.HasPrefix(path, "/jobs/") && !strings.Contains(string(a.body), "Job may have been automatically deleted after retention period") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if got := s.jobs(); got != 1 {
		t.Errorf("%v jobs are listed", got)
	}
	before := len(s.stored())
	s.stop()
	s = serve(t, data) // sweeps at its start
	for len(s.stored()) == before {
		s.pause()
	}
	if a := s.get("/parse/" + kept); a.StatusCode != http.StatusOK || len(s.stored()) != 3 { // document, chunks, records of the pages
		t.Errorf("the other job: %d, files %v", a.StatusCode, s.stored())
	}
	for _, wrong := range []string{"0", "-1", "1.5", "soon", "1e20", "315360001", "NaN"} {
		for path, operation := range map[string]string{"/jobs": "operation", "/parse": "ignored", "/v1/api/jobs": "type"} {
			a := s.post(path, part{"file", "a.pdf", "x"}, part{name: operation, content: "parse"}, part{name: "expires_in", content: wrong})
			if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "expires_in") {
				t.Errorf("%s expires_in=%s: %d %s", path, wrong, a.StatusCode, a.body)
			}
		}
	}
}

// What a killed server was writing does not stay. // design 6: blobs
func TestKillMinusNineLeavesNoFilesBehind(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	done := s.submit("done.pdf", testkit.LongPDF(150))
	s.wait(done)
	kept := len(s.stored())
	// A form whose first document is stored and whose second never ends.
	body, upload := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := s.try(http.MethodPost, "/jobs", "multipart/form-data; boundary=x", body)
		ended <- err
	}()
	file := "--x\r\nContent-Disposition: form-data; name=file; filename=%s\r\n\r\n%s"
	if _, err := fmt.Fprintf(upload, file+"\r\n"+file, "one.pdf", testkit.LongPDF(150), "two.pdf", strings.Repeat(".", 1<<20)); err != nil {
		t.Fatal(err)
	}
	for len(s.stored()) < kept+2 {
		s.pause()
	}
	s.kill()
	_ = upload.CloseWithError(io.ErrClosedPipe)
	if err := <-ended; err == nil {
		t.Error("the upload was answered")
	}
	if got := len(s.stored()); got != kept+2 {
		t.Fatalf("%d files were left, want %d", got, kept+2)
	}
	s = serve(t, data, "--workers", "0")
	for len(s.stored()) > kept {
		s.pause()
	}
	if a := s.get("/jobs/" + done + "/result"); a.StatusCode != http.StatusOK || len(s.stored()) != kept {
		t.Errorf("the job before: %d, files %v", a.StatusCode, s.stored())
	}
	if left, err := os.ReadDir(filepath.Join(data, "blobs", "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
