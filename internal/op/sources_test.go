package op_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/op"
)

// contract J6
func TestWhatCanBeMadeOfAResult(t *testing.T) {
	of := func(inner string) json.RawMessage { return json.RawMessage(`{"operation":"` + inner + `"}`) }
	sources := map[string]job.Job{
		"parse": {Operation: job.Parse}, "split": {Operation: job.Split}, "crawl": {Operation: job.WebCrawling}, "export": {Operation: job.Export},
		"extract": {Operation: job.Extract}, "classify": {Operation: job.Classify}, "import": {Operation: job.Import}, "embed": {Operation: job.BatchEmbedding},
		"parses": {Operation: job.DocumentProcessing, Parameters: of("parse")}, "extracts": {Operation: job.DocumentProcessing, Parameters: of("extract")},
	}
	documents := "parse split crawl export parses"
	for _, test := range []struct {
		to   job.Operation
		fits string
	}{
		{job.Parse, documents}, {job.Extract, documents}, {job.Classify, documents}, {job.Split, documents}, {job.DocumentProcessing, documents}, {job.Import, documents},
		{job.BatchEmbedding, documents + " extract classify extracts"},
		{job.Export, "parse split crawl parses extract classify extracts embed"},
	} {
		for name, source := range sources {
			problem, remedy := op.Unfit(source, test.to)
			fits := strings.Contains(" "+test.fits+" ", " "+name+" ")
			if fits != (problem == "") || (problem == "") != (remedy == "") {
				t.Errorf("%s of %s: %q, %q", test.to, name, problem, remedy)
			}
		}
	}
}

func TestPagesOfACrawlAreDocuments(t *testing.T) {
	const lines = `{"url":"https://example.org/","title":"Home","text":"Welcome.","markdown":"Welcome."}
{"url":"https://example.org/docs/A%20b/?q=1&x=ü","title":"Doc","text":"Doc\nText","markdown":"# Doc\n\nText"}
{"url":"https://example.org/failed","status":"failed","text":""}
{"url":"https://example.org/../../etc/passwd","title":"","text":"only text"}
`
	var got []op.Crawled
	for p, err := range op.CrawledPages(strings.NewReader(lines)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	want := []op.Crawled{
		{Name: "example.org.md", URL: "https://example.org/", Content: "# Home\n\nWelcome.\n"},
		{Name: "example.org-docs-A-b-q=1-x=ü.md", URL: "https://example.org/docs/A%20b/?q=1&x=ü", Content: "# Doc\n\nText\n"},
		{Name: "example.org-..-..-etc-passwd.md", URL: "https://example.org/../../etc/passwd", Content: "only text\n"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	long := `{"url":"https://example.org/` + strings.Repeat("é", 200) + `","text":"x"}` + "\n"
	for p, err := range op.CrawledPages(strings.NewReader(long + "broken\n")) {
		if (err == nil) != (p.Content == "x\n") || len(p.Name) > 160 {
			t.Errorf("%+v %v", p, err)
		}
	}
}

func TestTextOfAResult(t *testing.T) {
	for _, test := range []struct {
		operation    job.Operation
		result, want string
	}{
		{job.Extract, `{"data":{"number":"R-1","total":{"value":12.5,"score":0.9},"none":{"value":null,"score":0},"to":{"name":"A","tags":["x","y"]},"items":[{"n":1},{"n":{"value":2,"score":1}}]},"score":7}`,
			"number: R-1\ntotal: 12.5\nto.name: A\nto.tags: x\nto.tags: y\nitems.n: 1\nitems.n: 2\n"},
		{job.Classify, `{"classification":"invoice","confidence":0.9,"method":"heuristic","pages":[{"a":"b"}]}`, "classification: invoice\n"},
		{job.Extract, `{"file_count":2,"files":[{"file_name":"a.pdf","result":{"data":{"n":1}}},{"file_name":"b.pdf","error_details":{}}]}`, "a.pdf\nn: 1\n\n"},
		{job.Extract, `{"data":null}`, ""},
	} {
		got, err := op.ResultText(test.operation, json.RawMessage(test.result))
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", test.result, err, diff)
		}
	}
	for _, broken := range []string{``, `[]`, `{"data":[`, `{"data":{"a":{`} {
		if text, err := op.ResultText(job.Extract, json.RawMessage(broken)); err == nil {
			t.Errorf("%s: %q", broken, text)
		}
	}
}
