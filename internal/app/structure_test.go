package app_test

import (
	"os"
	"strings"
	"testing"
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
	if csv.StatusCode != 200 || !strings.Contains(string(csv.body), "No.,Description,Quantity,Unit price,Amount\n1,") {
		t.Errorf("csv: %d\n%s", csv.StatusCode, csv.body)
	}
	if xlsx := s.get("/jobs/" + id + "/result?format=xlsx"); xlsx.StatusCode != 200 || !strings.HasPrefix(string(xlsx.body), "PK") {
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
		if a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "file", file: "a.pdf", content: string(invoice)}, part{name: "parameters", content: wrong}); a.StatusCode != 400 {
			t.Errorf("%s: %d %s", wrong, a.StatusCode, a.body)
		}
	}
}
