package app_test

import (
	"net/http"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// With less room than is to be kept free nothing is taken, and everything else
// goes on: what is there can be read, cancelled, worked on and deleted.
// contract J10
func TestRoomIsKeptForRunningJobs(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	waiting, other := s.submit("a.pdf", testkit.LongPDF(150)), s.submit("b.pdf", testkit.PDF("x"))
	awaited := s.send("/v2/parse/upload", map[string]any{"file_name": "a.pdf"}).json(t)
	s.stop()
	s = serve(t, data, "--workers", "1", "--min-free", "900000GB")
	if a := s.get("/readyz"); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "--min-free") {
		t.Errorf("/readyz: %d %s", a.StatusCode, a.body)
	}
	if a := s.post("/parse", part{"file", "a.pdf", string(testkit.PDF("x"))}); a.StatusCode != http.StatusInsufficientStorage || a.Header.Get("Retry-After") == "" {
		t.Errorf("/parse: %d %s", a.StatusCode, a.body)
	}
	if a := s.get("/jobs/" + awaited["job_id"].(string)); a.StatusCode != http.StatusOK {
		t.Errorf("the job that waits for its document: %d %s", a.StatusCode, a.body)
	}
	for _, id := range []string{waiting, other} {
		if v := s.wait(id); v["status"] != "completed" {
			t.Errorf("a job ended as %v", v)
		}
		if a := s.get("/jobs/" + id + "/result"); a.StatusCode != http.StatusOK {
			t.Errorf("its result: %d %s", a.StatusCode, a.body)
		}
		if a := s.do(http.MethodDelete, "/jobs/"+id, "", nil); a.StatusCode != http.StatusOK {
			t.Errorf("its end: %d %s", a.StatusCode, a.body)
		}
	}
}
