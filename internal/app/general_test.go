package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// One listener serves the three families, behind whatever address, and its
// links lead back to where the client came from. // contract H1, H2
func TestOneServerBehindAnyAddress(t *testing.T) {
	s := serve(t, dataFolder(t))
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(httputil.NewSingleHostReverseProxy(target))
	defer front.Close()
	s.url = strings.Replace(front.URL, "127.0.0.1", "localhost", 1)
	id := s.post("/parse", part{"file", "a.pdf", string(testkit.PDF("x"))}).json(t)["job_id"].(string)
	s.wait(id)
	for _, path := range []string{"/jobs/" + id, "/parse/" + id, "/v1/api/jobs/" + id} {
		if a := s.get(path); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if link := fmt.Sprint(s.get("/parse/" + id).json(t)["pdf_url"]); !strings.HasPrefix(link, s.url+"/files/") {
		t.Errorf("the link %s does not lead to %s", link, s.url)
	}
}

// Every operation makes a job at once and works behind it: made, waiting,
// running, ended, with times in UTC. // contract H4, H8, H9, H11
func TestEveryOperationIsAJob(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	schema := `{"schema":{"type":"object","properties":{"invoice_number":{"type":"string"}}}}`
	for operation, want := range map[string][2]string{
		"parse": {`{}`, "chunking"}, "extract": {schema, "extraction"}, "classify": {`{"categories":["invoice","letter"]}`, "classification"},
		"split": {`{"categories":["invoice","letter"]}`, "splitting"}, "document_processing": {`{"operation":"extract","parameters":` + schema + `}`, "document_processing"},
		"chunking": {`{}`, "chunking"}, "EXTRACTION": {schema, "extraction"},
	} {
		a := s.post("/jobs", part{name: "operation", content: operation}, part{name: "parameters", content: want[0]}, part{"file", "a.pdf", string(testkit.PDF(invoiceText, letterText))})
		if v := a.json(t); a.StatusCode != http.StatusAccepted || v["status"] != "queued" || v["type"] != want[1] {
			t.Errorf("%s: %d %s", operation, a.StatusCode, a.body)
			continue
		}
		v := s.wait(a.json(t)["job_id"].(string))
		if v["status"] != "completed" {
			t.Errorf("%s: %v", operation, v)
		}
		for _, key := range []string{"created_at", "updated_at", "started_at", "completed_at", "expires_at"} {
			if stamp := fmt.Sprint(v[key]); !strings.HasSuffix(stamp, "Z") {
				t.Errorf("%s: %s is %s", operation, key, stamp)
			}
		}
		for _, format := range []string{"json", "md", "html", "txt"} {
			if operation == "document_processing" && format != "json" {
				continue
			}
			if a := s.get("/jobs/" + v["job_id"].(string) + "/result?format=" + format); a.StatusCode != http.StatusOK || len(a.body) == 0 {
				t.Errorf("%s as %s: %d %s", operation, format, a.StatusCode, a.body)
			}
		}
	}
}

// Jobs end in the order in which they were handed in. // contract H7
func TestFirstInFirstOut(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	var want []string
	for range 12 {
		want = append(want, s.submit("a.pdf", testkit.PDF("x")))
	}
	s.kill()
	s = serve(t, data, "--workers", "1")
	started := map[string]string{}
	for _, id := range want {
		s.wait(id)
		events := s.get("/parse/" + s.get("/jobs/" + id).json(t)["alias_id"].(string)).json(t)
		started[id] = fmt.Sprint(events["started_at"])
	}
	got := slices.Clone(want)
	slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(started[a], started[b]) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A read changes nothing, writes no line to the log, and of an ended job it
// always gives the same; a restart makes no difference. // contract H5, H6, H32, H36, H114
func TestReadsAreCheapAndResultsStay(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data)
	id := s.submit("a.pdf", testkit.PDF("The same for ever."))
	s.wait(id)
	paths := []string{"/jobs/" + id, "/jobs/" + id + "/result", "/jobs/" + id + "/result?format=md", "/jobs/" + id + "/events", "/v1/api/jobs/" + id}
	before := map[string][]byte{}
	for _, path := range paths {
		before[path] = s.get(path).body
	}
	logged := s.stderr.String()
	for range 200 {
		for _, path := range paths {
			if got := s.get(path).body; !bytes.Equal(got, before[path]) {
				t.Fatalf("%s was %s and is %s", path, before[path], got)
			}
		}
	}
	if now := s.stderr.String(); now != logged {
		t.Errorf("reads were logged: %s", now[len(logged):])
	}
	s.kill()
	s = serve(t, data)
	for _, path := range paths {
		if got := s.get(path).body; !bytes.Equal(got, before[path]) {
			t.Errorf("%s was %s and is %s after a restart", path, before[path], got)
		}
	}
}

// Ids that nobody was given: 404 in the words of the route, never 422 or 5xx.
func TestStrangeIDs(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	for _, id := range []string{"'", "%22", "..%2f..%2fetc%2fpasswd", "%00", "%F0%9F%98%80", "%ff%fe", "null", "-1", "job_", "job_%0a", strings.Repeat("a", 10_000), "%3Cscript%3E", "a%2Fb", "batch", "{id}"} {
		for _, path := range []string{"/jobs/%s", "/jobs/%s/result", "/jobs/%s/events", "/parse/%s", "/classify/%s", "/extract/%s", "/splitter/%s", "/v1/api/jobs/%s", "/jobs/batch/%s", "/files/%s"} {
			path = fmt.Sprintf(path, id)
			a := s.get(path)
			if a.StatusCode != http.StatusNotFound && (!strings.HasPrefix(path, "/files/") || a.StatusCode != http.StatusForbidden) {
				t.Errorf("GET %.80s: %d %.200s", path, a.StatusCode, a.body)
			}
			if a.json(t); len(a.body) > 2000 {
				t.Errorf("GET %.80s answers %d bytes", path, len(a.body))
			}
		}
	}
}

func TestDocsPageIsServed(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	page := s.get("/docs")
	if page.StatusCode != http.StatusOK || !strings.Contains(page.Header.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Errorf("/docs: %d %v", page.StatusCode, page.Header)
	}
	for _, name := range []string{"jobs", "vision", "classify", "platform", "webhooks"} {
		if a := s.get("/openapi/" + name + ".yaml"); a.StatusCode != http.StatusOK || !bytes.HasPrefix(a.body, []byte("openapi: 3.1")) {
			t.Errorf("/openapi/%s.yaml: %d %.40q", name, a.StatusCode, a.body)
		}
	}
	for _, path := range []string{"/openapi/other.yaml", "/openapi/embed.go", "/docs/nothing.js"} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
}
