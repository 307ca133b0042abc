package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// modelKey is a key that nobody may see.
const modelKey = "sk-not-to-be-told"

// answering answers questions about values and about pages of invoices and
// letters.
func answering(_ int, q *testkit.Question) testkit.Reply {
	reply := testkit.Reply{LogProbs: []float64{-0.01}, Input: 200, Output: 50}
	if strings.Contains(q.System, "categories for a program") {
		var pages []string
		for line := range strings.SplitSeq(q.User[0], "\n") {
			page, text, ok := strings.Cut(line, "| ")
			switch {
			case ok && strings.Contains(text, "INVOICE"):
				pages = append(pages, fmt.Sprintf(`{"page":%s,"category":"invoice","confidence":0.9}`, page))
			case ok && strings.Contains(text, "Dear Madam"):
				pages = append(pages, fmt.Sprintf(`{"page":%s,"category":"letter","confidence":0.9}`, page))
			}
		}
		reply.Content = `{"pages":[` + strings.Join(pages, ",") + `]}`
		return reply
	}
	none := `{"line_ids":[],"quote":null,"value":null}`
	number, date, total := none, none, none
	if n := q.Line("Invoice number"); n > 0 {
		number = fmt.Sprintf(`{"line_ids":[%d],"quote":"INV-2024-17","value":"INV-2024-17"}`, n)
	}
	if n := q.Line("1,234.50"); n > 0 {
		total = fmt.Sprintf(`{"line_ids":[%d],"quote":"1,234.50 EUR","value":1234.5}`, n)
	}
	reply.Content = fmt.Sprintf(`{"invoice_number":%s,"invoice_date":%s,"total_amount":%s,"vat_id":%s}`, number, date, total, none)
	return reply
}

// askedServer serves with a model.
func askedServer(t *testing.T, m *testkit.Model, flags ...string) *server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(modelKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return serve(t, dataFolder(t), append([]string{"--workers", "1", "--model-url", m.URL, "--model-name", "m1", "--model-key-file", file, "--model-retries", "0"}, flags...)...)
}

// By a model, everything that is shown says so, and what it has used.
// contract C6, J16, J18
func TestModel(t *testing.T) {
	m := testkit.NewModel(t, answering)
	s := askedServer(t, m)
	pdf := string(testkit.PDF(invoiceText))
	tokens := map[string]any{"input": 200.0, "output": 50.0}

	id := s.post("/v2/extract", part{"pdf_file", "a.pdf", pdf}, part{name: "schema_data", content: invoiceSchema}, part{name: "enable_citations", content: "true"}).json(t)["job_id"].(string)
	j := s.wait(id)
	if j["status"] != "COMPLETED" || j["method"] != "model" || j["model"] != "m1" || !cmp.Equal(j["tokens"], any(tokens)) {
		t.Fatalf("the job is %v", j)
	}
	a := s.get("/extract/" + id)
	v := a.json(t)
	if a.Header.Get("Docket-Method") != "model" || at(v, "metadata", "method") != "model" || at(v, "metadata", "model") != "m1" || !cmp.Equal(at(v, "metadata", "tokens"), any(tokens)) {
		t.Errorf("%v %v", a.Header, v["metadata"])
	}
	if at(v, "result", "invoice_number", "value") != "INV-2024-17" || at(v, "result", "total_amount", "value") != 1234.5 || at(v, "result", "total_amount", "citation", "page") != 1.0 ||
		at(v, "result", "total_amount", "score", "extraction_score") != 0.99 || at(v, "result", "vat_id", "value") != nil {
		t.Errorf("found %v", v["result"])
	}
	for route, leaf := range map[string][]string{"/v2/extract": {"score", "value"}, "/cite": {"page_no", "score", "value"}} {
		id := s.post(route, part{"pdf_file", "a.pdf", pdf}, part{name: "schema_data", content: invoiceSchema}).json(t)["job_id"].(string)
		s.wait(id)
		if got := keys(at(s.get("/extract/"+id).json(t), "result", "invoice_number")); !cmp.Equal(got, leaf) {
			t.Errorf("%s: %v", route, got)
		}
	}
	both := string(testkit.PDF(invoiceText, letterText, letterText))
	id = s.post("/classify", part{"pdf_file", "a.pdf", both}, part{name: "categories", content: categories}).json(t)["job_id"].(string)
	s.wait(id)
	if v := s.get("/classify/" + id).json(t); at(v, "result", "classification") != "letter" && at(v, "result", "classification") != "invoice" || at(v, "result", "page_results", 2, "classification") != "letter" {
		t.Errorf("classified as %v", v)
	}
	if r := s.get("/jobs/" + id + "/result").json(t); r["method"] != "model" || r["model"] != "m1" || !cmp.Equal(r["tokens"], any(tokens)) {
		t.Errorf("its result: %v", r)
	}
	id = s.post("/splitter", part{"file", "a.pdf", both}, part{name: "categories", content: categories}).json(t)["job_id"].(string)
	s.wait(id)
	if v := s.get("/splitter/" + id).json(t); at(v, "result", "files", 1, "name") != "letter.pdf" || at(v, "result", "files", 2) != nil {
		t.Errorf("split into %v", v)
	}
	for _, q := range m.Asked() {
		if q.Header.Get("Authorization") != "Bearer "+modelKey || q.Body["model"] != "m1" {
			t.Errorf("asked with %v", q.Header)
		}
	}
	if log := s.stderr.String() + s.stdout.String(); strings.Contains(log, modelKey) || strings.Contains(log, "INV-2024-17") {
		t.Errorf("the log tells a secret: %s", log)
	}
}

// A request may choose rules, or the model where there is one. // contract J18
func TestMethodIsChosen(t *testing.T) {
	m := testkit.NewModel(t, answering)
	with, without := askedServer(t, m), serve(t, dataFolder(t), "--workers", "1")
	file := part{"pdf_file", "a.pdf", string(testkit.PDF(invoiceText))}
	for route, fields := range map[string][]part{"/v2/extract": {{name: "schema_data", content: invoiceSchema}}, "/classify": {{name: "categories", content: categories}}} {
		send := func(s *server, method string) answer {
			return s.post(route, append([]part{file, {name: "method", content: method}}, fields...)...)
		}
		id := send(with, "heuristic").json(t)["job_id"].(string)
		if j := with.wait(id); j["method"] != "heuristic" || j["model"] != nil || j["tokens"] != nil {
			t.Errorf("%s by rules: %v", route, j)
		}
		if j := with.wait(send(with, "model").json(t)["job_id"].(string)); j["method"] != "model" {
			t.Errorf("%s by the model: %v", route, j)
		}
		if a := send(without, "model"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "no model") {
			t.Errorf("%s without a model: %d %s", route, a.StatusCode, a.body)
		}
		if a := send(with, "magic"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "heuristic") {
			t.Errorf("%s by magic: %d %s", route, a.StatusCode, a.body)
		}
	}
	parameters := `{"method":"heuristic","categories":["invoice","letter"]}`
	if j := with.wait(with.post("/jobs", part{name: "operation", content: "classify"}, part{name: "parameters", content: parameters}, part{"file", "a.pdf", file.content}).json(t)["job_id"].(string)); j["method"] != "heuristic" {
		t.Errorf("as a job: %v", j)
	}
}

// A model that fails, fails the job, with what to do. // contract J15, J17
func TestModelFails(t *testing.T) {
	reply := make(chan testkit.Reply, 1)
	m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply { return <-reply })
	s := askedServer(t, m, "--model-timeout", "1s", "--model-budget", "5000")
	submit := func(text string) string {
		return s.post("/v2/extract", part{"pdf_file", "a.pdf", string(testkit.PDF(text))}, part{name: "schema_data", content: invoiceSchema}).json(t)["job_id"].(string)
	}
	for name, test := range map[string]struct {
		reply testkit.Reply
		code  string
		says  string
	}{
		"500":     {testkit.Reply{Status: 500, Raw: `{"error":{"message":"no memory, key ` + modelKey + `"}}`}, "model_error", "HTTP 500"},
		"401":     {testkit.Reply{Status: 401}, "model_error", "Tell the operator that the model server refuses --model-key."},
		"hang":    {testkit.Reply{Hang: true}, "model_timeout", "did not answer in time"},
		"refusal": {testkit.Reply{Refusal: "no"}, "model_error", "refuses to answer"},
	} {
		reply <- test.reply
		id := submit(invoiceText)
		j := s.wait(id)
		if j["status"] != "FAILED" || at(j, "error_details", "error_type") != test.code || !strings.Contains(fmt.Sprint(j["error"]), test.says) || !strings.Contains(fmt.Sprint(j["error"])+test.says, "--model-key") && !strings.Contains(fmt.Sprint(j["error"]), "heuristic") {
			t.Errorf("%s: %v", name, j)
		}
		if a := s.get("/jobs/" + id + "/result"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), test.code) {
			t.Errorf("%s: its result %d %s", name, a.StatusCode, a.body)
		}
	}
	j := s.wait(submit(strings.Repeat(strings.Repeat("many words ", 7)+"\n", 600)))
	if at(j, "error_details", "error_type") != "model_error" || at(j, "error_details", "facts", "limit") != "tokens" || !strings.Contains(fmt.Sprint(j["error"]), "--model-budget") {
		t.Errorf("over the budget: %v", j)
	}
	if strings.Contains(s.stderr.String(), modelKey) {
		t.Errorf("the log has the key: %s", s.stderr)
	}
	// A cancelled job does not wait for the answer. The model is asked first.
	asked := len(m.Asked())
	id := submit(invoiceText)
	for len(m.Asked()) == asked {
		s.pause()
	}
	s.call("/jobs/" + id + "/cancel")
	if j := s.wait(id); at(j, "error_details", "error_type") != "cancelled" {
		t.Errorf("cancelled: %v", j)
	}
	reply <- testkit.Reply{Status: 500}
}

// Several documents succeed and fail one by one, and share a budget.
// contract J8, J18
func TestModelOnSeveralDocuments(t *testing.T) {
	m := testkit.NewModel(t, func(n int, q *testkit.Question) testkit.Reply {
		if n == 1 {
			return testkit.Reply{Status: 400, Raw: `{"error":"maximum context length exceeded"}`}
		}
		return answering(n, q)
	})
	s := askedServer(t, m)
	pdf := string(testkit.PDF(invoiceText))
	parameters, err := json.Marshal(map[string]any{"schema": json.RawMessage(invoiceSchema)})
	if err != nil {
		t.Fatal(err)
	}
	submitted := s.post("/jobs", part{name: "operation", content: "extract"}, part{name: "parameters", content: string(parameters)},
		part{"file", "a.pdf", pdf}, part{"file", "b.pdf", pdf}, part{"file", "c.pdf", pdf}).json(t)
	id := fmt.Sprint(submitted["job_id"])
	j := s.wait(id)
	if j["status"] != "completed" || j["method"] != "model" || at(j, "tokens", "input") != 400.0 {
		t.Errorf("the job is %v", j)
	}
	r := s.get("/jobs/" + id + "/result").json(t)
	if at(r, "files", 0, "result", "data", "invoice_number", "value") != "INV-2024-17" || at(r, "files", 0, "result", "tokens", "input") != 200.0 || r["model"] != "m1" ||
		at(r, "files", 1, "error_details", "error_type") != "model_error" || at(r, "files", 2, "status") != "completed" {
		t.Errorf("its result is %v", r)
	}
}

// Without --model-url nobody is asked, whatever else the environment says.
func TestNothingIsAskedWithoutAModel(t *testing.T) {
	m := testkit.NewModel(t, answering)
	s := serveAs(t, dataFolder(t), func(c *exec.Cmd) {
		c.Env = append(c.Env, "OPENAI_BASE_URL="+m.URL, "OPENAI_API_KEY="+modelKey, "DOCKET_MODEL_KEY="+modelKey, "HTTP_PROXY="+m.URL, "HTTPS_PROXY="+m.URL)
	}, "--workers", "1")
	for route, fields := range map[string][]part{"/v2/extract": {{name: "schema_data", content: invoiceSchema}}, "/classify": {{name: "categories", content: categories}}} {
		id := s.post(route, append(fields, part{"pdf_file", "a.pdf", string(testkit.PDF(invoiceText))})...).json(t)["job_id"].(string)
		if j := s.wait(id); j["method"] != "heuristic" {
			t.Errorf("%s: %v", route, j)
		}
	}
	if n := len(m.Asked()); n != 0 {
		t.Errorf("it asked %d times", n)
	}
}
