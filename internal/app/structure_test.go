package app_test

import (
	"bytes"
	"image/png"
	"net/http"
	"os"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// The options of parse act on both routes, and tables come as files. // contract J16
func TestParseOptions(t *testing.T) {
	t.Parallel()
	invoice, err := os.ReadFile("../../examples/invoice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, dataFolder(t))
	a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "file", file: "invoice.pdf", content: string(invoice)},
		part{name: "parameters", content: `{"strategy":"paragraph","page_range":"1","merge_tables":true}`})
	id, _ := a.json(t)["job_id"].(string)
	s.wait(id)
	result := s.get("/jobs/" + id + "/result").json(t)
	if result["strategy"] != "paragraph" || at(result, "chunks", 1, "headings") == nil {
		t.Errorf("strategy %v, headings of the second chunk %v", result["strategy"], at(result, "chunks", 1, "headings"))
	}
	csv := s.get("/jobs/" + id + "/result?format=csv")
	if csv.StatusCode != http.StatusOK || !strings.Contains(string(csv.body), "No.,Description,Quantity,Unit price,Amount\n1,") {
		t.Errorf("csv: %d\n%s", csv.StatusCode, csv.body)
	}
	if xlsx := s.get("/jobs/" + id + "/result?format=xlsx"); xlsx.StatusCode != http.StatusOK || !strings.HasPrefix(string(xlsx.body), "PK") {
		t.Errorf("xlsx: %d, %.20q", xlsx.StatusCode, xlsx.body)
	}

	a = s.post("/parse", part{name: "file", file: "invoice.pdf", content: string(invoice)}, part{name: "segment_filter", content: "Table"},
		part{name: "output_fields", content: `{"html":false}`}, part{name: "chunk_size", content: "50"})
	id, _ = a.json(t)["job_id"].(string)
	s.wait(id)
	chunks := s.get("/parse/" + id).json(t)["chunks"]
	for n := 0; at(chunks, n) != nil; n++ {
		if kind := at(chunks, n, "segments", 0, "segment_type"); kind != "Table" {
			t.Errorf("chunk %d begins with a %v", n, kind)
		}
		if html := at(chunks, n, "segments", 0, "html"); html != "" {
			t.Errorf("chunk %d has html %v", n, html)
		}
	}
	if at(chunks, 0) == nil {
		t.Error("no tables")
	}
	for _, wrong := range []string{`{"strategy":"none"}`, `{"page_range":"5-1"}`, `{"keep_segment_types":"Tables"}`} {
		if a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "file", file: "a.pdf", content: string(invoice)}, part{name: "parameters", content: wrong}); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, a.StatusCode, a.body)
		}
	}
}

// Documents and their pages can be looked at. // contract J31
func TestPageImages(t *testing.T) {
	t.Parallel()
	s := serve(t, dataFolder(t))
	locked := testkit.EncryptedPDF("sesame", "one", "two")
	a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "file", file: "locked.pdf", content: string(locked)},
		part{name: "file", file: "second.pdf", content: string(testkit.PDF("second"))}, part{name: "parameters", content: `{"password":"sesame"}`})
	id, _ := a.json(t)["job_id"].(string)
	s.wait(id)
	for path, want := range map[string]int{
		"/pages/1.png": 200, "/pages/2.png?dpi=72": 200, "/pages/1.png?input=2&dpi=30": 200, "/pages/3.png": 404, "/pages/2.png?input=2": 404,
		"/pages/1.png?input=3": 404, "/pages/0.png": 400, "/pages/x.png": 400, "/pages/1.png?dpi=9": 400, "/pages/1.png?dpi=601": 400, "/pages/1.png?dpi=x": 400,
		"/pages/1.png?bbox=10,10,50,20": 200, "/pages/1.png?bbox=10,10,0,20": 400, "/pages/1.png?bbox=10,10,50": 400, "/pages/1.png?bbox=NaN,1,1,1": 400,
		"/pages/1.png?bbox=99999,10,50,20": 400, "/input/1": 200, "/input/2": 200, "/input/3": 404, "/input/0": 400, "/input/-1": 400,
	} {
		a := s.get("/jobs/" + id + path)
		if a.StatusCode != want {
			t.Errorf("%s: %d %.200s", path, a.StatusCode, a.body)
		}
		switch kind := a.Header.Get("Content-Type"); {
		case want != 200 && kind != "application/json":
			t.Errorf("%s: %s", path, kind)
		case want == 200 && strings.HasPrefix(path, "/pages/"):
			if _, err := png.DecodeConfig(bytes.NewReader(a.body)); err != nil || kind != "image/png" {
				t.Errorf("%s: %s, %v", path, kind, err)
			}
		}
	}
	if got := s.get("/jobs/" + id + "/input/1"); !bytes.Equal(got.body, locked) || !strings.Contains(got.Header.Get("Content-Disposition"), "locked.pdf") {
		t.Errorf("the document came back as %d bytes, %s", len(got.body), got.Header.Get("Content-Disposition"))
	}
	if a := s.get("/jobs/job_01hm6f4yk0f8xa7zq3v5c9d2ft/pages/1.png"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a job that is not there: %d", a.StatusCode)
	}
	a = s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "file", file: "broken.pdf", content: "%PDF-1.4 broken"})
	id, _ = a.json(t)["job_id"].(string)
	s.wait(id)
	if a := s.get("/jobs/" + id + "/pages/1.png"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a page of a broken document: %d %s", a.StatusCode, a.body)
	}
}
