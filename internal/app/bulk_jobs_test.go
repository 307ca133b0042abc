package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// Many jobs at once: each is answered by itself, and to send it again is
// harmless. // contract J31
func TestBulk(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	_, ann := newKey(t, data, "ann", "read,write")
	_, bob := newKey(t, data, "bob", "read,write")
	_, root := newKey(t, data, "ops", "admin")
	good := testkit.PDF(letterText)
	done := s.as(ann).submit("done.pdf", good)
	s.as(ann).wait(done)
	foreign := s.as(bob).submit("bob.pdf", good)
	s.as(bob).wait(foreign)
	s.as(root).do(http.MethodPut, "/pauses/parse", "", nil)
	waiting := s.as(ann).submit("waiting.pdf", good)
	alias := s.as(ann).get("/jobs/" + waiting).json(t)["alias_id"].(string)

	bulk := func(s *server, body map[string]any) map[string]any {
		t.Helper()
		a := s.send("/jobs/bulk", body)
		if a.StatusCode != http.StatusOK {
			t.Fatalf("%v: %d %s", body, a.StatusCode, a.body)
		}
		return a.json(t)
	}
	outcomes := func(v map[string]any) (all string) {
		for i := range v["jobs"].([]any) {
			all += fmt.Sprintf("%v:%v ", at(v, "jobs", i, "outcome"), at(v, "jobs", i, "error_details", "error_type"))
		}
		return strings.ReplaceAll(all, ":<nil>", "")
	}
	asked := []string{waiting, done, "job_nonsense", alias, foreign, "job_00000000000000000000000000", ""}
	v := bulk(s.as(ann), map[string]any{"action": "cancel", "ids": asked})
	if got := outcomes(v); got != "done failed:conflict failed:not_found failed:forbidden failed:not_found " || v["matched"] != 5.0 || v["done"] != 1.0 || v["failed"] != 4.0 {
		t.Errorf("cancel: %s%v", got, v)
	}
	if got := fmt.Sprint(at(v, "jobs", 1, "error_details", "message")); !strings.Contains(got, done) || !strings.Contains(got, "completed") {
		t.Errorf("why not: %s", got)
	}
	if v := bulk(s.as(ann), map[string]any{"action": "cancel", "ids": []string{alias}}); outcomes(v) != "unchanged " || at(v, "jobs", 0, "job_id") != alias || at(v, "jobs", 0, "status") != "cancelled" {
		t.Errorf("cancel again: %v", v)
	}
	// A rerun that is repeated makes nothing new.
	rerun := func(key string, body map[string]any) answer {
		t.Helper()
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.as(ann).try(http.MethodPost, "/jobs/bulk", "application/json", bytes.NewReader(b), "Idempotency-Key", key)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	again := map[string]any{"action": "rerun", "ids": []string{done, waiting, foreign}}
	first := rerun("k", again).json(t)
	second := rerun("k", again).json(t)
	for i := range 2 {
		made := at(first, "jobs", i, "new_job_id")
		if made == nil || made != at(second, "jobs", i, "new_job_id") || at(first, "jobs", i, "status") != "queued" {
			t.Errorf("reruns: %v, then %v", first, second)
		}
		if j := s.as(ann).get("/jobs/" + fmt.Sprint(made)).json(t); j["original_job_id"] != at(again["ids"], i) && j["original_job_id"] != []string{done, waiting}[i] {
			t.Errorf("the rerun: %v", j)
		}
	}
	if outcomes(second) != "done done failed:forbidden " {
		t.Errorf("rerun: %s", outcomes(second))
	}
	if a := rerun("k", map[string]any{"action": "rerun", "ids": []string{done}}); a.StatusCode != http.StatusConflict {
		t.Errorf("the key for another request: %d %s", a.StatusCode, a.body)
	}
	// By filter, in pages; what is made meanwhile is left alone.
	filter := map[string]any{"action": "delete", "filter": map[string]any{"operation": "parse", "q": "pdf"}, "limit": 3}
	page := bulk(s.as(ann), filter)
	if page["matched"] != 4.0 || page["done"] != 3.0 || page["has_more"] != true {
		t.Fatalf("the first page: %v", page)
	}
	late := s.as(ann).submit("late.pdf", good)
	filter["cursor"] = page["cursor"]
	if page = bulk(s.as(ann), filter); page["matched"] != 4.0 || page["done"] != 1.0 || page["has_more"] != false {
		t.Errorf("the last page: %v", page)
	}
	if left := ids(s.as(ann).get("/jobs").json(t)); len(left) != 1 || left[0] != late {
		t.Errorf("left are %v, want %s", left, late)
	}
	if v := bulk(s.as(ann), map[string]any{"action": "cancel", "filter": map[string]any{"status": "completed,failed"}}); v["matched"] != 0.0 {
		t.Errorf("cancel of what has ended: %v", v)
	}
	if v := bulk(s.as(root), map[string]any{"action": "cancel", "filter": map[string]any{"account": "ann", "created_after": "2000-01-01"}}); outcomes(v) != "done " {
		t.Errorf("by an admin: %v", v)
	}
	if a := s.as(ann).send("/jobs/bulk", map[string]any{"action": "delete", "filter": map[string]any{"account": "bob", "status": "completed"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("another account's: %d %s", a.StatusCode, a.body)
	}
	if v := s.as(root).get("/audit?action=jobs.bulk&account=ann").json(t); at(v, "acts", 0, "caller") != "ops" || at(v, "acts", 0, "subject") != "cancel" || at(v, "acts", 0, "detail") != "1 done, 0 unchanged, 0 failed" {
		t.Errorf("the audit log: %v", v)
	}
}

// What cannot be understood changes nothing, and says what is allowed.
func TestBulkRefuses(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id := s.submit("a.pdf", testkit.PDF("x"))
	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for name, c := range map[string]struct {
		body any
		says string
	}{
		"no action":        {map[string]any{"ids": []string{id}}, "cancel, rerun, delete"},
		"another action":   {map[string]any{"action": "pause", "ids": []string{id}}, "cancel, rerun, delete"},
		"neither":          {map[string]any{"action": "delete"}, "filter"},
		"both":             {map[string]any{"action": "delete", "ids": []string{id}, "filter": map[string]any{"status": "queued"}}, "either"},
		"no ids":           {map[string]any{"action": "delete", "ids": []string{}}, "1 to 1000"},
		"too many ids":     {map[string]any{"action": "delete", "ids": many}, "1000"},
		"ids with cursor":  {map[string]any{"action": "delete", "ids": []string{id}, "cursor": "x"}, "cursor"},
		"an empty filter":  {map[string]any{"action": "delete", "filter": map[string]any{}}, "every job"},
		"empty in it":      {map[string]any{"action": "delete", "filter": map[string]any{"status": ""}}, "every job"},
		"an account alone": {map[string]any{"action": "delete", "filter": map[string]any{"account": "local"}}, "every job"},
		"a filter of text": {map[string]any{"action": "delete", "filter": "failed"}, "JSON object"},
		"an unknown field": {map[string]any{"action": "delete", "filter": map[string]any{"state": "failed"}}, "created_after"},
		"another field":    {map[string]any{"action": "delete", "ids": []string{id}, "force": true}, "force"},
		"a bad status":     {map[string]any{"action": "delete", "filter": map[string]any{"status": "done"}}, "completed"},
		"a bad query":      {map[string]any{"action": "delete", "filter": map[string]any{"q": "x:y"}}, "status:"},
		"a bad cursor":     {map[string]any{"action": "delete", "filter": map[string]any{"status": "queued"}, "cursor": "e30"}, "cursor"},
		"a bad limit":      {map[string]any{"action": "delete", "filter": map[string]any{"status": "queued"}, "limit": 1.5}, "1 to 1000"},
		"limit 0":          {map[string]any{"action": "delete", "filter": map[string]any{"status": "queued"}, "limit": 0}, "1 to 1000"},
		"no object":        {[]string{id}, "JSON object"},
	} {
		a := s.send("/jobs/bulk", c.body)
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), c.says) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if v := s.get("/jobs/" + id).json(t); v["status"] != "queued" {
		t.Errorf("the job is %v", v)
	}
}

// GET /batches lists batches as GET /jobs/batch/{id} shows them, and forgets
// those without jobs. // contract J31
func TestBatchesAreListed(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	_, ann := newKey(t, data, "ann", "read,write")
	_, bob := newKey(t, data, "bob", "read,write")
	var made []string // newest first
	for range 3 {
		contentType, body := form(part{name: "jobs", content: `[{"operation":"parse","file":"a"},{"operation":"parse","file":"b"}]`}, part{"a", "a.pdf", string(testkit.PDF("x"))}, part{"b", "b.pdf", "%PDF-1.7 broken"})
		made = append([]string{s.as(ann).do(http.MethodPost, "/jobs/batch", contentType, body).json(t)["batch_id"].(string)}, made...)
	}
	for _, id := range made {
		for i := range 2 {
			s.as(ann).wait(fmt.Sprint(at(s.as(ann).get("/jobs/batch/"+id).json(t), "jobs", i, "job_id")))
		}
	}
	v := s.as(ann).get("/batches?limit=2&offset=1").json(t)
	if at(v, "pagination", "total") != 3.0 || at(v, "pagination", "has_more") != false || at(v, "batches", 2) != nil {
		t.Errorf("a page: %v", v)
	}
	for i, id := range made[1:] {
		one := s.as(ann).get("/jobs/batch/" + id).json(t)
		delete(one, "jobs")
		if got := at(v, "batches", i); fmt.Sprint(got) != fmt.Sprint(one) || at(got, "completed_jobs") != 1.0 || at(got, "failed_jobs") != 1.0 {
			t.Errorf("batch %d: %v, want %v", i, got, one)
		}
	}
	if v := s.as(bob).get("/batches").json(t); at(v, "pagination", "total") != 0.0 || at(v, "batches", 0) != nil {
		t.Errorf("of another account: %v", v)
	}
	if a := s.as(bob).get("/batches?account=ann"); a.StatusCode != http.StatusForbidden {
		t.Errorf("of ann for bob: %d", a.StatusCode)
	}
	s.as(ann).send("/jobs/bulk", map[string]any{"action": "delete", "filter": map[string]any{"batch": made[0]}})
	if v := s.as(ann).get("/batches").json(t); at(v, "pagination", "total") != 2.0 || at(v, "batches", 0, "batch_id") != made[1] {
		t.Errorf("after all jobs of one are gone: %v", v)
	}
}
