package app_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// contract J1, J2, J26
func TestEventsOfAJob(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	busy := s.submit("long.pdf", testkit.LongPDF(2000))
	s.until(busy, "processing")
	a := s.post("/parse", part{"file", "watched.pdf", string(testkit.LongPDF(300))})
	uuid := a.json(t)["job_id"].(string)
	alias := s.get("/jobs/" + uuid).json(t)["alias_id"].(string)
	e := s.events("/jobs/"+alias+"/status", "")
	for name, want := range map[string]string{"Cache-Control": "no-cache", "X-Accel-Buffering": "no"} {
		if got := e.answer.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	first := e.next()
	if first.id != "1" || first.name != "status" || first.Status != "queued" || first.JobID != uuid || first.AliasID != alias {
		t.Errorf("the snapshot: %+v", first)
	}
	s.call("/jobs/" + busy + "/cancel")
	rest := e.rest()
	if diff := cmp.Diff([]string{"queued", "processing", "completed"}, coherent(t, framesOf(append([]message{first}, rest...)))); diff != "" {
		t.Error(diff)
	}
	for _, m := range rest {
		if m.id != strconv.FormatInt(m.Version, 10) || m.name != "status" {
			t.Errorf("%+v", m)
		}
	}
	if len(rest) < 3 {
		t.Errorf("no progress between %v", rest)
	}
	if again := s.events("/jobs/"+uuid+"/status", "").rest(); len(again) != 1 || again[0].Status != "completed" {
		t.Errorf("whoever comes late: %v", again)
	}
	if head := s.do(http.MethodHead, "/events", "", nil); head.StatusCode != http.StatusOK || len(head.body) != 0 {
		t.Errorf("HEAD: %d %q", head.StatusCode, head.body)
	}
}

// Each change of the status comes once to a reader that goes on where it was,
// whatever happened to the server in between. // contract J26
func TestEventsOfAJobResumeAfterKillMinusNine(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	id := s.submit("a.pdf", testkit.LongPDF(20))
	path := "/jobs/" + id + "/status"
	e := s.events(path, "")
	if m := e.next(); m.Status != "queued" {
		t.Errorf("the snapshot: %+v", m)
	}
	s.kill()
	s = serve(t, data, "--workers", "1")
	s.wait(id)
	s.kill()
	s = serve(t, data, "--workers", "0")

	frames := framesOf(s.events(path, e.last).rest())
	changes := []string{}
	for _, f := range frames {
		if f.Previous != "" {
			changes = append(changes, f.Previous+" "+f.Status)
		}
	}
	if diff := cmp.Diff([]string{"queued processing", "processing completed"}, changes); diff != "" {
		t.Error(diff)
	}
	coherent(t, append([]frame{{JobID: id, Status: "queued", Version: 1, Timestamp: frames[0].Timestamp}}, frames...))
	processing, completed := strconv.FormatInt(frames[0].Version, 10), strconv.FormatInt(frames[len(frames)-1].Version, 10)
	if got := framesOf(s.events(path, processing).rest()); len(got) != 1 || got[0].Status != "completed" || got[0].Previous != "processing" {
		t.Errorf("after %s: %v", processing, got)
	}
	if over := s.askEvents(path, completed); over.answer.StatusCode != http.StatusNoContent {
		t.Errorf("after the end: %s", over.answer.Status)
	}
	for _, strange := range []string{"0", "99999", "-1", "x"} { // of another job, or made up
		if got := framesOf(s.events(path, strange).rest()); len(got) != 1 || got[0].Status != "completed" {
			t.Errorf("after %q: %v", strange, got)
		}
	}
}

// A reader that is connected while its server is killed misses nothing either.
func TestEventsOfARunningJobResume(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	pages := 1500
	if testing.Short() {
		pages = 300
	}
	id := s.submit("a.pdf", testkit.LongPDF(pages))
	path := "/jobs/" + id + "/status"
	var all []message
	last := ""
	for range 2 {
		e := s.events(path, last)
		all = append(all, e.until(func(m message) bool { return m.Status == "processing" })...)
		last = e.last
		s.kill()
		s = serve(t, data, "--workers", "1")
	}
	all = append(all, s.events(path, last).rest()...)
	changes := map[string]int{}
	for i, m := range all {
		if m.Previous != "" {
			changes[m.Previous+" "+m.Status]++
		}
		if i > 0 && m.Version <= all[i-1].Version {
			t.Errorf("%v after %v", m, all[i-1])
		}
	}
	want := map[string]int{"queued processing": 1, "processing completed": 1}
	if all[0].Status == "processing" { // it was before the stream was open
		delete(want, "queued processing")
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Error(diff, all)
	}
}

// contract J22, J26
func TestEventsOfAllJobs(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1")
	before := s.submit("before.pdf", testkit.PDF("x"))
	s.wait(before)

	e := s.events("/events", "")
	first := s.submit("first.pdf", testkit.PDF("x"))
	for _, m := range e.until(is(first, "completed")) {
		if m.JobID != first || m.name != "status" || m.id == "" {
			t.Errorf("%+v", m)
		}
	}
	e.cancel()
	var more []string
	for _, name := range []string{"second.pdf", "third.pdf"} {
		more = append(more, s.submit(name, testkit.PDF("x")))
	}
	failed := s.submit("broken.pdf", []byte("%PDF-1.7 x"))
	s.wait(failed)
	s.kill()
	s = serve(t, data, "--workers", "0")

	e = s.events("/events", e.last)
	words := map[string]string{}
	for range 3 {
		m := e.next()
		if _, twice := words[m.JobID]; twice || m.Previous != "" {
			t.Errorf("%+v after %v", m, words)
		}
		words[m.JobID] = m.Status
	}
	if diff := cmp.Diff(map[string]string{more[0]: "completed", more[1]: "completed", failed: "failed"}, words); diff != "" {
		t.Error(diff)
	}
	// After these comes what happens now, in the order of its happening.
	queued := s.submit("queued.pdf", testkit.PDF("x"))
	if m := e.next(); m.JobID != queued || m.Status != "queued" {
		t.Errorf("%+v", m)
	}
	s.do(http.MethodDelete, "/jobs/"+queued, "", nil)
	s.do(http.MethodDelete, "/jobs/"+first, "", nil)
	for _, want := range [][3]string{{"status", queued, "cancelled"}, {"deleted", queued}, {"deleted", first}} {
		if m := e.next(); m.name != want[0] || m.JobID != want[1] || m.Status != want[2] {
			t.Errorf("%s %v, want %v", m.name, m, want)
		}
	}
	if wrong := s.askEvents("/events", "17"); wrong.answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a cursor of something else: %s", wrong.answer.Status)
	}
}

// contract J28
func TestTickets(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	id, other := s.submit("a.pdf", testkit.PDF("x")), s.submit("b.pdf", testkit.PDF("x"))
	uuid := s.get("/jobs/" + id).json(t)["alias_id"].(string)
	ticket := func(body map[string]any) string {
		t.Helper()
		a := s.call("/tickets")
		if body != nil {
			a = s.send("/tickets", body)
		}
		if a.StatusCode != http.StatusCreated {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		return a.json(t)["ticket"].(string)
	}
	open := func(path, ticket string) int {
		t.Helper()
		w, a := s.dial(path + "?ticket=" + ticket)
		if w != nil {
			w.next()
		}
		return a.StatusCode
	}
	status, elsewhere := "/jobs/"+id+"/status", "/jobs/"+other+"/status"

	one := ticket(map[string]any{"job_id": uuid})
	if got := open(elsewhere, one); got != http.StatusForbidden {
		t.Errorf("for another job: %d", got)
	}
	if got := s.askEvents("/events?ticket="+one, "").answer.StatusCode; got != http.StatusForbidden {
		t.Errorf("for all jobs: %d", got)
	}
	if got := open(status, one); got != http.StatusSwitchingProtocols {
		t.Errorf("for its job: %d", got)
	}
	if got := open(status, one); got != http.StatusForbidden {
		t.Errorf("a second time: %d", got)
	}
	if w, _ := s.dial(status+"?ticket="+one, "Origin", "http://localhost"); w == nil {
		t.Error("a browser is not told why")
	} else if _, closed := w.rest(); closed.Code != 4403 || closed.Reason != "The ticket is used already." {
		t.Errorf("closed with %v", closed)
	}
	if m := s.events(status+"?ticket="+ticket(map[string]any{"job_id": id}), "").next(); m.JobID != id {
		t.Errorf("a stream of events: %v", m)
	}
	if got := open(elsewhere, ticket(map[string]any{})); got != http.StatusSwitchingProtocols {
		t.Errorf("one for any job: %d", got)
	}
	whole := ticket(nil)
	if got := s.events("/events?ticket="+whole, "").answer.StatusCode; got != http.StatusOK {
		t.Errorf("one for all jobs: %d", got)
	}
	for name, forged := range map[string]string{"cut": whole[:40], "changed": "AAAA" + whole[4:], "no Base64": "%00", "link": s.get("/parse/" + id).json(t)["file_url"].(string)} {
		if got := open(status, forged); got != http.StatusForbidden {
			t.Errorf("%s: %d", name, got)
		}
	}
	for path, status := range map[string]int{"/events?api_key=x": 400, "/events?ticket=x&token=y": 400, "/jobs/" + id + "/status?Token=x": 400} {
		if a := s.askEvents(path, ""); a.answer.StatusCode != status {
			t.Errorf("%s: %s", path, a.answer.Status)
		}
	}
	for _, test := range []struct {
		body   map[string]any
		status int
	}{{map[string]any{"job_id": "job_01hm6f4yk0f8xa7zq3v5c9d2ft"}, 404}, {map[string]any{"job_id": "x"}, 404}, {map[string]any{"job": id}, 400}} {
		if a := s.send("/tickets", test.body); a.StatusCode != test.status {
			t.Errorf("%v: %d %s", test.body, a.StatusCode, a.body)
		}
	}
}
