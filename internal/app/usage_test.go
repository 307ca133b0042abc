package app_test

import (
	"net/http"
	"testing"
	"time"

	"docket/internal/testkit"
)

// Usage counts what was done, also of jobs that are gone.
func TestUsage(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	small := testkit.PDF("one", "two")
	done := s.submit("a.pdf", small)
	s.wait(done)
	s.wait(s.submit("b.pdf", []byte("%PDF-1.7 broken")))
	busy := s.submit("c.pdf", testkit.LongPDF(2000))
	s.call("/jobs/" + busy + "/cancel")
	s.wait(busy)
	s.do(http.MethodDelete, "/jobs/"+done, "", nil)
	v := s.get("/usage").json(t)
	today := time.Now().UTC().Format(time.DateOnly)
	if len(v["usage"].([]any)) > 2 || at(v, "usage", 0, "operation") != "parse" || at(v, "from") == nil {
		t.Errorf("%v", v)
	}
	for name, want := range map[string]float64{"submitted": 3, "completed": 1, "failed": 1, "cancelled": 1} {
		if at(v, "total", name) != want {
			t.Errorf("%s: %v, want %v", name, at(v, "total", name), want)
		}
	}
	if pages, ok := at(v, "total", "pages").(float64); !ok || pages < 2 {
		t.Errorf("pages %v", pages)
	}
	if bytes, ok := at(v, "total", "bytes").(float64); !ok || bytes < float64(len(small)) {
		t.Errorf("bytes %v", bytes)
	}
	if v := s.get("/usage?from=2020-01-01&to=2020-02-01").json(t); at(v, "total", "submitted") != 0.0 || at(v, "to") != "2020-02-01" {
		t.Errorf("long ago: %v", v)
	}
	for _, query := range []string{"?from=yesterday", "?to=2020-13-01", "?from=" + today + "&to=" + today, "?from=2099-01-01"} {
		if a := s.get("/usage" + query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.body)
		}
	}
}
