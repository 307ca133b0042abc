package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// The whole way of a document, in the words of the parse dialect. // contract C1, C2
func TestParseRoute(t *testing.T) {
	s := serve(t, dataFolder(t))
	a := s.post("/parse", part{"file", "two pages.pdf", string(testkit.PDF("Hello first page.", "And the second."))}, part{name: "sent_by_an_older_client", content: "x"})
	created := a.json(t)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("answered %d: %s", a.StatusCode, a.body)
	}
	wantKeys := []string{"created_at", "credit_used", "file_name", "job_id", "merge_tables", "message", "quota_remaining", "status"}
	if diff := cmp.Diff(wantKeys, slices.Sorted(maps.Keys(created))); diff != "" {
		t.Error(diff)
	}
	id := created["job_id"].(string)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	micros := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`)
	if !uuid.MatchString(id) || created["status"] != "Starting" || created["file_name"] != "two pages.pdf" || !micros.MatchString(created["created_at"].(string)) {
		t.Errorf("created %s", a.body)
	}
	s.wait(id)
	a = s.get("/parse/" + id)
	var got struct {
		JobID       string `json:"job_id"`
		Status      string
		StartedAt   string `json:"started_at"`
		FinishedAt  string `json:"finished_at"`
		FileType    string `json:"file_type"`
		PDFURL      string `json:"pdf_url"`
		CreditUsed  int    `json:"credit_used"`
		TotalChunks int    `json:"total_chunks"`
		PageCount   int    `json:"page_count"`
		Chunks      []struct {
			Embed    string
			Segments []struct {
				SegmentType string `json:"segment_type"`
				Content     string
				HTML        string
				Markdown    string
				PageNumber  int     `json:"page_number"`
				PageWidth   float64 `json:"page_width"`
				PageHeight  float64 `json:"page_height"`
				BBox        struct{ Left, Top, Width, Height float64 }
			}
		}
	}
	if err := json.Unmarshal(a.body, &got); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	if got.JobID != id || got.Status != "Succeeded" || got.PageCount != 2 || got.CreditUsed != 2 || got.TotalChunks != len(got.Chunks) || got.FileType != "application/pdf" ||
		!micros.MatchString(got.StartedAt) || !micros.MatchString(got.FinishedAt) || a.Header.Get("Docket-Method") != "heuristic" {
		t.Errorf("answered %s", a.body)
	}
	var texts []string
	for _, c := range got.Chunks {
		for _, g := range c.Segments {
			texts = append(texts, fmt.Sprintf("%d %s %s %s", g.PageNumber, g.Content, g.HTML, g.Markdown))
			// A4 at 144 dpi, and the first line of an A4 page with 1 cm margins.
			if g.PageWidth < 1189 || g.PageWidth > 1192 || g.PageHeight < 1683 || g.PageHeight > 1685 ||
				g.BBox.Left < 55 || g.BBox.Left > 70 || g.BBox.Top < 50 || g.BBox.Top > 90 || g.BBox.Width < 60 || g.BBox.Height < 10 {
				t.Errorf("segment at %+v on a page of %v × %v", g.BBox, g.PageWidth, g.PageHeight)
			}
		}
	}
	want := []string{"1 Hello first page. <p>Hello first page.</p> Hello first page.", "2 And the second. <p>And the second.</p> And the second."}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
	if file := s.get(strings.TrimPrefix(got.PDFURL, s.url)); file.StatusCode != http.StatusOK || !strings.HasPrefix(string(file.body), "%PDF-") || file.Header.Get("Content-Disposition") == "" {
		t.Errorf("pdf_url answers %d, %.20q", file.StatusCode, file.body)
	}
	if forged := s.get(strings.TrimPrefix(got.PDFURL, s.url)[:60] + strings.Repeat("A", 50)); forged.StatusCode != http.StatusForbidden {
		t.Errorf("a forged link answers %d", forged.StatusCode)
	}
	if short := s.get("/parse/" + id + "?include_chunks=false").json(t); short["chunks"] != nil || short["page_count"] != 2.0 {
		t.Errorf("without chunks: %v", short)
	}
}

// One job under both spellings, each in its words. // contract J1, J2, J16
func TestJobRouteHasTwoVocabularies(t *testing.T) {
	s := serve(t, dataFolder(t))
	a := s.post("/jobs",
		part{name: "operation", content: "parse"}, part{"file", "a.pdf", string(testkit.PDF("One paragraph."))},
		part{name: "tags", content: "invoices, batch-1"}, part{name: "metadata", content: `{"order":17}`})
	created := a.json(t)
	typeid := created["job_id"].(string)
	if a.StatusCode != http.StatusAccepted || a.Header.Get("Location") != "/jobs/"+typeid || !strings.HasPrefix(typeid, "job_") || created["status"] != "queued" {
		t.Fatalf("answered %d: %s", a.StatusCode, a.body)
	}
	uuid := created["alias_id"].(string)
	jobs, vision := s.wait(typeid), s.wait(uuid)
	if jobs["status"] != "completed" || vision["status"] != "COMPLETED" || jobs["id"] != typeid || vision["id"] != uuid || vision["alias_id"] != typeid {
		t.Errorf("jobs %v\nvision %v", jobs, vision)
	}
	if other := s.get("/jobs/" + uuid + "?dialect=jobs").json(t); other["status"] != "completed" || other["id"] != uuid {
		t.Errorf("dialect=jobs: %v", other)
	}
	if wrong := s.get("/jobs/" + uuid + "?dialect=latin"); wrong.StatusCode != http.StatusBadRequest {
		t.Errorf("dialect=latin: %d", wrong.StatusCode)
	}
	if vision["type"] != "chunking" || vision["operation"] != "parse" || vision["pdf_name"] != "a.pdf" || vision["user_id"] != "local" ||
		!cmp.Equal(vision["tags"], []any{"invoices", "batch-1"}) || !cmp.Equal(vision["metadata"], map[string]any{"order": 17.0}) {
		t.Errorf("vision %v", vision)
	}
	wantProgress := map[string]any{"percentage": 100.0, "files_completed": 1.0, "total_files": 1.0, "pages_completed": 1.0, "total_pages": 1.0}
	if diff := cmp.Diff(wantProgress, jobs["progress"]); diff != "" {
		t.Error(diff)
	}
	for _, path := range []string{"/jobs/" + uuid + "/result", "/jobs/" + typeid + "/results"} {
		result := s.get(path).json(t)
		chunk := result["chunks"].([]any)[0].(map[string]any)
		if result["file_type"] != "pdf" || result["strategy"] != "semantic" || result["total_chunks"] != 1.0 || result["page_count"] != 1.0 ||
			chunk["text"] != "One paragraph." || chunk["page_number"] != 1.0 || chunk["word_count"] != 2.0 || chunk["char_count"] != 14.0 {
			t.Errorf("%s: %v", path, result)
		}
	}
	for format, want := range map[string]string{"md": "One paragraph.\n", "txt": "One paragraph.\n", "html": "<p>One paragraph.</p>\n"} {
		if got := s.get("/jobs/" + typeid + "/result?format=" + format); strings.TrimRight(string(got.body), "\n")+"\n" != want {
			t.Errorf("format=%s: %q", format, got.body)
		}
	}
	if got := s.get("/jobs/" + typeid + "/result?format=docx"); got.StatusCode != http.StatusBadRequest || !strings.Contains(string(got.body), "json, md, html, txt") {
		t.Errorf("format=docx: %d %s", got.StatusCode, got.body)
	}
}

func TestUnreadableFilesFailWithTheirReason(t *testing.T) {
	s := serve(t, dataFolder(t))
	whole := testkit.LongPDF(3)
	for _, test := range []struct {
		name, code, says string
		content          []byte
	}{
		{"empty.pdf", "file_corrupted", "empty", nil},
		{"noise.pdf", "unsupported_format", "Submit one of these: pdf, docx", []byte("\x00\x01\x02 this is no document \xff\xfe")},
		{"header only.pdf", "file_corrupted", "corrupted", []byte("%PDF-1.7\n")},
		{"locked.pdf", "password_protected", "`password`", testkit.EncryptedPDF("sesame", "secret")},
		{"picture.pdf", "file_corrupted", "image", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde")},
		{"text.pdf", "unsupported_format", "RTF", []byte(`{\rtf1 Dear reader}`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := s.on(t)
			v := s.wait(s.submit(test.name, test.content))
			details, _ := v["error_details"].(map[string]any)
			if v["status"] != "failed" || details["error_type"] != test.code || !strings.Contains(fmt.Sprint(v["error"]), test.says) {
				t.Errorf("ended as %v", v)
			}
			if a := s.get("/jobs/" + v["id"].(string) + "/result"); a.StatusCode != http.StatusBadRequest || a.json(t)["error_code"] != test.code {
				t.Errorf("the result answers %d: %s", a.StatusCode, a.body)
			}
			p := s.get("/parse/" + v["id"].(string)).json(t)
			if p["status"] != "Failed" || p["message"] != v["error"] {
				t.Errorf("parse shows %v", p)
			}
		})
	}
	t.Run("cut off", func(t *testing.T) {
		s := s.on(t)
		if v := s.wait(s.submit("cut.pdf", whole[:len(whole)/3])); v["status"] != "failed" && v["progress"].(map[string]any)["total_pages"] == 3.0 {
			t.Errorf("a third of the file became %v", v)
		}
	})
	t.Run("named text", func(t *testing.T) {
		s := s.on(t)
		if v := s.wait(s.submit("document.txt", whole)); v["status"] != "completed" {
			t.Errorf("a PDF by another name became %v", v)
		}
	})
	t.Run("with its password", func(t *testing.T) {
		s := s.on(t)
		a := s.post("/parse", part{"file", "locked.pdf", string(testkit.EncryptedPDF("sesame", "secret"))}, part{name: "password", content: "sesame"})
		id := a.json(t)["job_id"].(string)
		if v := s.wait(id); v["status"] != "COMPLETED" {
			t.Errorf("ended as %v", v)
		}
		for _, path := range []string{"/parse/", "/jobs/"} {
			if got := s.get(path + id); strings.Contains(string(got.body), "sesame") {
				t.Errorf("%s shows the password: %s", path, got.body)
			}
		}
	})
}

// Every answer is JSON, errors too. // contract H3, J15
func TestBadRequestsAreAnsweredInTheirDialect(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0", "--max-file", "100kB")
	pdf := string(testkit.PDF("x"))
	waiting := s.submit("a.pdf", []byte(pdf))
	multi := func(parts ...part) func(path string) answer {
		return func(path string) answer { return s.post(path, parts...) }
	}
	raw := func(method, contentType, body string) func(path string) answer {
		return func(path string) answer { return s.do(method, path, contentType, strings.NewReader(body)) }
	}
	get := raw("GET", "", "")
	for _, test := range []struct {
		name   string
		path   string
		send   func(string) answer
		status int
		says   string
	}{
		{"unknown path", "/nothing/here", get, 404, "no route GET /nothing/here"},
		{"unknown method", "/parse", raw("PUT", "", ""), 405, "does not take PUT"},
		{"unknown id", "/jobs/b2094b38-e432-44b6-a5d0-67bed07d5de1", get, 404, "b2094b38-e432-44b6-a5d0-67bed07d5de1"},
		{"no id", "/jobs/job1", get, 404, "job1"},
		{"strange id", "/jobs/" + strings.Repeat("%27", 300), get, 404, "does not exist"},
		{"unknown parse", "/parse/b2094b38-e432-44b6-a5d0-67bed07d5de1", get, 404, "not found"},
		{"result too early", "/jobs/" + waiting + "/result", get, 400, "still processing"},
		{"no form", "/jobs", raw("POST", "application/xml", "<a/>"), 415, "multipart/form-data"},
		{"no form", "/parse", raw("POST", "", ""), 415, "multipart/form-data"},
		{"broken form", "/parse", raw("POST", "multipart/form-data; boundary=x", "--x\r\nContent-Disp"), 400, "broken"},
		{"no file", "/parse", multi(part{name: "merge_tables", content: "true"}), 400, "none was sent"},
		{"no file", "/jobs", multi(part{name: "operation", content: "parse"}), 400, "none was sent"},
		{"file as text", "/parse", multi(part{name: "file", content: "a.pdf"}), 400, "mind the @"},
		{"two files", "/parse", multi(part{"file", "a.pdf", pdf}, part{"file", "b.pdf", pdf}), 400, "more than 1 file"},
		{"file by another name", "/jobs", multi(part{name: "operation", content: "parse"}, part{"document", "a.pdf", pdf}), 400, "document"},
		{"not a boolean", "/parse", multi(part{"file", "a.pdf", pdf}, part{name: "merge_tables", content: "perhaps"}), 400, "merge_tables"},
		{"no operation", "/jobs", multi(part{"file", "a.pdf", pdf}), 400, "operation"},
		{"unknown operation", "/jobs", multi(part{name: "operation", content: "shred"}, part{"file", "a.pdf", pdf}), 400, "Allowed: "},
		{"operation twice", "/jobs", multi(part{name: "operation", content: "parse"}, part{name: "operation", content: "parse"}, part{"file", "a.pdf", pdf}), 400, "2 times"},
		{"unknown field", "/jobs", multi(part{name: "operation", content: "parse"}, part{name: "colour", content: "red"}, part{"file", "a.pdf", pdf}), 400, "colour"},
		{"metadata no object", "/jobs", multi(part{name: "operation", content: "parse"}, part{name: "metadata", content: "[1]"}, part{"file", "a.pdf", pdf}), 400, "Send `json=` or a JSON string"},
		{"unknown parameter", "/jobs", multi(part{name: "operation", content: "parse"}, part{name: "parameters", content: `{"speed":9}`}, part{"file", "a.pdf", pdf}), 400, "speed"},
		{"too large", "/parse", multi(part{"file", "a.pdf", strings.Repeat("x", 100_001)}), 413, "100000 bytes"},
		{"not UTF-8", "/parse", multi(part{"file", "a.pdf", pdf}, part{name: "password", content: "\xff\x00"}), 400, "UTF-8"},
	} {
		t.Run(test.name+" "+test.path[:min(20, len(test.path))], func(t *testing.T) {
			a := test.send(test.path)
			v := a.json(t)
			if a.StatusCode != test.status || !strings.Contains(string(a.body), test.says) {
				t.Errorf("answered %d: %s", a.StatusCode, a.body)
			}
			if detail, ok := v["detail"].(string); !ok || detail == "" {
				t.Errorf("no detail: %s", a.body)
			}
			if strings.HasPrefix(test.path, "/parse") {
				if len(v) != 1 {
					t.Errorf("the parse dialect has detail alone: %s", a.body)
				}
				return
			}
			details, _ := v["details"].(map[string]any)
			if v["error"] == "" || details["error_type"] == "" || details["message"] == "" || v["suggestions"] == nil {
				t.Errorf("not in the Jobs shape: %s", a.body)
			}
		})
	}
	t.Run("declared 5 GB", func(t *testing.T) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/parse", strings.NewReader("--x\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.Header.Set("Expect", "100-continue")
		r.ContentLength = 5 << 30
		resp, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("answered %d, %v", resp.StatusCode, err)
		}
	})
	if a := s.get("/healthz"); a.StatusCode != http.StatusOK || a.json(t)["status"] != "ok" {
		t.Errorf("after all this, /healthz answers %d", a.StatusCode)
	}
	if v := s.get("/jobs/" + waiting).json(t); v["status"] != "queued" {
		t.Errorf("the waiting job: %v", v)
	}
}
