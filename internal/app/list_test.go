package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// ids gives the ids of a list, in its order.
func ids(v map[string]any) (list []string) {
	jobs, _ := v["jobs"].([]any)
	for _, j := range jobs {
		list = append(list, fmt.Sprint(at(j, "job_id")))
	}
	return list
}

// Every filter, alone and together with others, against a model of the same
// jobs. // contract H65–H72, H74, H77, J20
func TestListFiltersAndTotals(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	type made struct {
		id, status, tags string
		at               time.Time
	}
	var all []made // newest first
	contents := map[string][]byte{"completed": testkit.PDF("fine"), "failed": []byte("%PDF-1.4 broken")}
	for i := range 12 {
		status := []string{"completed", "failed", "completed"}[i%3]
		tags := []string{"", "a", "a,b"}[i%3]
		a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "tags", content: tags}, part{"file", "x.pdf", string(contents[status])})
		v := s.wait(a.json(t)["job_id"].(string))
		created, err := time.Parse(time.RFC3339, s.get("/parse/" + v["alias_id"].(string)).json(t)["created_at"].(string))
		if err != nil {
			t.Fatal(err)
		}
		all = append([]made{{v["job_id"].(string), status, tags, created}}, all...)
	}
	middle := all[5].at
	micros := func(t time.Time) string { return url.QueryEscape(t.Format("2006-01-02T15:04:05.000000Z")) }
	for query, want := range map[string]func(made) bool{
		"":                                    func(made) bool { return true },
		"status=failed":                       func(m made) bool { return m.status == "failed" },
		"status=COMPLETED":                    func(m made) bool { return m.status == "completed" },
		"status=queued":                       func(made) bool { return false },
		"operation=parse":                     func(made) bool { return true },
		"operation=chunking&status=Succeeded": func(m made) bool { return m.status == "completed" },
		"operation=document_processing":       func(made) bool { return false },
		"tags=a":                              func(m made) bool { return m.tags != "" },
		"tags=a,b":                            func(m made) bool { return m.tags == "a,b" },
		"tags=b&status=failed":                func(made) bool { return false },
		"created_after=" + micros(middle):     func(m made) bool { return m.at.After(middle) },
		"created_before=" + micros(middle):    func(m made) bool { return m.at.Before(middle) },
		"created_before=" + micros(middle) + "&created_after=" + micros(all[9].at):  func(m made) bool { return m.at.Before(middle) && m.at.After(all[9].at) },
		"created_after=2000-01-01T00:00:00Z&status=failed&operation=parse&limit=20": func(m made) bool { return m.status == "failed" },
		"created_before=2000-01-01": func(made) bool { return false },
		"tags=a&status=completed&operation=parse&created_before=2100-01-01T00:00:00.123456Z": func(m made) bool { return m.tags != "" && m.status == "completed" },
	} {
		var expect []string
		for _, m := range all {
			if want(m) {
				expect = append(expect, m.id)
			}
		}
		got := s.get("/jobs?" + query).json(t)
		if diff := cmp.Diff(expect, ids(got)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
		if total := at(got, "pagination", "total"); total != float64(len(expect)) {
			t.Errorf("%s: total %v, want %d", query, total, len(expect))
		}
	}
	// contract H70, H71: pages
	var paged []string
	for offset := 0; ; offset += 5 {
		got := s.get(fmt.Sprintf("/jobs?limit=5&offset=%d", offset)).json(t)
		paged = append(paged, ids(got)...)
		want := map[string]any{"total": 12.0, "limit": 5.0, "offset": float64(offset), "has_more": offset+5 < 12}
		if diff := cmp.Diff(want, got["pagination"]); diff != "" {
			t.Error(diff)
		}
		if !want["has_more"].(bool) {
			break
		}
	}
	var want []string
	for _, m := range all {
		want = append(want, m.id)
	}
	if diff := cmp.Diff(want, paged); diff != "" {
		t.Error(diff)
	}
	// contract H75, H76: items
	for _, item := range s.get("/jobs").json(t)["jobs"].([]any) {
		if at(item, "operation") != "parse" || at(item, "created_at") == nil || at(item, "completed_at") == nil || at(item, "file_count") != 1.0 || at(item, "tags") == nil {
			t.Errorf("item %v", item)
		}
		if failed := at(item, "status") == "failed"; failed != (at(item, "error_details", "error_type") == "file_corrupted") || failed != (at(item, "error_details", "message") != nil) {
			t.Errorf("item %v", item)
		}
	}
	if got := s.get("/jobs").json(t)["pagination"]; at(got, "limit") != 50.0 || at(got, "offset") != 0.0 {
		t.Errorf("defaults: %v", got)
	}
}

// contract H73
func TestListReadsTimesAsClientsWriteThem(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	s.submit("a.pdf", testkit.PDF("x"))
	for _, text := range []string{
		"2000-01-15T10:30:00Z", "2000-01-15T10:30:00.1Z", "2000-01-15T10:30:00.123Z", "2000-01-15T10:30:00.123456Z", "2000-01-15T10:30:00.123456789Z",
		"2000-01-15T10:30:00+02:00", "2000-01-15T10:30:00 02:00", "2000-01-15T10:30:00", "2000-01-15 10:30:00", "2000-01-15", "2000-01-15t10:30:00z",
	} {
		raw := strings.ReplaceAll(text, " ", "+") // as a client sends a + that it does not escape
		for _, sent := range []string{raw, url.QueryEscape(text)} {
			if a := s.get("/jobs?created_after=" + sent); a.StatusCode != http.StatusOK || at(a.json(t), "pagination", "total") != 1.0 {
				t.Errorf("created_after=%s: %d %s", sent, a.StatusCode, a.body)
			}
		}
	}
	for _, query := range []string{
		"created_after=yesterday", "created_before=1705314600", "limit=0", "limit=101", "limit=ten", "limit=-1", "offset=-1", "offset=1e3", "status=done", "operation=shred",
		"limit=99999999999999999999", "created_after=%00",
	} {
		a := s.get("/jobs?" + query)
		field, _, _ := strings.Cut(query, "=")
		if a.StatusCode != http.StatusBadRequest || !strings.HasPrefix(fmt.Sprint(a.json(t)["detail"]), field+":") {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.body)
		}
	}
}

// contract H52–H56, J19
func TestManyJobsAtOnce(t *testing.T) {
	s := serve(t, dataFolder(t))
	done, failed := s.submit("a.pdf", testkit.PDF("x")), s.submit("b.pdf", nil)
	s.wait(done)
	s.wait(failed)
	uuid := s.get("/jobs/" + done).json(t)["alias_id"].(string)
	const unknown = "b2094b38-e432-44b6-a5d0-67bed07d5de1"
	query := strings.Join([]string{failed, uuid, "job1", unknown, failed, done, ""}, ",")
	jobs := s.get("/jobs/status?include_progress=True&job_ids=" + query).json(t)["jobs"].([]any)
	want := [][3]any{{failed, "failed", "file_corrupted"}, {uuid, "completed", nil}, {"job1", "not_found", "not_found"}, {unknown, "not_found", "not_found"}, {done, "completed", nil}}
	var got [][3]any
	for _, j := range jobs {
		got = append(got, [3]any{at(j, "job_id"), at(j, "status"), at(j, "error_details", "error_type")})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if at(jobs[4], "progress", "percentage") != 100.0 {
		t.Errorf("with progress: %v", jobs[4])
	}
	for _, flag := range []string{"", "&include_progress=false", "&include_progress=False", "&include_progress=0"} {
		for _, j := range s.get("/jobs/status?job_ids=" + done + flag).json(t)["jobs"].([]any) {
			if _, ok := j.(map[string]any)["progress"]; ok {
				t.Errorf("%q: %v", flag, j)
			}
		}
	}
	for _, query := range []string{"", "?job_ids=", "?job_ids=,,", "?job_ids=" + done + "&include_progress=perhaps", "?job_ids=" + strings.Repeat("x,", 10) + manyIDs(101), "?job_ids=" + manyIDs(1200)} {
		if a := s.get("/jobs/status" + query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%.80s: %d", query, a.StatusCode)
		}
	}
	if a := s.get("/jobs/status?job_ids=" + manyIDs(100)); a.StatusCode != http.StatusOK || len(a.json(t)["jobs"].([]any)) != 100 {
		t.Errorf("100 ids: %d", a.StatusCode)
	}
}

func manyIDs(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("00000000-0000-7000-8000-%012d", i))
	}
	return strings.Join(list, ",")
}
