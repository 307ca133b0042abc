package app_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// What /stats says, of one's own jobs and of others', before and after a kill.
// contract J31
func TestStats(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	_, ann := newKey(t, data, "ann", "read,write")
	_, bob := newKey(t, data, "bob", "read,write")
	_, root := newKey(t, data, "ops", "admin")
	good, bad := testkit.PDF(letterText), []byte("%PDF-1.7 broken")
	s.as(ann).wait(s.as(ann).submit("a.pdf", good))
	s.as(ann).wait(s.as(ann).submit("b.pdf", bad))
	s.as(bob).wait(s.as(bob).submit("c.pdf", good))

	s.as(root).do(http.MethodPut, "/pauses/parse", "", nil)
	s.as(ann).submit("d.pdf", good)
	check := func(s *server, nodes int) {
		t.Helper()
		v := s.as(ann).get("/stats").json(t)
		for path, want := range map[[2]string]any{
			{"jobs", "queued"}: 1.0, {"jobs", "completed"}: 1.0, {"jobs", "failed"}: 1.0, {"jobs", "total"}: 3.0,
			{"queue", "waiting"}: 1.0, {"queue", "running"}: 0.0, {"workers", "nodes"}: float64(nodes), {"workers", "slots"}: float64(nodes), {"workers", "busy"}: 0.0,
		} {
			if got := at(v, path[0], path[1]); got != want {
				t.Errorf("%v is %v, want %v", path, got, want)
			}
		}
		if got := at(v, "queue", "paused", 0); got != "parse" {
			t.Errorf("paused is %v", got)
		}
		if got, ok := at(v, "queue", "oldest_waiting_seconds").(float64); !ok || got < 0 || got > patience.Seconds() {
			t.Errorf("the oldest waits for %v", at(v, "queue", "oldest_waiting_seconds"))
		}
		total := at(v, "last_day", "total")
		if at(total, "submitted") != 3.0 || at(total, "completed") != 1.0 || at(total, "failed") != 1.0 {
			t.Errorf("the last day: %v", total)
		}
		if p50, ok := at(total, "duration_p50_seconds").(float64); !ok || p50 <= 0 || p50 > patience.Seconds() {
			t.Errorf("a job takes %v", at(total, "duration_p50_seconds"))
		}
		if got := at(v, "last_day", "failures", 0, "error_type"); got != "file_corrupted" {
			t.Errorf("failures: %v", at(v, "last_day", "failures"))
		}
		var sum float64
		buckets := at(v, "last_day", "buckets").([]any)
		for _, b := range buckets {
			sum += at(b, "submitted").(float64)
		}
		if got, ok := at(buckets[len(buckets)-1], "oldest_waiting_seconds").(float64); !ok || got <= 0 || got > patience.Seconds() {
			t.Errorf("in the last quarter of an hour the oldest waited for %v", at(buckets[len(buckets)-1], "oldest_waiting_seconds"))
		}
		if at(buckets[0], "oldest_waiting_seconds") != nil {
			t.Errorf("a day ago something waited: %v", buckets[0])
		}
		if sum != 3 || at(buckets[0], "at") != at(v, "last_day", "from") {
			t.Errorf("%v jobs in buckets %v", sum, buckets)
		}
		if at(v, "system") != nil {
			t.Errorf("anybody sees what the server is made of: %v", at(v, "system"))
		}
		all := s.as(root).get("/stats?account=*").json(t)
		if at(all, "jobs", "total") != 4.0 || at(all, "last_day", "total", "submitted") != 4.0 || at(all, "account") != "*" {
			t.Errorf("of everyone: %v", all)
		}
		if n := at(all, "system", "nodes", nodes-1); at(n, "state") != "live" || at(n, "role") != "serve" || at(all, "system", "nodes", nodes) != nil {
			t.Errorf("nodes: %v", at(all, "system", "nodes"))
		}
		if own := s.as(root).get("/stats").json(t); at(own, "jobs", "total") != 0.0 {
			t.Errorf("of an admin: %v", own)
		}
		if named := s.as(root).get("/stats?account=bob").json(t); at(named, "jobs", "total") != 1.0 {
			t.Errorf("of bob: %v", named)
		}
	}
	check(s, 1)
	s.kill()
	s = serve(t, data, "--workers", "1")
	nodes := 1
	if os.Getenv(testkit.DatabaseEnv) != "" { // of a shared one, nobody knows at once that a node is gone
		nodes = 2
	}
	check(s, nodes)
	want := map[string]any{"accounts": []any{map[string]any{"account": "ann"}, map[string]any{"account": "bob"}, map[string]any{"account": "ops"}}}
	if diff := cmp.Diff(want, s.as(root).get("/accounts").json(t)); diff != "" {
		t.Errorf("the accounts: %s", diff)
	}
	if a := s.as(ann).get("/accounts"); a.StatusCode != http.StatusForbidden {
		t.Errorf("the accounts for ann: %d", a.StatusCode)
	}
	for _, of := range []string{"*", "bob"} {
		if a := s.as(ann).get("/stats?account=" + of); a.StatusCode != http.StatusForbidden {
			t.Errorf("of %s for ann: %d", of, a.StatusCode)
		}
	}
}
